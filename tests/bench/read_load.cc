// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/read_load.h"

#include <grpcpp/grpcpp.h>

#include <optional>
#include <utility>

#include "base/clock.h"
#include "souk/v1/ownership_service.grpc.pb.h"
#include "souk/v1/registry_service.grpc.pb.h"
#include "tests/bench/measure.h"

namespace souk::bench {
namespace {

constexpr double kMicrosecondsInSecond = 1e6;
constexpr std::chrono::seconds kCallDeadline{10};

// One call after the other on one place among those in flight.
template <typename Response>
struct Slot {
  std::optional<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
  Response response;
  grpc::Status status;
  Stopwatch watch;
};

std::chrono::system_clock::time_point DeadlineOfCall() {
  const std::chrono::microseconds now(SystemClock().NowUs());
  return std::chrono::system_clock::time_point(now + kCallDeadline);
}

// Prepare makes a call: (slot number, context, queue) -> reader.
template <typename Response, typename Prepare>
StatusOr<ReadResult> Run(const Prepare& prepare, std::chrono::milliseconds duration) {
  grpc::CompletionQueue queue;
  std::vector<Slot<Response>> slots(kReadsInFlight);
  std::vector<double> latencies_us;
  const auto start = [&](size_t number) {
    Slot<Response>& slot = slots[number];
    slot.reader.reset();  // lives in the context's memory
    slot.context.emplace();
    slot.context->set_deadline(DeadlineOfCall());
    slot.watch = Stopwatch();
    slot.reader = prepare(number, *slot.context, queue);
    slot.reader->StartCall();
    slot.reader->Finish(&slot.response, &slot.status, reinterpret_cast<void*>(number));
  };
  const Stopwatch watch;
  const double seconds = std::chrono::duration<double>(duration).count();
  size_t in_flight = 0;
  for (; in_flight < slots.size(); ++in_flight) start(in_flight);
  ReadResult result;
  Status failure;
  while (in_flight > 0) {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    const auto number = reinterpret_cast<size_t>(tag);
    const Slot<Response>& slot = slots[number];
    if (!slot.status.ok() || slot.response.revision().empty()) {
      failure = Status(Code::kInternal, "a call of the load failed: " + slot.status.error_message());
    }
    const bool over = watch.seconds() >= seconds;
    if (!over) latencies_us.push_back(slot.watch.seconds() * kMicrosecondsInSecond);
    if (over || !failure.ok()) {
      --in_flight;
    } else {
      start(number);
    }
  }
  queue.Shutdown();
  bool ok = false;
  for (void* tag = nullptr; queue.Next(&tag, &ok);) continue;
  RETURN_IF_ERROR(failure);
  result.calls = latencies_us.size();
  result.seconds = seconds;
  result.p50_us = Percentile(latencies_us, 50);
  result.p99_us = Percentile(std::move(latencies_us), 99);
  return result;
}

}  // namespace

struct ReadLoad::Channels {
  std::vector<std::unique_ptr<v1::RegistryService::Stub>> registry;
  std::vector<std::unique_ptr<v1::OwnershipService::Stub>> ownership;
};

ReadLoad::ReadLoad(const std::string& address) : channels_(std::make_unique<Channels>()) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // or they would all share one connection
  for (size_t i = 0; i < kReadConnections; ++i) {
    const auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    channels_->registry.push_back(v1::RegistryService::NewStub(channel));
    channels_->ownership.push_back(v1::OwnershipService::NewStub(channel));
  }
}

ReadLoad::~ReadLoad() = default;

StatusOr<ReadResult> ReadLoad::GetProducts(const std::vector<std::string>& names, std::chrono::milliseconds duration) {
  std::vector<v1::GetProductRequest> requests(names.size());
  for (size_t i = 0; i < names.size(); ++i) requests[i].set_name(names[i]);
  size_t next = 0;
  return Run<v1::GetProductResponse>(
      [&](size_t slot, grpc::ClientContext& context, grpc::CompletionQueue& queue) {
        v1::RegistryService::Stub& stub = *channels_->registry[slot % channels_->registry.size()];
        return stub.PrepareAsyncGetProduct(&context, requests[next++ % requests.size()], &queue);
      },
      duration);
}

StatusOr<ReadResult> ReadLoad::FindOwners(const std::vector<std::string>& identifiers,
                                          std::chrono::milliseconds duration) {
  std::vector<v1::FindOwnerRequest> requests(identifiers.size());
  for (size_t i = 0; i < identifiers.size(); ++i) requests[i].set_identifier(identifiers[i]);
  size_t next = 0;
  return Run<v1::FindOwnerResponse>(
      [&](size_t slot, grpc::ClientContext& context, grpc::CompletionQueue& queue) {
        v1::OwnershipService::Stub& stub = *channels_->ownership[slot % channels_->ownership.size()];
        return stub.PrepareAsyncFindOwner(&context, requests[next++ % requests.size()], &queue);
      },
      duration);
}

}  // namespace souk::bench
