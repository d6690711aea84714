// SPDX-License-Identifier: Apache-2.0
// Speaks etcd's v3 API to the members of one cluster: one after the other, staying with one that answers. client.cc,
// txns.cc and watch_stream.cc alone know gRPC.
//
// Errors of every call: UNAVAILABLE (UNREACHABLE) if no member takes a connection or answers in time, or if another
// cluster does; UNAVAILABLE (LEDGER_REFUSED) at once if etcd wants a login that this node has not, or does not permit
// what was asked: nothing was done; OUT_OF_RANGE if a revision was compacted or is not there yet; RESOURCE_EXHAUSTED
// (NOT_WRITABLE) if etcd has no space; FAILED_PRECONDITION (NOT_ETCD) if something else answers; INTERNAL if etcd takes
// a request for malformed. Thread-safe.
//
// The cluster that answers first is the one; answers of another are UNAVAILABLE (OTHER_CLUSTER), until somebody has
// made sure that it is the same one, put back from a copy, and trusts it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/certificates.h"
#include "base/clock.h"
#include "base/status.h"
#include "etcd/rpc_service.pb.h"
#include "storage/etcd/login.h"
#include "storage/etcd/watch_stream.h"
#include "storage/ledger.h"

namespace souk::storage::etcd {

inline constexpr std::string_view kOtherCluster = "OTHER_CLUSTER";
struct TxnAnswer;

struct ClientOptions {
  std::vector<std::string> endpoints;  // "127.0.0.1:2379"; at least one
  // How long one member may take to accept a connection before the next one is tried.
  std::chrono::milliseconds connect_max{1000};
  // TLS, if authorities are given; with a certificate of this end for an etcd that asks for one.
  CertificateFiles certificates = {};
  // How often those files are read again.
  std::chrono::seconds certificates_read_again{10};
  // Of an etcd whose authentication is on; read again at each login (user_file.h). Empty: there is no user.
  std::string user_file = {};
  // Hears why it is refused, or that nobody asks for it (login.h).
  Login::Listener on_refusal = {};
};

class Client {
 public:
  Client(ClientOptions options, const Clock& clock);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Reads and writes that may be done twice: tried on the next member until the deadline, also where one that took the
  // request keeps silent.
  StatusOr<etcdserverpb::RangeResponse> Range(const etcdserverpb::RangeRequest& request, Deadline deadline);
  // The same for a large answer, that may be long in coming: CANCELLED soon after `stopping` begins to say true.
  StatusOr<etcdserverpb::RangeResponse> RangeUnlessStopping(const etcdserverpb::RangeRequest& request,
                                                            Deadline deadline, const Ledger::Stopping& stopping);
  StatusOr<etcdserverpb::PutResponse> Put(const etcdserverpb::PutRequest& request, Deadline deadline);
  StatusOr<etcdserverpb::CompactionResponse> Compact(const etcdserverpb::CompactionRequest& request, Deadline deadline);
  // Of the member that answers.
  StatusOr<etcdserverpb::StatusResponse> Status(Deadline deadline);

  // Which of the endpoints a member has, by the id that etcd gave it; empty if none of those that answer is the one.
  std::string EndpointOf(uint64_t member_id, Deadline deadline);

  // All at once, each done once at most: only what is refused for its login goes again. UNAVAILABLE: it was certainly
  // not done. UNKNOWN: it may have been done, or another cluster did it.
  std::vector<StatusOr<etcdserverpb::TxnResponse>> Txns(const std::vector<etcdserverpb::TxnRequest>& requests,
                                                        Deadline deadline);

  // On a connection of its own: bulk reads on the same one starve it.
  // `member` becomes the number of the one that is watched. It must not outlive the client.
  StatusOr<std::unique_ptr<WatchStream>> Watch(const etcdserverpb::WatchCreateRequest& request, Deadline deadline,
                                               size_t& member);

  // The number of the member that calls go to.
  size_t member() const { return current_; }
  bool HoldsTo(size_t member) const { return current_ == member; }
  // Goes to another than that member from the next call on: it answers, but not as it should.
  void Leave(size_t member) { MoveOn(member); }

  // Whether the cluster is the one: for every header of an answer that is read elsewhere, such as a watch's.
  souk::Status Note(const etcdserverpb::ResponseHeader& header);
  // What answers told of the cluster.
  struct Seen {
    uint64_t cluster_id = 0;  // 0: none answered yet
    int64_t revision = 0;     // the newest
    uint64_t raft_term = 0;   // the newest; a cluster that was put back begins anew
  };
  Seen seen() const;
  // Forgets all that, or goes back to it: the cluster of the next answer is the one, where there is no id.
  void Trust(const Seen& seen);

 private:
  struct Member;

  template <typename Response, typename Call>
  StatusOr<Response> Repeat(const Call& call, Deadline deadline, std::chrono::milliseconds try_max);
  // One call to that member, and once more with a new login if etcd does not know the one that it had. A call may take
  // `call_max`, a login as long as there is time.
  template <typename Response, typename Call>
  souk::Status Try(size_t number, const Call& call, Response& response, Deadline deadline,
                   std::chrono::milliseconds call_max);
  // What became of a transaction that was sent.
  StatusOr<etcdserverpb::TxnResponse> Taken(size_t number, TxnAnswer answer);
  // What that member wants of a call.
  StatusOr<std::string> Token(size_t number, Deadline deadline);
  // One that is connected, with its number.
  StatusOr<size_t> Connected(Deadline deadline);
  void MoveOn(size_t from);
  // For people: "etcd at 127.0.0.1:2379, …".
  std::string Names() const;
  // Why no member takes a connection, as far as this end can see.
  std::string WhyUnconnected() const;

  const ClientOptions options_;
  const Clock& clock_;
  Login login_;
  std::vector<std::unique_ptr<Member>> members_;
  std::atomic<size_t> current_{0};
  mutable std::mutex seen_mutex_;
  Seen seen_;
};

}  // namespace souk::storage::etcd
