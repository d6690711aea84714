// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/registration_rounds.h"

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "server/catalog/messages.h"

namespace souk::catalog {
namespace {

// Who may register a line may see it, whatever else is hidden from them.
const AllowAll kEverything;

// Others who would plan wait for this; views of the next ones are newer.
constexpr size_t kPlannedInOneTurnMax = 32;

class OneRound {
 public:
  OneRound(const Backends& parts, const RoundListener& listener) : parts_(parts), listener_(listener) {}

  void Run(const std::vector<Registering*>& registrations) {
    Planned planned;
    std::vector<Registering*> allowed = Allowed(registrations, planned.done);
    const uint64_t removals = parts_.under_way.removals(parts_.under_way.Enter());
    for (size_t from = 0; from < allowed.size(); from += kPlannedInOneTurnMax) {
      PlanSome(std::span(allowed).subspan(from, std::min(kPlannedInOneTurnMax, allowed.size() - from)), planned);
    }
    TellDone(planned.done);
    if (planned.registrations.empty()) {
      listener_.on_committed();
      if (!planned.left.empty()) parts_.under_way.AwaitRemoval(removals, EarliestDeadline(planned.left));
      return listener_.on_left(planned.left);
    }
    const std::vector<Registering*> open = std::move(planned.left);
    Commit(std::move(planned));
    listener_.on_committed();
    std::vector<Registering*> done;
    std::vector<Registering*> left;
    for (Registering* registering : open) {
      const bool finished = !registering->status.ok() || registering->written.changed;
      (finished ? done : left).push_back(registering);
    }
    listener_.on_left(left);
    TellDone(done);
  }

 private:
  enum class Next { kDone, kCommit, kWait };

  // What the round commits together.
  struct Planned {
    std::vector<Registering*> registrations;
    std::vector<storage::Transaction> transactions;
    std::vector<std::string> keys;   // that they write
    std::vector<Registering*> done;  // that have their outcome without
    std::vector<Registering*> left;  // that don't, those above included; in order
    std::set<LineName> unfinished;   // their lines
  };

  // The others are done.
  std::vector<Registering*> Allowed(const std::vector<Registering*>& registrations,
                                    std::vector<Registering*>& refused) const {
    std::vector<Registering*> allowed;
    for (Registering* registering : registrations) {
      registering->status = parts_.authorizer.Authorize(registering->call->principal, v1::PERMISSION_PUBLISH,
                                                        registering->candidate.line.domain);
      (registering->status.ok() ? allowed : refused).push_back(registering);
    }
    return allowed;
  }

  void PlanSome(std::span<Registering*> some, Planned& planned) {
    const UnderWay::Turn turn = parts_.under_way.Enter();
    Round round(parts_.store.Current(kEverything), parts_.under_way.keys(turn));
    for (Registering* registering : some) {
      const LineName& line = registering->candidate.line;
      const Next next = planned.unfinished.contains(line) ? WaitBehind(*registering) : Plan(*registering, round);
      if (next == Next::kDone) {
        planned.done.push_back(registering);
        continue;
      }
      planned.unfinished.insert(line);
      planned.left.push_back(registering);
      if (next != Next::kCommit) continue;
      planned.registrations.push_back(registering);
      planned.transactions.push_back(std::move(registering->plan.transaction));
      for (const storage::LedgerWrite& write : planned.transactions.back().writes) planned.keys.push_back(write.key);
    }
  }

  // Somebody in front registers the same line.
  static Next WaitBehind(Registering& registering) {
    registering.status = registering.call->Check(registering.candidate.line.ToString());
    return registering.status.ok() ? Next::kWait : Next::kDone;
  }

  void TellDone(const std::vector<Registering*>& done) const {
    if (!done.empty()) listener_.on_done(done);
  }

  static Deadline EarliestDeadline(const std::vector<Registering*>& registrations) {
    Deadline earliest = Deadline::max();
    for (const Registering* registering : registrations) earliest = std::min(earliest, registering->call->deadline);
    return earliest;
  }

  // Plans one; done means that it has its outcome.
  Next Plan(Registering& registering, Round& round) {
    const StatusOr<Next> next = TryPlan(registering, round);
    if (next.ok()) return *next;
    registering.status = next.status();
    return Next::kDone;
  }

  StatusOr<Next> TryPlan(Registering& registering, Round& round) {
    Candidate& candidate = registering.candidate;
    const CallContext& call = *registering.call;
    RETURN_IF_ERROR(call.Check(candidate.line.ToString()));
    ASSIGN_OR_RETURN(const auto earlier,
                     FindEarlier(round.view, call, candidate.request->request_id(), candidate.request_content));
    registering.replayed = earlier.has_value();
    if (earlier) {
      ASSIGN_OR_RETURN(registering.plan, Replay(candidate, *earlier, round));
    } else {
      ASSIGN_OR_RETURN(registering.plan, PlanRegistration(parts_, call, candidate, round));
    }
    if (registering.plan.must_wait) return Next::kWait;
    if (!registering.plan.transaction.writes.empty()) return Next::kCommit;
    // With validate_only, what would be written counts as if it were.
    const bool changed = candidate.request->validate_only() && !registering.plan.unchanged_at;
    registering.written = {registering.plan.unchanged_at.value_or(round.view.revision()), changed};
    return Next::kDone;
  }

  // The answer to a request id that was seen before: what the line is.
  static StatusOr<RegistrationPlan> Replay(const Candidate& candidate, const EarlierRequest& earlier,
                                           const Round& round) {
    RegistrationPlan plan;
    ASSIGN_OR_RETURN(plan.existing, round.view.FindLine(candidate.line));
    if (!plan.existing) return errors::Internal(candidate.line.ToString() + " is not there after its registration");
    plan.state = plan.existing->state();
    plan.unchanged_at = earlier.revision;
    return plan;
  }

  void Commit(Planned planned) {
    Deadline latest;
    for (const Registering* registering : planned.registrations) latest = std::max(latest, registering->call->deadline);
    const auto revisions = CommitEach(parts_, latest, "the registration", std::move(planned.transactions));
    parts_.under_way.Remove(planned.keys);
    for (size_t i = 0; i < planned.registrations.size(); ++i) {
      Registering& registering = *planned.registrations[i];
      if (revisions[i].ok()) {
        registering.written = {*revisions[i], true};
      } else if (revisions[i].status().code() != Code::kAborted) {
        registering.status = revisions[i].status();
      } else {
        TryAgain(registering, revisions[i].status());
      }
    }
  }

  // Unless that was the last try.
  void TryAgain(Registering& registering, const Status& failure) const {
    registering.tries.Add(failure);
    if (registering.tries.enough()) {
      registering.status = registering.tries.Verdict(parts_, registering.candidate.line.ToString());
      return;
    }
    // The record of the try before has taken the candidate to pieces.
    StatusOr<Candidate> candidate = ReadCandidate(*registering.candidate.request);
    registering.status = candidate.status();
    if (candidate.ok()) registering.candidate = *std::move(candidate);
  }

  const Backends& parts_;
  const RoundListener& listener_;
};

}  // namespace

void RegisterInRound(const Backends& parts, const std::vector<Registering*>& registrations,
                     const RoundListener& listener) {
  OneRound(parts, listener).Run(registrations);
}

void RegisterInRounds(const Backends& parts, std::vector<Registering*> registrations) {
  std::vector<Registering*> left;
  RoundListener listener;
  listener.on_done = [](const std::vector<Registering*>& /*done*/) {};
  listener.on_committed = [] {};
  listener.on_left = [&left](const std::vector<Registering*>& further) { left = further; };
  for (; !registrations.empty(); registrations = std::exchange(left, {}))
    RegisterInRound(parts, registrations, listener);
}

void TakeFindings(Registering& done, google::protobuf::RepeatedPtrField<v1::Finding>& out) {
  const auto full = [&] { return static_cast<size_t>(out.size()) >= limits::kFindingsMax; };
  out.Swap(&done.candidate.findings);
  for (const Violation& warning : done.candidate.warnings) {
    if (!full()) *out.Add() = FindingOf(warning);
  }
  for (v1::Finding& finding : done.plan.findings) {
    if (!full()) out.Add(std::move(finding));
  }
}

}  // namespace souk::catalog
