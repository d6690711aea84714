// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <thread>

#include "base/limits.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/registration.h"
#include "server/catalog/registry.h"
#include "server/catalog/writing.h"

namespace souk::catalog {
namespace {

// Threads that commit one batch together: enough to fill a group commit, few enough to leave room for single calls.
constexpr size_t kBatchThreads = 16;

struct Outcome {
  RegistrationPlan plan;
  Written written;
  bool replayed = false;  // the request id was seen before
};

StatusOr<Outcome> Commit(const Backends& parts, const CallContext& call, const Candidate& candidate) {
  const v1::RegisterProductRequest& request = *candidate.request;
  Outcome outcome;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request.request_id(), candidate.request_content));
    outcome.replayed = earlier.has_value();
    if (earlier) {
      outcome.plan = {};
      outcome.plan.unchanged_at = earlier->revision;
      return storage::Transaction{};
    }
    ASSIGN_OR_RETURN(outcome.plan, PlanRegistration(parts, call, candidate, view));
    if (request.validate_only()) return storage::Transaction{};
    return std::move(outcome.plan.transaction);
  };
  ASSIGN_OR_RETURN(outcome.written, CommitPlan(parts, call, candidate.bundle.line.ToString(), plan));
  if (outcome.plan.unchanged_at) outcome.written.revision = *outcome.plan.unchanged_at;
  return outcome;
}

StatusOr<v1::Product> ProductAfter(const Backends& parts, const CallContext& call, const Candidate& candidate,
                                   const Outcome& outcome) {
  if (candidate.request->validate_only()) return ProductOf(parts, outcome.plan.expected);
  ASSIGN_OR_RETURN(const auto line, parts.store.Current(*call.visibility).FindLine(candidate.bundle.line));
  if (!line) return errors::Internal(candidate.bundle.line.ToString() + " is not there after its registration");
  return ProductOf(parts, *line);
}

void FillFailure(const Status& status, v1::BatchRegisterResult& result) {
  result.set_code(static_cast<int>(status.code()));
  result.set_reason(status.reason());
  result.set_message(status.message());
  result.set_remedy(status.detail().remedy);
  for (const Violation& violation : status.detail().violations) *result.add_findings() = FindingOf(violation);
}

void RegisterItem(const Backends& parts, const CallContext& call, const v1::RegisterProductRequest& request,
                  v1::BatchRegisterResult& result, std::atomic<storage::Revision>& newest) {
  const StatusOr<Candidate> candidate = ReadCandidate(request);
  if (!candidate.ok()) return FillFailure(candidate.status(), result);
  result.set_name(candidate->bundle.line.ToString());
  result.set_fit_for_active(candidate->verdict.fit_for_active);
  const StatusOr<Outcome> outcome = Commit(parts, call, *candidate);
  if (!outcome.ok()) return FillFailure(outcome.status(), result);
  for (const v1::Finding& finding : outcome->plan.findings) *result.add_findings() = finding;
  result.set_state(outcome->plan.expected.state());
  result.set_changed(outcome->written.changed);
  result.set_created(outcome->plan.created && outcome->written.changed);
  storage::Revision seen = newest.load();
  while (seen < outcome->written.revision && !newest.compare_exchange_weak(seen, outcome->written.revision)) {
  }
}

}  // namespace

StatusOr<v1::RegisterProductResponse> Registry::RegisterProduct(const v1::RegisterProductRequest& request,
                                                                const CallContext& call) const {
  ASSIGN_OR_RETURN(const Candidate candidate, ReadCandidate(request));
  ASSIGN_OR_RETURN(const Outcome outcome, Commit(parts_, call, candidate));
  v1::RegisterProductResponse response;
  ASSIGN_OR_RETURN(*response.mutable_product(), ProductAfter(parts_, call, candidate, outcome));
  for (const v1::Finding& finding : outcome.plan.findings) *response.add_findings() = finding;
  response.set_changed(outcome.written.changed);
  response.set_created(outcome.plan.created && !outcome.replayed);
  response.set_fit_for_active(candidate.verdict.fit_for_active);
  response.set_revision(Token(parts_, outcome.written.revision));
  const auto missing = NotVisibleIn(parts_, outcome.written.revision, call);
  response.set_visible(missing.empty());
  for (const std::string& index : missing) response.add_not_visible_in(index);
  return response;
}

StatusOr<v1::BatchRegisterResponse> Registry::BatchRegister(const std::vector<v1::BatchRegisterRequest>& items,
                                                            const CallContext& call) const {
  if (items.size() > limits::kBatchRegisterMax)
    return errors::TooMany("items", items.size(), limits::kBatchRegisterMax);
  v1::BatchRegisterResponse response;
  for (size_t i = 0; i < items.size(); ++i) response.add_results()->set_index(static_cast<uint32_t>(i));
  std::atomic<size_t> next{0};
  std::atomic<storage::Revision> newest{0};
  const auto work = [&] {
    for (size_t i = next.fetch_add(1); i < items.size(); i = next.fetch_add(1)) {
      RegisterItem(parts_, call, items[i].item(), *response.mutable_results(static_cast<int>(i)), newest);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (size_t i = 1; i < std::min(kBatchThreads, items.size()); ++i) threads.emplace_back(work);
    work();
  }
  response.set_revision(Token(parts_, newest.load()));
  response.set_visible(NotVisibleIn(parts_, newest.load(), call).empty());
  return response;
}

}  // namespace souk::catalog
