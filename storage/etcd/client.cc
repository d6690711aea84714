// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/client.h"

#include <algorithm>
#include <numeric>
#include <thread>
#include <utility>

#include "base/errors.h"
#include "etcd/rpc_service.grpc.pb.h"
#include "storage/etcd/channel.h"
#include "storage/etcd/login_watch.h"
#include "storage/etcd/txns.h"

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

// How long a member may take over a login: other calls wait for it.
constexpr std::chrono::seconds kLoginMax{3};
// How long one member may take for an answer before the next is asked; twice as long each time, or a slow etcd would
// never be done. A member that hangs, or that lost its leader with the request, would keep whoever waits for seven
// seconds.
constexpr std::chrono::milliseconds kTryFirst{1'500};
// For answers that take their time.
constexpr std::chrono::hours kWholeTime{1};

// How often whoever waits is asked whether it shall go on.
constexpr std::chrono::milliseconds kAskStopping{100};

grpc::CompletionQueue::NextStatus NextUntil(grpc::CompletionQueue& queue, std::chrono::milliseconds duration_max) {
  void* tag = nullptr;
  bool ok = false;
  const gpr_timespec until =
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(duration_max.count(), GPR_TIMESPAN));
  return queue.AsyncNext(&tag, &ok, until);
}

souk::Status OtherCluster(const std::string& names) {
  const souk::Status status = Unreachable(names, "another cluster answers than before");
  ErrorDetail detail = status.detail();
  detail.reason = kOtherCluster;
  detail.remedy = "Does --ledger name members of one cluster only? Or was etcd made anew there?";
  return {status.code(), status.message(), std::move(detail)};
}

// What became of a call.
souk::Status Outcome(const grpc::Status& status, bool writes, Login& login, const std::string& endpoint) {
  const Refusal refusal = status.ok() ? Refusal::kNone : RefusalIn(status.error_message());
  return refusal == Refusal::kNone ? FromGrpc(status, writes) : login.Refused(refusal, endpoint);
}

}  // namespace

struct Client::Member {
  Member(const std::string& endpoint, const std::shared_ptr<grpc::ChannelCredentials>& credentials)
      : channel(Connect(endpoint, credentials)),
        watch_channel(Connect(endpoint, credentials)),
        kv(etcdserverpb::KV::NewStub(channel)),
        maintenance(etcdserverpb::Maintenance::NewStub(channel)),
        auth(etcdserverpb::Auth::NewStub(channel)) {}

  std::shared_ptr<grpc::Channel> channel;
  std::shared_ptr<grpc::Channel> watch_channel;
  std::unique_ptr<etcdserverpb::KV::Stub> kv;
  std::unique_ptr<etcdserverpb::Maintenance::Stub> maintenance;
  std::unique_ptr<etcdserverpb::Auth::Stub> auth;
};

Client::Client(ClientOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), login_(options_.user_file, options_.on_refusal, clock) {
  const auto credentials = CredentialsOf(options_.certificates, options_.certificates_read_again);
  for (const std::string& endpoint : options_.endpoints) {
    members_.push_back(std::make_unique<Member>(endpoint, credentials));
  }
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
  return Unreachable(Names(), WhyUnconnected());
}

std::string Client::WhyUnconnected() const {
  std::string none = "no member accepts a connection";
  if (!options_.certificates.any()) return none;
  // The handshake tells the other end more than this one; most often it is a date.
  const souk::Status files = CheckCertificateFiles(options_.certificates, TlsEnd::kClient, clock_.NowUs());
  return files.ok() ? none + ", or none with TLS and these certificates" : none + ": " + files.message();
}

std::string Client::Names() const {
  std::string names = "etcd";
  for (const std::string& endpoint : options_.endpoints) names += (names == "etcd" ? " at " : ", ") + endpoint;
  return names;
}

souk::Status Client::Note(const etcdserverpb::ResponseHeader& header) {
  if (header.cluster_id() == 0) return souk::Status::Ok();  // etcd leaves it out where it ends a watch
  const std::lock_guard lock(seen_mutex_);
  if (seen_.cluster_id == 0) seen_.cluster_id = header.cluster_id();
  if (seen_.cluster_id != header.cluster_id()) return OtherCluster(Names());
  seen_.revision = std::max(seen_.revision, header.revision());
  seen_.raft_term = std::max(seen_.raft_term, header.raft_term());
  return souk::Status::Ok();
}

Client::Seen Client::seen() const {
  const std::lock_guard lock(seen_mutex_);
  return seen_;
}

void Client::Trust(const Seen& seen) {
  const std::lock_guard lock(seen_mutex_);
  seen_ = seen;
}

StatusOr<std::string> Client::Token(size_t number, Deadline deadline) {
  const auto ask = [&](const User& user) -> StatusOr<std::string> {
    etcdserverpb::AuthenticateRequest request;
    request.set_name(user.name);
    request.set_password(user.password);
    grpc::ClientContext context;
    SetDeadline(context, clock_, std::min(deadline, clock_.Monotonic() + kLoginMax));
    etcdserverpb::AuthenticateResponse response;
    const grpc::Status answer = members_[number]->auth->Authenticate(&context, request, &response);
    RETURN_IF_ERROR(Outcome(answer, /*writes=*/false, login_, options_.endpoints[number]));
    return response.token();
  };
  return login_.Token(ask, deadline);
}

template <typename Response, typename Call>
souk::Status Client::Try(size_t number, const Call& call, Response& response, Deadline deadline,
                         std::chrono::milliseconds call_max) {
  for (bool again = false;; again = true) {
    ASSIGN_OR_RETURN(const std::string token, Token(number, deadline));
    grpc::ClientContext context;
    SetDeadline(context, clock_, std::min(deadline, clock_.Monotonic() + call_max));
    SetToken(context, token);
    const grpc::Status answer = call(*members_[number], context, response);
    if (answer.ok()) return Note(response.header());
    if (again || !login_.Renews(token, RefusalIn(answer.error_message()))) {
      return Outcome(answer, /*writes=*/false, login_, options_.endpoints[number]);
    }
  }
}

template <typename Response, typename Call>
StatusOr<Response> Client::Repeat(const Call& call, Deadline deadline, std::chrono::milliseconds try_max) {
  souk::Status failure;
  size_t others = 0;  // members of another cluster that answered
  do {
    ASSIGN_OR_RETURN(const size_t number, Connected(deadline));
    Response response;
    failure = Try(number, call, response, deadline, try_max);
    try_max *= 2;
    if (failure.ok()) return response;
    if (failure.reason() == kOtherCluster && ++others >= members_.size()) return failure;
    if (failure.code() != Code::kUnavailable || failure.reason() == kRefused) return failure;
    MoveOn(number);
    // A cluster without a leader says no at once, every time.
    std::this_thread::sleep_until(std::min(deadline, clock_.Monotonic() + kPause));
  } while (clock_.Monotonic() < deadline);
  return failure;
}

StatusOr<RangeResponse> Client::Range(const RangeRequest& request, Deadline deadline) {
  return Repeat<RangeResponse>([&](Member& member, grpc::ClientContext& context,
                                   RangeResponse& response) { return member.kv->Range(&context, request, &response); },
                               deadline, kTryFirst);
}

StatusOr<RangeResponse> Client::RangeUnlessStopping(const RangeRequest& request, Deadline deadline,
                                                    const Ledger::Stopping& stopping) {
  bool stopped = false;
  auto range = Repeat<RangeResponse>(
      [&](Member& member, grpc::ClientContext& context, RangeResponse& response) {
        grpc::CompletionQueue queue;
        grpc::Status status;
        const auto reader = member.kv->AsyncRange(&context, request, &queue);
        reader->Finish(&response, &status, &status);
        while (NextUntil(queue, kAskStopping) == grpc::CompletionQueue::TIMEOUT) {
          stopped = stopped || stopping();
          if (stopped) context.TryCancel();
        }
        queue.Shutdown();
        while (NextUntil(queue, kAskStopping) != grpc::CompletionQueue::SHUTDOWN) {
        }
        // Not to be repeated.
        return stopped ? grpc::Status(grpc::StatusCode::OUT_OF_RANGE, "stopped") : status;
      },
      deadline, kWholeTime);
  if (stopped) return errors::Cancelled();
  return range;
}

StatusOr<PutResponse> Client::Put(const PutRequest& request, Deadline deadline) {
  return Repeat<PutResponse>([&](Member& member, grpc::ClientContext& context,
                                 PutResponse& response) { return member.kv->Put(&context, request, &response); },
                             deadline, kTryFirst);
}

StatusOr<CompactionResponse> Client::Compact(const CompactionRequest& request, Deadline deadline) {
  return Repeat<CompactionResponse>(
      [&](Member& member, grpc::ClientContext& context, CompactionResponse& response) {
        return member.kv->Compact(&context, request, &response);
      },
      deadline, kTryFirst);
}

StatusOr<StatusResponse> Client::Status(Deadline deadline) {
  return Repeat<StatusResponse>(
      [&](Member& member, grpc::ClientContext& context, StatusResponse& response) {
        return member.maintenance->Status(&context, etcdserverpb::StatusRequest(), &response);
      },
      deadline, kTryFirst);
}

std::string Client::EndpointOf(uint64_t member_id, Deadline deadline) {
  const auto ask = [](Member& member, grpc::ClientContext& context, StatusResponse& response) {
    return member.maintenance->Status(&context, etcdserverpb::StatusRequest(), &response);
  };
  for (size_t number = 0; number < members_.size(); ++number) {
    StatusResponse response;
    const auto told = Try(number, ask, response, deadline, options_.connect_max);
    if (told.ok() && response.header().member_id() == member_id) return options_.endpoints[number];
  }
  return "";
}

std::vector<StatusOr<TxnResponse>> Client::Txns(const std::vector<TxnRequest>& requests, Deadline deadline) {
  const StatusOr<size_t> number = Connected(deadline);
  if (!number.ok()) return {requests.size(), StatusOr<TxnResponse>(number.status())};
  std::vector<StatusOr<TxnResponse>> results(requests.size(), StatusOr<TxnResponse>(TxnResponse()));
  std::vector<size_t> left(requests.size());
  std::iota(left.begin(), left.end(), size_t{0});
  // What is refused for its login was not done: it goes once more, with a new one.
  for (bool again = false; !left.empty(); again = true) {
    const StatusOr<std::string> token = Token(*number, deadline);
    if (!token.ok()) {
      for (const size_t i : left) results[i] = token.status();
      if (token.status().reason() != kRefused) MoveOn(*number);
      return results;
    }
    std::vector<const TxnRequest*> sent;
    sent.reserve(left.size());
    for (const size_t i : left) sent.push_back(&requests[i]);
    std::vector<TxnAnswer> answers = SendTxns(members_[*number]->channel, sent, [&](grpc::ClientContext& context) {
      SetDeadline(context, clock_, deadline);
      SetToken(context, *token);
    });
    std::vector<size_t> refused;
    for (size_t i = 0; i < left.size(); ++i) {
      if (!again && login_.Renews(*token, RefusalIn(answers[i].status.error_message()))) {
        refused.push_back(left[i]);
      } else {
        results[left[i]] = Taken(*number, std::move(answers[i]));
      }
    }
    left = std::move(refused);
  }
  return results;
}

StatusOr<TxnResponse> Client::Taken(size_t number, TxnAnswer answer) {
  souk::Status status = Outcome(answer.status, /*writes=*/true, login_, options_.endpoints[number]);
  if (status.code() == Code::kUnknown) MoveOn(number);
  if (status.ok()) {
    status = Note(answer.response.header());
    // Done there: who says that nothing was written would have it written twice once that cluster is the one.
    if (!status.ok() && answer.response.succeeded()) status = errors::OutcomeUnknown("the change");
  }
  if (!status.ok()) return status;
  return std::move(answer.response);
}

StatusOr<std::unique_ptr<WatchStream>> Client::Watch(const etcdserverpb::WatchCreateRequest& request, Deadline deadline,
                                                     size_t& member) {
  ASSIGN_OR_RETURN(const size_t number, Connected(deadline));
  member = number;
  const auto open = [this, number, request](Deadline until,
                                            std::string& token) -> StatusOr<std::unique_ptr<WatchStream>> {
    ASSIGN_OR_RETURN(token, Token(number, until));
    return OpenWatch(members_[number]->watch_channel, request, token);
  };
  return OpenLoginWatch({open, login_, options_.endpoints[number]}, deadline);
}

}  // namespace souk::storage::etcd
