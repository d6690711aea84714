// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/registration_rounds.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "server/catalog/messages.h"

namespace souk::catalog {
namespace {

// Who may register a line may see it, whatever else is hidden from them.
const AllowAll kEverything;

class Rounds {
 public:
  explicit Rounds(const Backends& parts) : parts_(parts) {}

  void Run(const std::vector<Registering*>& registrations) {
    for (Registering* registering : registrations) {
      registering->status = parts_.authorizer.Authorize(registering->call->principal, v1::PERMISSION_PUBLISH,
                                                        registering->candidate.line.domain);
      if (registering->status.ok()) left_.push_back(registering);
    }
    while (!left_.empty()) RunRound();
  }

 private:
  enum class Next { kDone, kCommit, kWait };

  // Makes left_ what is left for the next round, in order.
  void RunRound() {
    Round round(parts_.store.Current(kEverything));
    std::vector<Registering*> left;
    std::vector<Registering*> planned;
    std::vector<storage::Transaction> transactions;
    std::set<LineName> unfinished;  // lines of which somebody in front is not done
    for (Registering* registering : left_) {
      const LineName& line = registering->candidate.line;
      const Next next = unfinished.contains(line) ? Next::kWait : Plan(*registering, round);
      if (next == Next::kDone) continue;
      unfinished.insert(line);
      left.push_back(registering);
      if (next != Next::kCommit) continue;
      planned.push_back(registering);
      transactions.push_back(std::move(registering->plan.transaction));
    }
    Commit(planned, std::move(transactions));
    std::erase_if(
        left, [](const Registering* registering) { return !registering->status.ok() || registering->written.changed; });
    left_ = std::move(left);
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

  void Commit(const std::vector<Registering*>& planned, std::vector<storage::Transaction> transactions) {
    Deadline latest;
    for (const Registering* registering : planned) latest = std::max(latest, registering->call->deadline);
    const auto revisions = CommitEach(parts_, latest, "the registration", std::move(transactions));
    for (size_t i = 0; i < planned.size(); ++i) {
      Registering& registering = *planned[i];
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
  static void TryAgain(Registering& registering, const Status& failure) {
    registering.tries.Add(failure);
    if (registering.tries.enough()) {
      registering.status = registering.tries.Verdict(registering.candidate.line.ToString());
      return;
    }
    // The record of the try before has taken the candidate to pieces.
    StatusOr<Candidate> candidate = ReadCandidate(*registering.candidate.request);
    registering.status = candidate.status();
    if (candidate.ok()) registering.candidate = *std::move(candidate);
  }

  const Backends& parts_;
  std::vector<Registering*> left_;  // in their order
};

}  // namespace

void RegisterInRounds(const Backends& parts, const std::vector<Registering*>& registrations) {
  Rounds(parts).Run(registrations);
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
