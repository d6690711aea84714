// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/client.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/errors.h"
#include "etcd/rpc_service.grpc.pb.h"
#include "storage/etcd/channel.h"

namespace souk::storage::etcd {

using etcdserverpb::CompactionRequest;
using etcdserverpb::CompactionResponse;
using etcdserverpb::PutRequest;
using etcdserverpb::PutResponse;
using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;
using etcdserverpb::StatusResponse;
using etcdserverpb::TxnRequest;
using etcdserverpb::TxnResponse;

namespace {

// Between two tries of a call.
constexpr std::chrono::milliseconds kPause{50};

}  // namespace

struct Client::Member {
  explicit Member(const std::string& endpoint)
      : channel(Connect(endpoint)),
        watch_channel(Connect(endpoint)),
        kv(etcdserverpb::KV::NewStub(channel)),
        maintenance(etcdserverpb::Maintenance::NewStub(channel)) {}

  std::shared_ptr<grpc::Channel> channel;
  std::shared_ptr<grpc::Channel> watch_channel;
  std::unique_ptr<etcdserverpb::KV::Stub> kv;
  std::unique_ptr<etcdserverpb::Maintenance::Stub> maintenance;
};

Client::Client(ClientOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {
  for (const std::string& endpoint : options_.endpoints) members_.push_back(std::make_unique<Member>(endpoint));
}

Client::~Client() = default;

void Client::MoveOn(size_t from) {
  // Only the first of several callers that saw it fail moves on.
  current_.compare_exchange_strong(from, (from + 1) % members_.size());
}

StatusOr<size_t> Client::Connected(Deadline deadline) {
  for (size_t tries = 0; tries < members_.size(); ++tries) {
    const size_t current = current_;
    const Deadline until = std::min(deadline, clock_.Monotonic() + options_.connect_max);
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(until - clock_.Monotonic());
    const gpr_timespec wait =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_micros(left.count(), GPR_TIMESPAN));
    if (members_[current]->channel->WaitForConnected(wait)) return current;
    MoveOn(current);
  }
  return Unreachable(Names(), "no member accepts a connection");
}

std::string Client::Names() const {
  std::string names = "etcd";
  for (const std::string& endpoint : options_.endpoints) names += (names == "etcd" ? " at " : ", ") + endpoint;
  return names;
}

souk::Status Client::Note(const etcdserverpb::ResponseHeader& header) {
  uint64_t none = 0;
  if (!cluster_id_.compare_exchange_strong(none, header.cluster_id()) && none != header.cluster_id()) {
    return Unreachable("etcd", "another cluster answers than before");
  }
  int64_t seen = seen_;
  while (seen < header.revision() && !seen_.compare_exchange_weak(seen, header.revision())) {
  }
  return souk::Status::Ok();
}

template <typename Response, typename Call>
StatusOr<Response> Client::Repeat(const Call& call, Deadline deadline) {
  souk::Status failure;
  do {
    ASSIGN_OR_RETURN(const size_t number, Connected(deadline));
    grpc::ClientContext context;
    SetDeadline(context, clock_, deadline);
    Response response;
    failure = FromGrpc(call(*members_[number], context, response), /*writes=*/false);
    if (failure.ok()) {
      RETURN_IF_ERROR(Note(response.header()));
      return response;
    }
    if (failure.code() != Code::kUnavailable) return failure;
    MoveOn(number);
    // A cluster without a leader says no at once, every time.
    std::this_thread::sleep_until(std::min(deadline, clock_.Monotonic() + kPause));
  } while (clock_.Monotonic() < deadline);
  return failure;
}

StatusOr<RangeResponse> Client::Range(const RangeRequest& request, Deadline deadline) {
  return Repeat<RangeResponse>([&](Member& member, grpc::ClientContext& context,
                                   RangeResponse& response) { return member.kv->Range(&context, request, &response); },
                               deadline);
}

StatusOr<PutResponse> Client::Put(const PutRequest& request, Deadline deadline) {
  return Repeat<PutResponse>([&](Member& member, grpc::ClientContext& context,
                                 PutResponse& response) { return member.kv->Put(&context, request, &response); },
                             deadline);
}

StatusOr<CompactionResponse> Client::Compact(const CompactionRequest& request, Deadline deadline) {
  return Repeat<CompactionResponse>(
      [&](Member& member, grpc::ClientContext& context, CompactionResponse& response) {
        return member.kv->Compact(&context, request, &response);
      },
      deadline);
}

StatusOr<StatusResponse> Client::Status(Deadline deadline) {
  return Repeat<StatusResponse>(
      [&](Member& member, grpc::ClientContext& context, StatusResponse& response) {
        return member.maintenance->Status(&context, etcdserverpb::StatusRequest(), &response);
      },
      deadline);
}

std::vector<StatusOr<TxnResponse>> Client::Txns(const std::vector<TxnRequest>& requests, Deadline deadline) {
  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<TxnResponse>> reader;
    TxnResponse response;
    grpc::Status status;
  };
  const StatusOr<size_t> number = Connected(deadline);
  if (!number.ok()) return {requests.size(), StatusOr<TxnResponse>(number.status())};
  Member& member = *members_[*number];
  grpc::CompletionQueue queue;
  std::vector<Call> calls(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    SetDeadline(calls[i].context, clock_, deadline);
    calls[i].reader = member.kv->AsyncTxn(&calls[i].context, requests[i], &queue);
    calls[i].reader->Finish(&calls[i].response, &calls[i].status, &calls[i]);
  }
  void* tag = nullptr;
  bool ok = false;
  for (size_t ended = 0; ended < calls.size(); ++ended) queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  std::vector<StatusOr<TxnResponse>> results;
  for (Call& call : calls) {
    souk::Status status = FromGrpc(call.status, /*writes=*/true);
    if (status.code() == Code::kUnknown) MoveOn(*number);
    if (status.ok()) status = Note(call.response.header());
    results.push_back(status.ok() ? StatusOr<TxnResponse>(std::move(call.response)) : StatusOr<TxnResponse>(status));
  }
  return results;
}

StatusOr<std::unique_ptr<WatchStream>> Client::Watch(const etcdserverpb::WatchCreateRequest& request,
                                                     Deadline deadline) {
  ASSIGN_OR_RETURN(const size_t number, Connected(deadline));
  return OpenWatch(members_[number]->watch_channel, request);
}

}  // namespace souk::storage::etcd
