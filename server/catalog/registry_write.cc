// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
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

// Who may register a line may see it, whatever else is hidden from them.
const AllowAll kEverything;

struct Outcome {
  RegistrationPlan plan;
  Written written;
  bool replayed = false;  // the request id was seen before
};

// The answer to a request id that was seen before: what the line is, and the findings of the content.
StatusOr<RegistrationPlan> Replay(const Candidate& candidate, const EarlierRequest& earlier,
                                  const storage::View& view) {
  RegistrationPlan plan;
  ASSIGN_OR_RETURN(auto line, view.FindLine(candidate.bundle.line));
  if (line) plan.expected = *std::move(line);
  plan.findings = FindingsOf(candidate);
  plan.unchanged_at = earlier.revision;
  return plan;
}

StatusOr<Outcome> Commit(const Backends& parts, const CallContext& call, const Candidate& candidate) {
  const v1::RegisterProductRequest& request = *candidate.request;
  const LineName& line = candidate.bundle.line;
  RETURN_IF_ERROR(parts.authorizer.Authorize(call.principal, v1::PERMISSION_PUBLISH, line.domain));
  Outcome outcome;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request.request_id(), candidate.request_content));
    outcome.replayed = earlier.has_value();
    if (earlier) {
      ASSIGN_OR_RETURN(outcome.plan, Replay(candidate, *earlier, view));
      return storage::Transaction{};
    }
    ASSIGN_OR_RETURN(outcome.plan, PlanRegistration(parts, call, candidate, view));
    if (request.validate_only()) return storage::Transaction{};
    return std::move(outcome.plan.transaction);
  };
  ASSIGN_OR_RETURN(outcome.written, CommitPlan(parts, call, line.ToString(), plan));
  if (outcome.plan.unchanged_at) outcome.written.revision = *outcome.plan.unchanged_at;
  return outcome;
}

StatusOr<v1::Product> ProductAfter(const Backends& parts, const Candidate& candidate, const Outcome& outcome) {
  if (candidate.request->validate_only()) return ProductOf(parts, outcome.plan.expected);
  ASSIGN_OR_RETURN(const auto line, parts.store.Current(kEverything).FindLine(candidate.bundle.line));
  if (!line) return errors::Internal(candidate.bundle.line.ToString() + " is not there after its registration");
  return ProductOf(parts, *line);
}

// Registers the items of one line in the order given, whichever thread has them: a batch may hold several versions of
// it. Items must be taken in order; then nobody waits for one who waits.
class LineOrder {
 public:
  explicit LineOrder(size_t items) : known_(items, false) {}

  // Says which line an item is of, then waits until no earlier item of that line is left.
  void Enter(size_t item, const std::string& line) {
    std::unique_lock lock(mutex_);
    Know(item);
    std::set<size_t>& waiting = waiting_[line];
    waiting.insert(item);
    changed_.wait(lock, [&] { return known_until_ > item && *waiting.begin() == item; });
  }
  void Leave(size_t item, const std::string& line) {
    const std::lock_guard lock(mutex_);
    waiting_[line].erase(item);
    changed_.notify_all();
  }
  // The item is of no line.
  void Skip(size_t item) {
    const std::lock_guard lock(mutex_);
    Know(item);
  }

 private:
  void Know(size_t item) {
    known_[item] = true;
    while (known_until_ < known_.size() && known_[known_until_]) ++known_until_;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> known_;
  size_t known_until_ = 0;  // every item before this one has said its line
  std::map<std::string, std::set<size_t>> waiting_;
};

void FillFailure(const Status& status, v1::BatchRegisterResult& result) {
  result.set_code(static_cast<int>(status.code()));
  result.set_reason(status.reason());
  result.set_message(status.message());
  result.set_remedy(status.detail().remedy);
  for (const Violation& violation : status.detail().violations) *result.add_findings() = FindingOf(violation);
}

void FillOutcome(const StatusOr<Outcome>& outcome, v1::BatchRegisterResult& result,
                 std::atomic<storage::Revision>& newest) {
  if (!outcome.ok()) return FillFailure(outcome.status(), result);
  for (const v1::Finding& finding : outcome->plan.findings) *result.add_findings() = finding;
  result.set_state(outcome->plan.expected.state());
  result.set_changed(outcome->written.changed);
  result.set_created(outcome->plan.created && outcome->written.changed);
  storage::Revision seen = newest.load();
  while (seen < outcome->written.revision && !newest.compare_exchange_weak(seen, outcome->written.revision)) {
  }
}

// One batch under way.
class Batch {
 public:
  Batch(const Backends& parts, const CallContext& call, const std::vector<v1::BatchRegisterRequest>& items,
        v1::BatchRegisterResponse& response)
      : parts_(parts), call_(call), items_(items), response_(response), order_(items.size()) {
    for (size_t i = 0; i < items.size(); ++i) response.add_results()->set_index(static_cast<uint32_t>(i));
  }

  void Run() {
    {
      std::vector<std::jthread> threads;
      for (size_t i = 1; i < std::min(kBatchThreads, items_.size()); ++i) threads.emplace_back([this] { Work(); });
      Work();
    }
    response_.set_revision(Token(parts_, newest_.load()));
    response_.set_visible(NotVisibleIn(parts_, newest_.load(), call_).empty());
  }

 private:
  void Work() {
    for (size_t i = next_.fetch_add(1); i < items_.size(); i = next_.fetch_add(1)) {
      Register(i, *response_.mutable_results(static_cast<int>(i)));
    }
  }

  void Register(size_t index, v1::BatchRegisterResult& result) {
    const Status go_on = call_.Check("BatchRegister");
    const StatusOr<Candidate> candidate = go_on.ok() ? ReadCandidate(items_[index].item()) : StatusOr<Candidate>(go_on);
    if (!candidate.ok()) {
      order_.Skip(index);
      return FillFailure(candidate.status(), result);
    }
    const std::string line = candidate->bundle.line.ToString();
    result.set_name(line);
    result.set_fit_for_active(candidate->verdict.fit_for_active);
    order_.Enter(index, line);
    FillOutcome(Commit(parts_, call_, *candidate), result, newest_);
    order_.Leave(index, line);
  }

  const Backends& parts_;
  const CallContext& call_;
  const std::vector<v1::BatchRegisterRequest>& items_;
  v1::BatchRegisterResponse& response_;
  LineOrder order_;
  std::atomic<size_t> next_{0};
  std::atomic<storage::Revision> newest_{0};
};

}  // namespace

StatusOr<v1::RegisterProductResponse> Registry::RegisterProduct(const v1::RegisterProductRequest& request,
                                                                const CallContext& call) const {
  ASSIGN_OR_RETURN(const Candidate candidate, ReadCandidate(request));
  ASSIGN_OR_RETURN(const Outcome outcome, Commit(parts_, call, candidate));
  v1::RegisterProductResponse response;
  ASSIGN_OR_RETURN(*response.mutable_product(), ProductAfter(parts_, candidate, outcome));
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
  Batch(parts_, call, items, response).Run();
  return response;
}

}  // namespace souk::catalog
