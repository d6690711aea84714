// SPDX-License-Identifier: Apache-2.0
// What each kind of fault does.

#include <csignal>
#include <thread>

#include "storage/etcd/client.h"
#include "storage/etcd/etcd_ledger.h"
#include "storage/etcd/keys.h"
#include "storage/ledger_keys.h"
#include "tests/chaos/cluster/faults.h"

namespace souk::chaos {
namespace {

using support::Flow;

// What a node misses before the ledger is compacted.
constexpr std::chrono::milliseconds kMissed{400};
constexpr std::chrono::seconds kEtcdAnswers{5};

std::string Named(const char* noun, size_t number) { return std::string(noun) + " " + std::to_string(number); }

const char* NameOf(Flow flow) { return flow == Flow::kCut ? "reset" : "silent"; }

}  // namespace

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

// etcd ends itself at the first page that it can't write.
std::string Faults::FillDisk() {
  const size_t member = cluster_.members() - 1;
  if (disk_ == nullptr || disk_full_ || !met_members_.insert(member).second) return "nothing";
  disk_full_ = true;  // to be emptied, also where it is not quite full: what runs there may have met it so
  const Status filled = disk_->Fill(0);
  if (!filled.ok()) return "nothing: " + filled.ToString();
  ++counts_.full_disks;
  return "fill the disk of " + Named("member", member);
}

// A record that nobody understands, of a team that nobody asks for; by somebody who is no node.
std::string Faults::WriteGarbage() {
  storage::etcd::ClientOptions options;
  for (size_t member = 0; member < cluster_.members(); ++member) {
    options.endpoints.push_back(cluster_.member(member).endpoint());
  }
  storage::etcd::Client client(options, clock_);
  etcdserverpb::PutRequest put;
  const std::string key = storage::RecordKey(std::string(kGarbageTeam) + std::to_string(clock_.NowUs()), 1);
  put.set_key(storage::etcd::KeySpace(std::string(storage::etcd::kLedgerPrefix)).Value(key));
  put.set_value("\x07 of tomorrow");
  const auto written = client.Put(put, clock_.Monotonic() + kEtcdAnswers);
  if (!written.ok()) return "nothing: " + written.status().ToString();
  ++counts_.undecodable;
  return "write garbage to " + key;
}

std::string Faults::CompactBehindCut() {
  const std::string what = CutNodeFromEtcd();
  return what + ", " + Compact();
}

}  // namespace souk::chaos
