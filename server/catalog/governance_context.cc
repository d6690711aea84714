// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/governance_context.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "governance/compatibility.h"
#include "governance/facts.h"
#include "governance/layers.h"
#include "governance/waivers.h"
#include "index/ownership/ownership.h"
#include "server/catalog/layers.h"
#include "server/catalog/messages.h"
#include "server/catalog/read_columns.h"
#include "server/catalog/upstreams.h"
#include "storage/ledger_keys.h"

namespace souk::catalog {
namespace {

constexpr size_t kDayChars = 10;
constexpr size_t kContactsMax = 3;   // of a consumer; more than anybody calls
constexpr size_t kEarlierMax = 100;  // versions that a transitive mode looks back to

bool InService(v1::ProductState state) {
  return state == v1::PRODUCT_STATE_ACTIVE || state == v1::PRODUCT_STATE_DEPRECATED;
}

// The id in "waivers/{waiver}".
std::string_view IdOf(std::string_view name) { return name.substr(name.find('/') + 1); }

class Assembly {
 public:
  Assembly(const storage::View& view, const LineName& line, const v1::DataProduct& model, int64_t now_us)
      : view_(view), line_(line), model_(model) {
    context_.set_line(line.ToString());
    context_.set_day(DayOf(now_us));
  }

  StatusOr<v1::GovernanceContext> Run() {
    RETURN_IF_ERROR(AddLayers());
    ASSIGN_OR_RETURN(const auto existing, view_.FindLine(line_));
    if (existing) {
      RETURN_IF_ERROR(AddPrevious(*existing));
    } else {
      RETURN_IF_ERROR(AddOther());
    }
    ASSIGN_OR_RETURN(const std::vector<v1::Upstream> upstreams, UpstreamsOf(model_, view_));
    for (const v1::Upstream& upstream : upstreams) *context_.add_upstreams() = upstream;
    RETURN_IF_ERROR(AddConsumers());
    RETURN_IF_ERROR(AddExceptions());
    return std::move(context_);
  }

 private:
  Status AddLayers() {
    ASSIGN_OR_RETURN(const std::vector<v1::RuleSettings> layers, LayersOf(view_, line_.domain));
    v1::RuleSettings merged = governance::MergedSettings(layers);
    context_.mutable_rules()->Swap(merged.mutable_rules());
    context_.set_compatibility(governance::ModeOr(merged.compatibility()));
    ASSIGN_OR_RETURN(const std::vector<v1::Policy> policies, PoliciesOf(view_, line_.domain));
    for (const v1::Policy& policy : policies) *context_.add_policies() = policy;
    return Status::Ok();
  }

  Status AddPrevious(const store::v1::LineState& line) {
    *context_.mutable_previous() = line.model();
    context_.set_previous_state(line.state());
    const int64_t told = governance::SunsetOf(line.model()).value_or(0);
    if (line.sunset_us() != 0 && line.sunset_us() != told) *context_.mutable_sunset_time() = TimeOf(line.sunset_us());
    if (!governance::IsTransitive(context_.compatibility())) return Status::Ok();
    std::set<std::string> versions = {line.model().version()};
    std::vector<v1::DataProduct> earlier;
    RETURN_IF_ERROR(view_.ForEachRecord(line.name(), 0, [&](const store::v1::ChangeRecord& record, storage::Revision) {
      const store::v1::Registration& registration = record.registration();
      if (!record.has_registration() || !InService(registration.state())) return true;
      if (versions.insert(registration.model().version()).second) earlier.push_back(registration.model());
      return earlier.size() < kEarlierMax;
    }));
    for (auto model = earlier.rbegin(); model != earlier.rend(); ++model) *context_.add_earlier() = *model;
    return Status::Ok();
  }

  // The newest live line of another major, for a line that is new.
  Status AddOther() {
    ASSIGN_OR_RETURN(const std::vector<storage::SharedLine> lines, view_.LinesOfProduct(line_.domain, line_.product));
    for (const storage::SharedLine& line : lines) {
      if (!InService(line->state())) continue;
      context_.set_other_line(line->name());
      *context_.mutable_other() = line->model();
    }
    return Status::Ok();
  }

  // Who reads what the line offers now; of a new line, what the one before it offers.
  Status AddConsumers() {
    const v1::DataProduct& offered = context_.has_previous() ? context_.previous() : context_.other();
    const std::string offering = context_.has_previous() ? context_.line() : context_.other_line();
    std::vector<v1::Consumer> consumers;
    std::set<std::string> contracts;
    for (const v1::OutputPort& port : offered.output_ports()) contracts.insert(port.contract_id());
    for (const std::string& contract : contracts) {
      if (contract.empty()) continue;
      ASSIGN_OR_RETURN(const std::vector<LineName> readers, view_.ConsumersOfContract(contract));
      for (const LineName& reader : readers) {
        if (reader.ToString() == offering || reader == line_) continue;
        ASSIGN_OR_RETURN(const auto line, view_.FindLine(reader));
        if (line) consumers.push_back(ConsumerOf(*line, contract, offered));
      }
    }
    std::sort(consumers.begin(), consumers.end(), [](const v1::Consumer& a, const v1::Consumer& b) {
      return std::tuple(a.line(), a.contract_id()) < std::tuple(b.line(), b.contract_id());
    });
    for (v1::Consumer& consumer : consumers) *context_.add_consumers() = std::move(consumer);
    return Status::Ok();
  }

  v1::Consumer ConsumerOf(const store::v1::LineState& line, const std::string& contract,
                          const v1::DataProduct& offered) const {
    v1::Consumer consumer;
    consumer.set_line(line.name());
    consumer.set_title(line.model().name());
    consumer.set_state(line.state());
    consumer.set_contract_id(contract);
    for (const v1::InputPort& port : line.model().input_ports()) {
      if (port.contract_id() == contract && consumer.port().empty()) consumer.set_port(port.name());
    }
    const std::vector<std::string> columns = ColumnsRead(line.model(), offered, contract);
    consumer.set_columns_known(!columns.empty());
    for (const std::string& column : columns) consumer.add_columns(column);
    const v1::FindOwnerResponse owner = ownership::OwnerOfLine(view_, line);
    consumer.set_team(owner.team());
    std::set<std::string> urls;
    for (const v1::Contact& contact : owner.contacts()) {
      if (urls.size() < kContactsMax && urls.insert(contact.url()).second) *consumer.add_contacts() = contact;
    }
    return consumer;
  }

  Status AddExceptions() {
    const std::string line = context_.line();
    RETURN_IF_ERROR(
        ForEachWaiver(view_, storage::WaiverPrefix(line), [&](const std::string&, const v1::Waiver& waiver) {
          if (governance::HoldsOn(waiver, context_.day())) *context_.add_waivers() = waiver;
          return true;
        }));
    ASSIGN_OR_RETURN(const std::vector<v1::Acknowledgement> words, AcknowledgementsOf(view_, line));
    for (const v1::Acknowledgement& word : words) *context_.add_acknowledgements() = word;
    return Status::Ok();
  }

  const storage::View& view_;
  const LineName& line_;
  const v1::DataProduct& model_;
  v1::GovernanceContext context_;
};

}  // namespace

StatusOr<v1::GovernanceContext> AssembleContext(const storage::View& view, const LineName& line,
                                                const v1::DataProduct& model, int64_t now_us) {
  return Assembly(view, line, model, now_us).Run();
}

void GuardLayers(const storage::View& view, storage::Transaction& transaction) {
  transaction.guards.push_back({std::string(storage::kLayersBegin), std::string(storage::kLayersEnd), view.revision()});
}

void GuardContext(const storage::View& view, const v1::GovernanceContext& context, storage::Transaction& transaction) {
  GuardLayers(view, transaction);
  for (const v1::Waiver& waiver : context.waivers()) {
    transaction.guards.push_back({storage::WaiverKey(context.line(), IdOf(waiver.name())), "", view.revision()});
  }
  for (const v1::Acknowledgement& word : context.acknowledgements()) {
    const std::string key = storage::AcknowledgementKey(context.line(), IdOf(word.name()));
    transaction.guards.push_back({key, "", view.revision()});
  }
}

std::string DayOf(int64_t time_us) { return FormatTimeUs(time_us).substr(0, kDayChars); }

}  // namespace souk::catalog
