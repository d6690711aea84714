// SPDX-License-Identifier: Apache-2.0
// Commits registrations together: in rounds, each planned against one view and committed at once. Who has to wait for
// another one, or whose guards moved, goes into the next round. They may be of different calls. Thread-safe for
// different registrations.
#pragma once

#include <vector>

#include "base/status.h"
#include "server/catalog/registration.h"
#include "server/catalog/writing.h"

namespace souk::catalog {

// What is best brought together: enough to fill a group commit, little enough to hold in memory.
inline constexpr size_t kTogetherMax = 128;
inline constexpr size_t kTogetherBytesMax = size_t{4} * 1024 * 1024;

struct Registering {
  Registering(Candidate read, const CallContext& made) : candidate(std::move(read)), call(&made) {}

  Candidate candidate;
  const CallContext* call;  // outlives it
  RegistrationPlan plan;    // the last one
  Written written;
  bool replayed = false;  // the request id was seen before
  Status status;          // not ok: refused, and nothing was written
  Tries tries;
};

// What whoever brought them wants to hear meanwhile, on the thread that does them.
struct RoundListener {
  // Those that have their outcome, as soon as they have: nobody waits for the rest.
  std::function<void(const std::vector<Registering*>& done)> on_done;
  // Once, when nothing of the round is on its way any more: what is planned now sees what this round has written.
  std::function<void()> on_committed;
  // Once, those that need a further round, in order: when it is worth a try.
  std::function<void(const std::vector<Registering*>& left)> on_left;
};

// One round: each is planned against one view, and what was planned is committed together. The outcome of one is what
// is not allowed to the caller, what PlanRegistration and CommitEach say, or ABORTED after limits::kCommitAttemptsMax
// moved guards. Those that stand on what others have under way are left for a further round.
void RegisterInRound(const Backends& parts, const std::vector<Registering*>& registrations,
                     const RoundListener& listener);

// Rounds until each has its outcome. Those of one line are registered in the order given.
void RegisterInRounds(const Backends& parts, std::vector<Registering*> registrations);

// What was found of one that was done, limits::kFindingsMax at most, the gravest first; the candidate's findings are
// used up.
void TakeFindings(Registering& done, google::protobuf::RepeatedPtrField<v1::Finding>& out);

}  // namespace souk::catalog
