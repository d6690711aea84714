// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/load.h"

#include <grpcpp/grpcpp.h>

#include <optional>
#include <utility>

#include "base/clock.h"
#include "etcd/rpc_service.grpc.pb.h"
#include "souk/v1/ownership_service.grpc.pb.h"
#include "souk/v1/registry_service.grpc.pb.h"
#include "tests/bench/measure.h"

namespace souk::bench {
namespace {

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

// Keeps calls in flight until there is none left to make. Prepare makes the next one: (context, queue) -> reader, null
// where there is none left. Check: (response) -> what is wrong with it.
template <typename Response, typename Prepare, typename Check>
StatusOr<LoadResult> Run(size_t in_flight_max, const Prepare& prepare, const Check& check) {
  grpc::CompletionQueue queue;
  std::vector<Slot<Response>> slots(in_flight_max);
  std::vector<double> latencies_us;
  size_t in_flight = 0;
  const auto start = [&](size_t number) {
    Slot<Response>& slot = slots[number];
    slot.reader.reset();  // lives in the context's memory
    slot.context.emplace();
    slot.context->set_deadline(DeadlineOfCall());
    slot.watch = Stopwatch();
    slot.reader = prepare(*slot.context, queue);
    if (slot.reader == nullptr) return;
    ++in_flight;
    slot.reader->StartCall();
    slot.reader->Finish(&slot.response, &slot.status, reinterpret_cast<void*>(number));
  };
  const Stopwatch watch;
  LoadResult result;
  for (size_t number = 0; number < slots.size(); ++number) start(number);
  Status failure;
  while (in_flight > 0) {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    --in_flight;
    const auto number = reinterpret_cast<size_t>(tag);
    const Slot<Response>& slot = slots[number];
    const Status outcome = slot.status.ok()
                               ? check(slot.response)
                               : Status(Code::kInternal, "a call of the load failed: " + slot.status.error_message());
    if (failure.ok()) failure = outcome;
    latencies_us.push_back(slot.watch.seconds() * kMicrosecondsInSecond);
    result.seconds = watch.seconds();
    if (failure.ok()) start(number);
  }
  queue.Shutdown();
  bool ok = false;
  for (void* tag = nullptr; queue.Next(&tag, &ok);) continue;
  RETURN_IF_ERROR(failure);
  result.calls = latencies_us.size();
  result.p50_us = Percentile(latencies_us, 50);
  result.p99_us = Percentile(std::move(latencies_us), 99);
  return result;
}

Status MustReflect(const std::string& revision) {
  return revision.empty() ? Status(Code::kInternal, "a read was answered without a revision") : Status::Ok();
}

// One read after the other, in turn, for as long as it is given.
template <typename Response, typename Prepare, typename Check>
StatusOr<LoadResult> Read(const Prepare& prepare, std::chrono::milliseconds duration, const Check& check) {
  const Stopwatch watch;
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto next = [&](grpc::ClientContext& context, grpc::CompletionQueue& queue) {
    return watch.seconds() < seconds ? prepare(context, queue) : nullptr;
  };
  return Run<Response>(kReadsInFlight, next, check);
}

std::string KeyOf(const std::string& prefix, size_t number) { return prefix + std::to_string(number); }

}  // namespace

struct Load::Channels {
  struct Channel {
    std::unique_ptr<v1::RegistryService::Stub> registry;
    std::unique_ptr<v1::OwnershipService::Stub> ownership;
    std::unique_ptr<etcdserverpb::KV::Stub> etcd;
  };
  // Server after server, so that calls one behind the other go to different ones.
  std::vector<Channel> all;
  size_t next = 0;

  const Channel& Next() { return all[next++ % all.size()]; }
};

Load::Load(const std::vector<std::string>& addresses) : channels_(std::make_unique<Channels>()) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // or they would all share one connection
  for (size_t i = 0; i < kLoadConnections * addresses.size(); ++i) {
    const auto channel =
        grpc::CreateCustomChannel(addresses[i % addresses.size()], grpc::InsecureChannelCredentials(), arguments);
    channel->WaitForConnected(DeadlineOfCall());  // before any time is taken; a call says what is wrong otherwise
    channels_->all.push_back({v1::RegistryService::NewStub(channel), v1::OwnershipService::NewStub(channel),
                              etcdserverpb::KV::NewStub(channel)});
  }
}

Load::~Load() = default;

StatusOr<LoadResult> Load::Get(const std::vector<v1::GetProductRequest>& requests, std::chrono::milliseconds duration) {
  size_t next = 0;
  return Read<v1::GetProductResponse>(
      [&](grpc::ClientContext& context, grpc::CompletionQueue& queue) {
        const v1::GetProductRequest& request = requests[next++ % requests.size()];
        return channels_->Next().registry->PrepareAsyncGetProduct(&context, request, &queue);
      },
      duration, [](const v1::GetProductResponse& response) { return MustReflect(response.revision()); });
}

StatusOr<LoadResult> Load::GetProducts(const std::vector<std::string>& names, std::chrono::milliseconds duration) {
  std::vector<v1::GetProductRequest> requests(names.size());
  for (size_t i = 0; i < names.size(); ++i) requests[i].set_name(names[i]);
  return Get(requests, duration);
}

StatusOr<LoadResult> Load::GetLatestProducts(const std::vector<std::string>& names,
                                             std::chrono::milliseconds duration) {
  std::vector<v1::GetProductRequest> requests(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    requests[i].set_name(names[i]);
    requests[i].mutable_consistency()->set_latest(true);
  }
  return Get(requests, duration);
}

StatusOr<LoadResult> Load::FindOwners(const std::vector<std::string>& identifiers, std::chrono::milliseconds duration) {
  std::vector<v1::FindOwnerRequest> requests(identifiers.size());
  for (size_t i = 0; i < identifiers.size(); ++i) requests[i].set_identifier(identifiers[i]);
  size_t next = 0;
  return Read<v1::FindOwnerResponse>(
      [&](grpc::ClientContext& context, grpc::CompletionQueue& queue) {
        const v1::FindOwnerRequest& request = requests[next++ % requests.size()];
        return channels_->Next().ownership->PrepareAsyncFindOwner(&context, request, &queue);
      },
      duration, [](const v1::FindOwnerResponse& response) { return MustReflect(response.revision()); });
}

StatusOr<LoadResult> Load::RegisterProducts(const std::vector<v1::RegisterProductRequest>& requests, size_t in_flight) {
  size_t next = 0;
  return Run<v1::RegisterProductResponse>(
      in_flight,
      [&](grpc::ClientContext& context, grpc::CompletionQueue& queue)
          -> std::unique_ptr<grpc::ClientAsyncResponseReader<v1::RegisterProductResponse>> {
        if (next == requests.size()) return nullptr;
        return channels_->Next().registry->PrepareAsyncRegisterProduct(&context, requests[next++], &queue);
      },
      [](const v1::RegisterProductResponse& response) {
        return response.visible() ? Status::Ok() : Status(Code::kInternal, "answered before it is visible");
      });
}

StatusOr<LoadResult> Load::Put(const std::string& prefix, const std::vector<std::string>& values, size_t in_flight) {
  size_t next = 0;
  etcdserverpb::PutRequest request;
  return Run<etcdserverpb::PutResponse>(
      in_flight,
      [&](grpc::ClientContext& context,
          grpc::CompletionQueue& queue) -> std::unique_ptr<grpc::ClientAsyncResponseReader<etcdserverpb::PutResponse>> {
        if (next == values.size()) return nullptr;
        request.set_key(KeyOf(prefix, next));
        request.set_value(values[next++]);
        return channels_->Next().etcd->PrepareAsyncPut(&context, request, &queue);
      },
      [](const etcdserverpb::PutResponse&) { return Status::Ok(); });
}

StatusOr<LoadResult> Load::Range(const std::string& prefix, size_t keys, std::chrono::milliseconds duration) {
  size_t next = 0;
  etcdserverpb::RangeRequest request;
  return Read<etcdserverpb::RangeResponse>(
      [&](grpc::ClientContext& context, grpc::CompletionQueue& queue) {
        request.set_key(KeyOf(prefix, next++ % keys));
        return channels_->Next().etcd->PrepareAsyncRange(&context, request, &queue);
      },
      duration,
      [](const etcdserverpb::RangeResponse& response) {
        return response.kvs_size() == 1 ? Status::Ok()
                                        : Status(Code::kInternal, "etcd does not have a key of the load");
      });
}

}  // namespace souk::bench
