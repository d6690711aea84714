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
  // Once, when the first round begins to commit: the next ones may be brought then.
  std::function<void()> on_planned = [] {};
  // Those that have their outcome, as soon as they have: nobody waits for the rest.
  std::function<void(const std::vector<Registering*>& done)> on_done = [](const std::vector<Registering*>& /*done*/) {};
};

// Those of one line are registered in the order given. Each gets its outcome: what is not allowed to the caller, what
// PlanRegistration and CommitEach say, ABORTED after limits::kCommitAttemptsMax moved guards.
void RegisterInRounds(const Backends& parts, const std::vector<Registering*>& registrations,
                      const RoundListener& listener = {});

// What was found of one that was done, limits::kFindingsMax at most, the gravest first; the candidate's findings are
// used up.
void TakeFindings(Registering& done, google::protobuf::RepeatedPtrField<v1::Finding>& out);

}  // namespace souk::catalog
