// SPDX-License-Identifier: Apache-2.0
// Sends transactions to one member, all at once. Internal to this folder; thread-safe.
#pragma once

#include <functional>
#include <vector>

#include "storage/etcd/channel.h"

namespace souk::storage::etcd {

struct TxnAnswer {
  grpc::Status status;
  etcdserverpb::TxnResponse response;
};

// The answers in the order of the requests, once all are there. `prepare` gives each call its deadline and its login.
std::vector<TxnAnswer> SendTxns(const std::shared_ptr<grpc::Channel>& channel,
                                const std::vector<const etcdserverpb::TxnRequest*>& requests,
                                const std::function<void(grpc::ClientContext&)>& prepare);

}  // namespace souk::storage::etcd
