// SPDX-License-Identifier: Apache-2.0
#include "governance/breaking.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "base/digest.h"
#include "descriptor/diff.h"
#include "governance/change_place.h"
#include "governance/compatibility.h"

namespace souk::governance {
namespace {

bool InService(v1::ProductState state) {
  return state == v1::PRODUCT_STATE_ACTIVE || state == v1::PRODUCT_STATE_DEPRECATED;
}

// What every new major changes: its ports and contracts have its own version and ids.
bool ComesWithAMajor(std::string_view rule) {
  return rule == "CONTRACT_SAME_ID" || rule == "OUTPUT_PORT_VERSION_CHANGED" || rule == "OUTPUT_PORT_SAME_CONTRACT";
}

class Finder {
 public:
  Finder(const v1::DataProduct& model, const v1::GovernanceContext& context) : model_(model), context_(context) {}

  Breakage Find() {
    if (context_.has_previous() && InService(context_.previous_state())) {
      breakage_.within_line = true;
      const auto differences = descriptor::Diff(context_.previous(), model_);
      breakage_.gravest = descriptor::Gravest(differences);
      Take(context_.previous(), differences);
      if (IsTransitive(context_.compatibility())) {
        for (const v1::DataProduct& earlier : context_.earlier()) Take(earlier, descriptor::Diff(earlier, model_));
      }
    } else if (!context_.has_previous() && context_.has_other()) {
      Take(context_.other(), descriptor::Diff(context_.other(), model_));
    }
    if (breakage_.changes.empty()) return std::move(breakage_);
    breakage_.changes_digest = DigestOfChanges();
    for (const v1::Consumer& consumer : context_.consumers()) Reach(consumer);
    return std::move(breakage_);
  }

 private:
  void Take(const v1::DataProduct& before, const std::vector<v1::Difference>& differences) {
    for (const v1::Difference& difference : differences) {
      if (!Breaks(difference, context_.compatibility())) continue;
      if (!breakage_.within_line && ComesWithAMajor(difference.rule())) continue;
      const ChangePlace place = PlaceOf(difference.path(), before);
      if (!seen_.emplace(difference.rule(), difference.path()).second) continue;
      v1::BreakingChange& change = breakage_.changes.emplace_back();
      change.set_rule(difference.rule());
      change.set_contract_id(place.contract_id);
      change.set_column(place.column);
      change.set_message(difference.message());
      *change.mutable_location() = LocationOf(place, model_);
    }
  }

  std::string DigestOfChanges() const {
    DigestBuilder digest;
    for (const v1::BreakingChange& change : breakage_.changes) {
      digest.Add(change.rule()).Add(change.contract_id()).Add(change.column()).Add(change.message());
    }
    return Hex(digest.Finish());
  }

  void Reach(const v1::Consumer& consumer) {
    if (consumer.state() == v1::PRODUCT_STATE_RETIRED) return;
    bool reached = false;
    std::set<std::string> columns;
    for (const v1::BreakingChange& change : breakage_.changes) {
      const bool same = change.contract_id().empty() || consumer.contract_id().empty() ||
                        change.contract_id() == consumer.contract_id();
      if (!same) continue;
      if (!consumer.columns_known()) {
        reached = true;
        break;
      }
      for (const std::string& column : consumer.columns()) {
        if (Touches(change.column(), column)) columns.insert(column);
      }
    }
    if (!reached && columns.empty()) return;
    v1::AffectedConsumer& affected = breakage_.affected.emplace_back();
    *affected.mutable_consumer() = consumer;
    for (const std::string& column : columns) affected.add_columns(column);
    const auto& words = context_.acknowledgements();
    affected.set_acknowledged(std::any_of(words.begin(), words.end(), [&](const v1::Acknowledgement& word) {
      return word.consumer() == consumer.line() && word.changes_digest() == breakage_.changes_digest;
    }));
  }

  const v1::DataProduct& model_;
  const v1::GovernanceContext& context_;
  Breakage breakage_;
  std::set<std::pair<std::string, std::string>> seen_;  // rule and path
};

}  // namespace

bool Breakage::AllAcknowledged() const {
  return std::all_of(affected.begin(), affected.end(),
                     [](const v1::AffectedConsumer& consumer) { return consumer.acknowledged(); });
}

Breakage FindBreakage(const v1::DataProduct& model, const v1::GovernanceContext& context) {
  return Finder(model, context).Find();
}

}  // namespace souk::governance
