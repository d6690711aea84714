// SPDX-License-Identifier: Apache-2.0
#include "server/store_opening.h"

#include <glog/logging.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

#include "server/ledger_address.h"
#include "storage/etcd/etcd_ledger.h"
#include "storage/generation.h"

namespace souk::server {
namespace {

// etcd may be starting too, or choosing a leader.
constexpr std::chrono::seconds kFirstAnswerMax{10};

}  // namespace

StatusOr<std::unique_ptr<storage::Store>> OpenStore(const Options& options, const Clock& clock) {
  storage::StoreOptions store_options;
  store_options.directory = std::filesystem::path(options.data_dir) / "store";
  store_options.on_damage = [](const Status& damage) {
    LOG(ERROR) << "the store is damaged: " << damage.ToString() << " " << damage.detail().remedy;
  };
  store_options.on_relist = [](const Status& reason) {
    LOG(WARNING) << "the store is filled anew from a list of the ledger: " << reason.ToString();
  };
  ASSIGN_OR_RETURN(const std::vector<std::string> members, ParseLedger(options.ledger));
  if (members.empty()) return storage::Store::Open(store_options, clock);
  storage::etcd::EtcdOptions etcd;
  etcd.client.endpoints = members;
  const Deadline deadline = clock.Monotonic() + kFirstAnswerMax;
  auto ledger = storage::etcd::EtcdLedger::Open(etcd, clock, deadline);
  if (ledger.status().code() == Code::kUnavailable) {
    const auto known = storage::ReadFollowed(store_options);
    if (!known.ok()) return ledger.status();
    LOG(WARNING) << "serving what this node has, marked, until the ledger answers: " << ledger.status().ToString();
    ledger = storage::etcd::EtcdLedger::Rejoin(etcd, known->epoch, clock);
  }
  RETURN_IF_ERROR(ledger.status());
  return storage::Store::Follow(store_options, *std::move(ledger), clock, deadline);
}

Status CatchUp(storage::Store& store, const Clock& clock, Deadline deadline) {
  const auto head = store.ledger().Head(std::min(deadline, clock.Monotonic() + kFirstAnswerMax));
  if (head.status().code() == Code::kUnavailable) return Status::Ok();
  RETURN_IF_ERROR(head.status());
  return store.WaitApplied(*head, deadline);
}

}  // namespace souk::server
