// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/cluster/faults.h"

#include <csignal>
#include <map>
#include <thread>

#include "storage/etcd/client.h"

namespace souk::chaos {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t kTwoAtOnce = 4;  // one strike in so many
constexpr uint64_t kLong = 8;       // the same
constexpr uint64_t kShortMinMs = 200;
constexpr uint64_t kShortMaxMs = 3'500;
constexpr uint64_t kLongMinMs = 7'000;
constexpr uint64_t kLongMaxMs = 14'000;
constexpr std::chrono::seconds kReplacedWithin{60};
constexpr milliseconds kAskAgain{200};

}  // namespace

struct Faults::Kind {
  const char* name;
  uint64_t weight;  // among the others
  std::string (Faults::*strike)();
};

const Faults::Kind Faults::kKinds[] = {
    {"kill-node", 4, &Faults::KillNode},
    {"kill-member", 2, &Faults::KillMember},
    {"kill-leader", 2, &Faults::KillLeader},
    {"kill-most-members", 1, &Faults::KillMostMembers},
    {"kill-everything", 1, &Faults::KillEverything},
    {"stop-node", 3, &Faults::StopNode},
    {"stop-member", 2, &Faults::StopMember},
    {"stop-leader", 2, &Faults::StopLeader},
    {"drain-node", 2, &Faults::DrainNode},
    {"replace-member", 1, &Faults::ReplaceMember},
    {"cut-node-from-etcd", 3, &Faults::CutNodeFromEtcd},
    {"cut-node-from-member", 2, &Faults::CutNodeFromMember},
    {"cut-member-from-members", 2, &Faults::CutMemberFromMembers},
    {"cut-leader-from-members", 2, &Faults::CutLeaderFromMembers},
    {"cut-member-from-all", 2, &Faults::CutMemberFromAll},
    {"compact-behind-killed", 2, &Faults::CompactBehindKilled},
    {"compact-behind-stopped", 1, &Faults::CompactBehindStopped},
    {"compact-behind-cut", 1, &Faults::CompactBehindCut},
    {"fill-member-disk", 2, &Faults::FillDisk},
    {"write-garbage", 2, &Faults::WriteGarbage},
};

Faults::Faults(support::Cluster& cluster, uint64_t seed, const std::string& only, support::SmallDisk* disk,
               Violations& violations)
    : cluster_(cluster), disk_(disk), violations_(violations), random_(seed) {
  for (const Kind& kind : kKinds) {
    if (only.empty() || only == kind.name) kinds_.push_back(&kind);
  }
}

std::vector<std::string> Faults::Names() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

std::string Faults::Strike() {
  uint64_t weights = 0;
  for (const Kind* kind : kinds_) weights += kind->weight;
  std::string what;
  for (uint64_t left = random_() % kTwoAtOnce == 0 ? 2 : 1; left > 0; --left) {
    uint64_t dice = random_() % weights;
    auto chosen = kinds_.begin();
    while (dice >= (*chosen)->weight) dice -= (*chosen++)->weight;
    what += (what.empty() ? "" : "; ") + (this->*(*chosen)->strike)();
  }
  return what;
}

milliseconds Faults::Duration() {
  if (random_() % kLong == 0) return milliseconds(kLongMinMs + random_() % (kLongMaxMs - kLongMinMs));
  return milliseconds(kShortMinMs + random_() % (kShortMaxMs - kShortMinMs));
}

// Members before nodes: a node that starts asks them.
Status Faults::Heal() {
  cluster_.network().Heal();
  for (const size_t node : stopped_nodes_) cluster_.node(node).Signal(SIGCONT);
  for (const size_t member : stopped_members_) cluster_.member(member).process().Signal(SIGCONT);
  if (disk_full_) EmptyDisk();
  for (const size_t member : dead_members_) RETURN_IF_ERROR(cluster_.LaunchMember(member));
  // The others must be there to let them in.
  for (const size_t member : replaced_members_) {
    if (dead_members_.contains(member)) continue;
    RETURN_IF_ERROR(Replace(member));
    dead_members_.insert(member);
  }
  for (const size_t member : dead_members_) RETURN_IF_ERROR(cluster_.AwaitMember(member));
  for (const size_t node : dead_nodes_) RETURN_IF_ERROR(cluster_.StartNode(node));
  for (auto* set : {&met_nodes_, &met_members_, &dead_nodes_, &dead_members_, &replaced_members_, &stopped_nodes_,
                    &stopped_members_}) {
    set->clear();
  }
  return Status::Ok();
}

// What a supervisor does with a member that has ended for want of room, once there is some.
void Faults::EmptyDisk() {
  const size_t member = cluster_.members() - 1;
  disk_->Empty();
  disk_full_ = false;
  if (!dead_members_.insert(member).second) return;
  cluster_.KillMember(member);
  replaced_members_.erase(member);
}

// Members that have just begun to hear each other let nobody in.
Status Faults::Replace(size_t member) {
  const Deadline until = clock_.Monotonic() + kReplacedWithin;
  Status replaced = cluster_.ReplaceMember(member);
  while (!replaced.ok() && clock_.Monotonic() < until) {
    std::this_thread::sleep_for(kAskAgain);
    replaced = cluster_.ReplaceMember(member);
  }
  return replaced;
}

size_t Faults::SomeNode() {
  size_t node = random_() % cluster_.nodes();
  for (size_t i = 0; i < cluster_.nodes() && met_nodes_.contains(node); ++i) node = (node + 1) % cluster_.nodes();
  met_nodes_.insert(node);
  return node;
}

size_t Faults::SomeMember() {
  size_t member = random_() % cluster_.members();
  for (size_t i = 0; i < cluster_.members() && met_members_.contains(member); ++i) {
    member = (member + 1) % cluster_.members();
  }
  met_members_.insert(member);
  return member;
}

size_t Faults::Leader() {
  std::map<uint64_t, size_t> numbers;
  std::map<uint64_t, int> votes;
  for (size_t member = 0; member < cluster_.members(); ++member) {
    if (met_members_.contains(member)) continue;
    storage::etcd::Client client({.endpoints = {cluster_.member(member).endpoint()}}, clock_);
    const auto status = client.Status(clock_.Monotonic() + std::chrono::seconds(1));
    if (!status.ok()) continue;
    numbers[status->header().member_id()] = member;
    ++votes[status->leader()];
  }
  for (const auto& [leader, count] : votes) {
    if (count < 2 || !numbers.contains(leader)) continue;
    met_members_.insert(numbers[leader]);
    return numbers[leader];
  }
  return SomeMember();
}

}  // namespace souk::chaos
