// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/cluster/faults.h"

#include <signal.h>

#include <map>
#include <thread>

#include "storage/etcd/etcd_ledger.h"

namespace souk::chaos {
namespace {

using std::chrono::milliseconds;
using support::Flow;

constexpr uint64_t kTwoAtOnce = 4;  // one strike in so many
constexpr uint64_t kLong = 8;       // the same
constexpr uint64_t kShortMinMs = 200;
constexpr uint64_t kShortMaxMs = 3'500;
constexpr uint64_t kLongMinMs = 7'000;
constexpr uint64_t kLongMaxMs = 14'000;
// What a node misses before the ledger is compacted.
constexpr milliseconds kMissed{400};
constexpr std::chrono::seconds kEtcdAnswers{5};
constexpr std::chrono::seconds kReplacedWithin{60};
constexpr milliseconds kAskAgain{200};

std::string Named(const char* noun, size_t number) { return std::string(noun) + " " + std::to_string(number); }

const char* NameOf(Flow flow) { return flow == Flow::kCut ? "reset" : "silent"; }

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
};

Faults::Faults(support::Cluster& cluster, uint64_t seed, const std::string& only, Violations& violations)
    : cluster_(cluster), violations_(violations), random_(seed) {
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

Flow Faults::SomeFlow() { return random_() % 2 == 0 ? Flow::kSilent : Flow::kCut; }

std::string Faults::KillNode() {
  const size_t node = SomeNode();
  if (!dead_nodes_.insert(node).second) return "nothing";
  ++counts_.nodes_killed;
  cluster_.KillNode(node);
  return "kill -9 " + Named("node", node);
}

std::string Faults::Kill(size_t member) {
  if (!dead_members_.insert(member).second) return "nothing";
  ++counts_.members_killed;
  cluster_.KillMember(member);
  return "kill -9 " + Named("member", member);
}

std::string Faults::KillMember() { return Kill(SomeMember()); }
std::string Faults::KillLeader() { return Kill(Leader()) + " (leader)"; }

std::string Faults::KillMostMembers() {
  std::string what;
  for (size_t left = cluster_.members() / 2 + 1; left > 0; --left) what += (what.empty() ? "" : ", ") + KillMember();
  return what;
}

std::string Faults::KillEverything() {
  for (size_t node = 0; node < cluster_.nodes(); ++node) KillNode();
  for (size_t member = 0; member < cluster_.members(); ++member) KillMember();
  return "kill -9 everything";
}

std::string Faults::StopNode() {
  const size_t node = SomeNode();
  if (dead_nodes_.contains(node) || !stopped_nodes_.insert(node).second) return "nothing";
  ++counts_.nodes_stopped;
  cluster_.node(node).Signal(SIGSTOP);
  return "stop " + Named("node", node);
}

std::string Faults::Stop(size_t member) {
  if (dead_members_.contains(member) || !stopped_members_.insert(member).second) return "nothing";
  ++counts_.members_stopped;
  cluster_.member(member).process().Signal(SIGSTOP);
  return "stop " + Named("member", member);
}

std::string Faults::StopMember() { return Stop(SomeMember()); }
std::string Faults::StopLeader() { return Stop(Leader()) + " (leader)"; }

std::string Faults::DrainNode() {
  const size_t node = SomeNode();
  if (stopped_nodes_.contains(node) || !dead_nodes_.insert(node).second) return "nothing";
  ++counts_.drains;
  const Status stopped = cluster_.StopNode(node);
  if (!stopped.ok()) violations_.Add(Named("node", node) + ": " + stopped.ToString());
  return "drain " + Named("node", node);
}

// It is dead until everything is healed, and then another joins in its place.
std::string Faults::ReplaceMember() {
  const size_t member = SomeMember();
  if (dead_members_.contains(member)) return "nothing";
  replaced_members_.insert(member);
  ++counts_.replacements;
  cluster_.KillMember(member);
  return "replace " + Named("member", member);
}

std::string Faults::CutNodeFromEtcd() {
  const size_t node = SomeNode();
  const Flow flow = SomeFlow();
  ++counts_.partitions;
  for (size_t member = 0; member < cluster_.members(); ++member) {
    cluster_.network().Set(cluster_.EndOfNode(node), cluster_.EndOfMember(member), flow);
  }
  return Named("node", node) + " and etcd: " + NameOf(flow);
}

// Often the one that it speaks to.
std::string Faults::CutNodeFromMember() {
  const size_t node = SomeNode();
  const size_t member = random_() % 2 == 0 ? node % cluster_.members() : random_() % cluster_.members();
  const Flow flow = SomeFlow();
  ++counts_.partitions;
  cluster_.network().Set(cluster_.EndOfNode(node), cluster_.EndOfMember(member), flow);
  return Named("node", node) + " and " + Named("member", member) + ": " + NameOf(flow);
}

std::string Faults::CutFromMembers(size_t member) {
  const Flow flow = SomeFlow();
  ++counts_.partitions;
  for (size_t other = 0; other < cluster_.members(); ++other) {
    if (other == member) continue;
    cluster_.network().SetBetween(cluster_.EndOfMember(member), cluster_.EndOfMember(other), flow);
  }
  return Named("member", member) + " and the other members: " + NameOf(flow);
}

std::string Faults::CutMemberFromMembers() { return CutFromMembers(SomeMember()); }
std::string Faults::CutLeaderFromMembers() { return CutFromMembers(Leader()) + " (leader)"; }

std::string Faults::CutMemberFromAll() {
  const size_t member = random_() % 2 == 0 ? Leader() : SomeMember();
  const std::string what = CutFromMembers(member);
  const Flow flow = SomeFlow();
  for (size_t node = 0; node < cluster_.nodes(); ++node) {
    cluster_.network().Set(cluster_.EndOfNode(node), cluster_.EndOfMember(member), flow);
  }
  return what + ", and all nodes: " + NameOf(flow);
}

std::string Faults::Compact() {
  std::this_thread::sleep_for(kMissed);
  storage::etcd::EtcdOptions options;
  for (size_t member = 0; member < cluster_.members(); ++member) {
    options.client.endpoints.push_back(cluster_.member(member).endpoint());
  }
  const Deadline deadline = clock_.Monotonic() + kEtcdAnswers;
  const auto ledger = storage::etcd::EtcdLedger::Open(options, clock_, deadline);
  if (!ledger.ok()) return "no compaction: " + ledger.status().ToString();
  const auto head = (*ledger)->Head(deadline);
  const Status compacted = head.ok() ? (*ledger)->Compact(*head) : head.status();
  if (!compacted.ok()) return "no compaction: " + compacted.ToString();
  ++counts_.compactions;
  return "compacted to " + std::to_string(*head);
}

std::string Faults::CompactBehindKilled() {
  const std::string what = KillNode();
  return what + ", " + Compact();
}

std::string Faults::CompactBehindStopped() {
  const std::string what = StopNode();
  return what + ", " + Compact();
}

std::string Faults::CompactBehindCut() {
  const std::string what = CutNodeFromEtcd();
  return what + ", " + Compact();
}

}  // namespace souk::chaos
