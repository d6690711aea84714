// SPDX-License-Identifier: Apache-2.0
// Speaks etcd's v3 API to the members of one cluster: one after the other, staying with one that answers. client.cc and
// watch_stream.cc alone know gRPC.
//
// Errors of every call: UNAVAILABLE (UNREACHABLE) if no member takes a connection or answers in time, or if another
// cluster does; OUT_OF_RANGE if a revision was compacted or is not there yet; RESOURCE_EXHAUSTED (NOT_WRITABLE) if etcd
// has no space; FAILED_PRECONDITION (NOT_ETCD) if something else answers; INTERNAL if etcd takes a request for
// malformed. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "etcd/rpc_service.pb.h"
#include "storage/etcd/watch_stream.h"

namespace souk::storage::etcd {

struct ClientOptions {
  std::vector<std::string> endpoints;  // "127.0.0.1:2379"; at least one
  // How long one member may take to accept a connection before the next one is tried.
  std::chrono::milliseconds connect_max{1000};
};

class Client {
 public:
  Client(ClientOptions options, const Clock& clock);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Reads and writes that may be done twice: tried on the next member until the deadline.
  StatusOr<etcdserverpb::RangeResponse> Range(const etcdserverpb::RangeRequest& request, Deadline deadline);
  StatusOr<etcdserverpb::PutResponse> Put(const etcdserverpb::PutRequest& request, Deadline deadline);
  StatusOr<etcdserverpb::CompactionResponse> Compact(const etcdserverpb::CompactionRequest& request, Deadline deadline);
  // Of the member that answers.
  StatusOr<etcdserverpb::StatusResponse> Status(Deadline deadline);

  // All at once, each sent once and never again. UNAVAILABLE: it was certainly not sent. UNKNOWN: it may have been
  // done.
  std::vector<StatusOr<etcdserverpb::TxnResponse>> Txns(const std::vector<etcdserverpb::TxnRequest>& requests,
                                                        Deadline deadline);

  // On a connection of its own: bulk reads on the same one starve it.
  StatusOr<std::unique_ptr<WatchStream>> Watch(const etcdserverpb::WatchCreateRequest& request, Deadline deadline);

  // Goes to another member from the next call on: this one answers, but not as it should.
  void Leave() { MoveOn(current_); }

  // The newest revision that any answer told.
  int64_t seen() const { return seen_; }

 private:
  struct Member;

  template <typename Response, typename Call>
  StatusOr<Response> Repeat(const Call& call, Deadline deadline);
  // One that is connected, with its number.
  StatusOr<size_t> Connected(Deadline deadline);
  void MoveOn(size_t from);
  // For people: "etcd at 127.0.0.1:2379, …".
  std::string Names() const;
  souk::Status Note(const etcdserverpb::ResponseHeader& header);

  const ClientOptions options_;
  const Clock& clock_;
  std::vector<std::unique_ptr<Member>> members_;
  std::atomic<size_t> current_{0};
  std::atomic<uint64_t> cluster_id_{0};
  std::atomic<int64_t> seen_{0};
};

}  // namespace souk::storage::etcd
