// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/registration.h"
#include "server/catalog/registration_rounds.h"
#include "server/catalog/registry.h"
#include "server/catalog/writing.h"

namespace souk::catalog {
namespace {

void FillFailure(const Status& status, v1::BatchRegisterResult& result) {
  result.set_code(static_cast<int>(status.code()));
  result.set_reason(status.reason());
  result.set_message(status.message());
  result.set_remedy(status.detail().remedy);
  for (const Violation& violation : status.detail().violations) *result.add_findings() = FindingOf(violation);
}

// One batch under way.
class Batch {
 public:
  Batch(const Backends& parts, const CallContext& call, const std::vector<v1::BatchRegisterRequest>& items,
        v1::BatchRegisterResponse& response)
      : parts_(parts), call_(call), items_(items), response_(response) {
    for (size_t i = 0; i < items.size(); ++i) response.add_results()->set_index(static_cast<uint32_t>(i));
  }

  void Run() {
    while (next_ < items_.size()) RegisterSome();
    response_.set_revision(Token(parts_, newest_));
    response_.set_visible(NotVisibleIn(parts_, newest_, VisibleUntil(call_)).empty());
  }

 private:
  void RegisterSome() {
    std::vector<Registering> together;
    std::vector<size_t> indexes;
    for (size_t bytes = 0; next_ < items_.size() && together.size() < kTogetherMax && bytes < kTogetherBytesMax;) {
      const size_t index = next_++;
      bytes += items_[index].ByteSizeLong();
      if (auto candidate = Read(index)) {
        together.emplace_back(*std::move(candidate), call_);
        indexes.push_back(index);
      }
    }
    std::vector<Registering*> all;
    all.reserve(together.size());
    for (Registering& registering : together) all.push_back(&registering);
    RegisterInRounds(parts_, all);
    for (size_t i = 0; i < together.size(); ++i) FillOutcome(together[i], ResultOf(indexes[i]));
  }

  std::optional<Candidate> Read(size_t index) {
    const Status go_on = call_.Check("BatchRegister");
    StatusOr<Candidate> candidate = go_on.ok() ? ReadCandidate(items_[index].item()) : StatusOr<Candidate>(go_on);
    if (candidate.ok()) return *std::move(candidate);
    FillFailure(candidate.status(), ResultOf(index));
    return std::nullopt;
  }

  void FillOutcome(Registering& done, v1::BatchRegisterResult& result) {
    result.set_name(done.candidate.line.ToString());
    result.set_fit_for_active(done.candidate.fit_for_active);
    if (!done.status.ok()) return FillFailure(done.status, result);
    TakeFindings(done, *result.mutable_findings());
    result.set_state(done.plan.state);
    result.set_changed(done.written.changed);
    result.set_created(done.plan.created && done.written.changed);
    newest_ = std::max(newest_, done.written.revision);
  }

  v1::BatchRegisterResult& ResultOf(size_t index) { return *response_.mutable_results(static_cast<int>(index)); }

  const Backends& parts_;
  const CallContext& call_;
  const std::vector<v1::BatchRegisterRequest>& items_;
  v1::BatchRegisterResponse& response_;
  size_t next_ = 0;
  storage::Revision newest_ = 0;
};

}  // namespace

StatusOr<v1::BatchRegisterResponse> Registry::BatchRegister(const std::vector<v1::BatchRegisterRequest>& items,
                                                            const CallContext& call) const {
  if (items.size() > limits::kBatchRegisterMax)
    return errors::TooMany("items", items.size(), limits::kBatchRegisterMax);
  v1::BatchRegisterResponse response;
  Batch(parts_, call, items, response).Run();
  return response;
}

}  // namespace souk::catalog
