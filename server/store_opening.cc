// SPDX-License-Identifier: Apache-2.0
#include "server/store_opening.h"

#include <glog/logging.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/certificates.h"
#include "base/errors.h"
#include "server/ledger_address.h"
#include "storage/etcd/etcd_ledger.h"
#include "storage/etcd/user_file.h"
#include "storage/generation.h"

namespace souk::server {
namespace {

// etcd may be starting too, or choosing a leader.
constexpr std::chrono::seconds kFirstAnswerMax{10};
// A new leader is chosen in less.
constexpr std::chrono::seconds kSilenceMax{5};
constexpr std::chrono::milliseconds kLookEvery{250};
constexpr std::chrono::seconds kTellEvery{10};

// Whoever waits for it may wait for ever.
bool IsStuck(const storage::FollowerStatus& follower) {
  return !follower.connected.ok() && !follower.filling && follower.silence >= kSilenceMax;
}

// Every file of the way to etcd looked at before it is used.
StatusOr<storage::etcd::EtcdOptions> EtcdOptionsOf(const Options& options, const std::vector<std::string>& members,
                                                   const Clock& clock) {
  RETURN_IF_ERROR(CheckCertificateFiles(options.ledger_certificates, TlsEnd::kClient, clock.NowUs()));
  const std::string& user_file = options.ledger_user_file;
  if (!user_file.empty()) RETURN_IF_ERROR(storage::etcd::ReadUserFile(user_file).status());
  storage::etcd::EtcdOptions etcd;
  etcd.client.endpoints = members;
  etcd.client.certificates = options.ledger_certificates;
  etcd.client.user_file = user_file;
  etcd.client.on_refusal = [](const Status& refusal) {
    LOG(WARNING) << "the ledger: " << refusal.message() << ". " << refusal.detail().remedy;
  };
  return etcd;
}

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
  store_options.on_oddity = [](const Status& what) { LOG(ERROR) << what.ToString() << " " << what.detail().remedy; };
  ASSIGN_OR_RETURN(const std::vector<std::string> members, ParseLedger(options.ledger));
  if (members.empty() && options.ledger_certificates.any()) {
    return errors::BadField("ledger-ca", "an embedded ledger is not spoken to", "Leave it out, or name an etcd.");
  }
  if (members.empty() && !options.ledger_user_file.empty()) {
    return errors::BadField("ledger-user-file", "an embedded ledger has no users", "Leave it out, or name an etcd.");
  }
  if (members.empty()) return storage::Store::Open(store_options, clock);
  ASSIGN_OR_RETURN(const storage::etcd::EtcdOptions etcd, EtcdOptionsOf(options, members, clock));
  const Deadline deadline = clock.Monotonic() + kFirstAnswerMax;
  auto ledger = storage::etcd::EtcdLedger::Open(etcd, clock, deadline);
  if (ledger.status().code() == Code::kUnavailable) {
    const auto known = storage::ReadFollowed(store_options);
    if (!known.ok()) return ledger.status();
    LOG(WARNING) << "serving what this node has, marked, until the ledger answers: " << ledger.status().ToString()
                 << ". " << ledger.status().detail().remedy;
    ledger = storage::etcd::EtcdLedger::Rejoin(etcd, known->epoch, clock);
  }
  RETURN_IF_ERROR(ledger.status());
  return storage::Store::Follow(store_options, *std::move(ledger), clock, deadline);
}

Status CatchUp(storage::Store& store, const Clock& clock, Deadline deadline) {
  const auto head = store.ledger().Head(std::min(deadline, clock.Monotonic() + kFirstAnswerMax));
  if (head.status().code() == Code::kUnavailable) return Status::Ok();
  RETURN_IF_ERROR(head.status());
  Deadline tell = clock.Monotonic() + kTellEvery;
  while (true) {
    const Deadline now = clock.Monotonic();
    Status applied = store.WaitApplied(*head, std::min(deadline, now + kLookEvery));
    if (applied.code() != Code::kUnavailable || now >= deadline) return applied;
    const storage::FollowerStatus follower = store.follower().value_or(storage::FollowerStatus());
    if (IsStuck(follower)) {
      LOG(WARNING) << "serving what this node has, marked, until the ledger goes on: " << follower.connected.ToString();
      return Status::Ok();
    }
    if (now < tell) continue;
    LOG(INFO) << "waiting to have caught up with the ledger: at revision " << store.applied() << " of " << *head
              << (follower.filling ? ", filling the store anew" : "")
              << (follower.connected.ok() ? "" : "; " + follower.connected.ToString());
    tell = now + kTellEvery;
  }
}

}  // namespace souk::server
