// SPDX-License-Identifier: Apache-2.0
// What may happen to a cluster, chosen by a seed: processes that are killed, stopped, or drained, links that are cut or
// fall silent, a ledger that is compacted behind a node's back; one fault at a time or two. Not thread-safe: one thread
// strikes and heals, the one that started the cluster.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "tests/chaos/violations.h"
#include "tests/support/cluster.h"
#include "tests/support/small_disk.h"

namespace souk::chaos {

// What nobody understands is told of teams whose names begin so.
inline constexpr std::string_view kGarbageTeam = "teams/garbage-";

struct FaultCounts {
  uint64_t nodes_killed = 0;
  uint64_t members_killed = 0;
  uint64_t nodes_stopped = 0;  // SIGSTOP
  uint64_t members_stopped = 0;
  uint64_t partitions = 0;
  uint64_t compactions = 0;
  uint64_t drains = 0;
  uint64_t replacements = 0;  // of members
  uint64_t full_disks = 0;    // of a member
  uint64_t undecodable = 0;   // values that nobody understands
};

class Faults {
 public:
  // `only`: the name of one kind, for looking closer; "" for all of them. `disk`: where the last member keeps its data;
  // null where none could be made, and none gets full.
  Faults(support::Cluster& cluster, uint64_t seed, const std::string& only, support::SmallDisk* disk,
         Violations& violations);
  // Of all kinds.
  static std::vector<std::string> Names();

  // One fault or two; returns what they are, in words.
  std::string Strike();
  // How long it should last; seldom longer than the patience of a connection.
  std::chrono::milliseconds Duration();
  // Everything runs and is connected again. An error if a process does not start any more.
  Status Heal();
  const FaultCounts& counts() const { return counts_; }

 private:
  struct Kind;
  static const Kind kKinds[];

  std::string KillNode();
  std::string KillMember();
  std::string KillLeader();
  std::string KillMostMembers();
  std::string KillEverything();
  std::string StopNode();
  std::string StopMember();
  std::string StopLeader();
  std::string DrainNode();
  std::string ReplaceMember();
  std::string CutNodeFromEtcd();
  std::string CutNodeFromMember();
  std::string CutMemberFromMembers();
  std::string CutLeaderFromMembers();
  std::string CutMemberFromAll();
  std::string CompactBehindKilled();
  std::string CompactBehindStopped();
  std::string CompactBehindCut();
  std::string FillDisk();
  std::string WriteGarbage();

  std::string Kill(size_t member);
  std::string Stop(size_t member);
  std::string CutFromMembers(size_t member);
  Status Replace(size_t member);
  void EmptyDisk();
  // One that no fault has met yet; they are all met by two faults at worst.
  size_t SomeNode();
  size_t SomeMember();
  // The one that most say is the leader; any if none does.
  size_t Leader();
  support::Flow SomeFlow();
  // After some writes that the node misses.
  std::string Compact();

  support::Cluster& cluster_;
  support::SmallDisk* const disk_;
  Violations& violations_;
  std::vector<const Kind*> kinds_;
  std::mt19937_64 random_;
  SystemClock clock_;
  FaultCounts counts_;
  std::set<size_t> met_nodes_, met_members_;  // by a fault that is not healed yet
  std::set<size_t> dead_nodes_, dead_members_, replaced_members_;
  std::set<size_t> stopped_nodes_, stopped_members_;
  bool disk_full_ = false;
};

}  // namespace souk::chaos
