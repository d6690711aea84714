// SPDX-License-Identifier: Apache-2.0
#include "governance/policy/policy.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/errors.h"
#include "base/limits.h"
#include "base/names.h"
#include "descriptor/bundle.h"
#include "descriptor/text.h"
#include "governance/date.h"
#include "governance/policy/engine.h"

namespace souk::governance {
namespace {

using descriptor::Lower;
using descriptor::Quoted;
using descriptor::Trimmed;

constexpr std::string_view kComment = "--";
constexpr size_t kDayChars = 10;

class Head {
 public:
  Head(const std::string& source, std::string_view path) : source_(source), path_(path) {}

  StatusOr<v1::Policy> Read() {
    if (source_.size() > limits::kPolicyBytesMax) {
      return errors::DocumentTooLarge(path_, source_.size(), limits::kPolicyBytesMax);
    }
    if (!IsCleanUtf8(source_)) {
      Add(1, "utf8", "the policy is not UTF-8, or holds a NUL byte", "Save it as UTF-8.");
      return errors::BadDocument(std::move(violations_));
    }
    ReadLines();
    Check();
    if (violations_.empty()) CheckSelect();
    if (!violations_.empty()) return errors::BadDocument(std::move(violations_));
    policy_.set_source(source_);
    policy_.set_digest(Hex(Sha256(source_)));
    return std::move(policy_);
  }

 private:
  void Add(uint32_t line, std::string rule, std::string message, std::string remedy, uint32_t column = 1) {
    violations_.push_back({std::move(rule), path_, "", line, column, std::move(message), std::move(remedy), true});
  }

  // The comment lines before the first other one; without a colon they are remarks.
  void ReadLines() {
    uint32_t number = 0;
    for (size_t begin = 0; begin < source_.size();) {
      const size_t end = std::min(source_.find('\n', begin), source_.size());
      const std::string_view line = Trimmed(std::string_view(source_).substr(begin, end - begin));
      begin = end + 1;
      ++number;
      if (line.empty()) continue;
      if (!line.starts_with(kComment)) return;
      const std::string_view text = Trimmed(line.substr(kComment.size()));
      const size_t colon = text.find(':');
      if (colon == std::string_view::npos || text.substr(0, colon).find(' ') != std::string_view::npos) continue;
      Take(number, Lower(text.substr(0, colon)), std::string(Trimmed(text.substr(colon + 1))));
    }
  }

  void Take(uint32_t number, const std::string& key, std::string value) {
    constexpr std::string_view kKeys[] = {"id",
                                          "title",
                                          "severity",
                                          "owner",
                                          "layer",
                                          "rationale",
                                          "applies-to",
                                          "waivable",
                                          "warn-from",
                                          "block-from",
                                          "spdx-license-identifier"};
    if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys)) {
      return Add(number, "policy-head", Quoted(key) + " is no key of a policy's head",
                 "Use id, title, severity, owner, rationale, layer, applies-to, waivable, warn-from or block-from; a "
                 "remark has no colon behind its first word.");
    }
    if (!said_.emplace(key, std::pair(number, std::move(value))).second) {
      Add(number, "policy-head", key + " is said twice", "Say it once.");
    }
  }

  // What is said of a key, and where; line 1 where nothing is.
  std::pair<uint32_t, std::string> Of(const std::string& key) const {
    const auto found = said_.find(key);
    return found == said_.end() ? std::pair<uint32_t, std::string>(1, "") : found->second;
  }

  void Check() {
    const auto [id_line, id] = Of("id");
    if (!IsResourceId(id)) {
      Add(id_line, "policy-id", id.empty() ? "the head has no id" : Quoted(id) + " is no id",
          "Write a line such as -- id: columns-have-an-owner, of small letters, digits and hyphens.");
    }
    policy_.set_name("policies/" + id);
    policy_.set_title(Of("title").second);
    if (policy_.title().empty()) Add(1, "policy-head", "the head has no title", "Write a line -- title: for people.");
    policy_.set_owner(Of("owner").second);
    if (policy_.owner().empty()) {
      Add(1, "policy-head", "the head names no owner", "Write a line -- owner: with a team or an address to ask.");
    }
    policy_.set_rationale(Of("rationale").second);
    CheckSeverity();
    CheckLayer();
    CheckStates();
    const auto [waivable_line, waivable] = Of("waivable");
    policy_.set_waivable(waivable != "no");
    if (!waivable.empty() && waivable != "yes" && waivable != "no") {
      Add(waivable_line, "policy-head", "waivable is " + Quoted(waivable), "Write yes or no.");
    }
    policy_.set_warn_from(Day("warn-from"));
    policy_.set_block_from(Day("block-from"));
  }

  void CheckSeverity() {
    const auto [line, word] = Of("severity");
    policy_.set_severity(word == "error"     ? v1::SEVERITY_ERROR
                         : word == "warning" ? v1::SEVERITY_WARNING
                                             : v1::SEVERITY_INFO);
    if (word != "error" && word != "warning" && word != "info") {
      Add(line, "policy-head", word.empty() ? "the head has no severity" : Quoted(word) + " is no severity",
          "Write a line -- severity: with error, warning or info.");
    }
  }

  void CheckLayer() {
    const auto [line, layer] = Of("layer");
    policy_.set_layer(layer.empty() ? "global" : layer);
    if (layer.empty() || layer == "global") return;
    const auto domain = ParseDomainName(layer);
    if (domain.ok() && layer == DomainName(*domain)) return;
    Add(line, "policy-head", Quoted(layer) + " is no layer", "Write global, or a domain as domains/payments.");
  }

  void CheckStates() {
    auto [line, list] = Of("applies-to");
    if (list.empty()) list = "active, deprecated";
    for (size_t begin = 0; begin <= list.size();) {
      const size_t end = std::min(list.find(',', begin), list.size());
      const std::string word(Trimmed(std::string_view(list).substr(begin, end - begin)));
      begin = end + 1;
      const v1::ProductState state = descriptor::ParseState(word);
      if (state == v1::PRODUCT_STATE_UNSPECIFIED) {
        Add(line, "policy-head", Quoted(word) + " is no state",
            "Use proposed, draft, active, deprecated or retired, with commas between.");
      } else {
        policy_.add_applies_to(state);
      }
    }
  }

  std::string Day(const std::string& key) {
    const auto [line, day] = Of(key);
    if (!day.empty() && (day.size() != kDayChars || !ParseDate(day))) {
      Add(line, "policy-head", key + " is " + Quoted(day) + ", which is no day", "Write it as 2026-11-25.");
    }
    return day;
  }

  void CheckSelect() {
    const PreparedPolicy prepared = Engine::Borrow()->Prepare(source_);
    if (prepared.problem.empty()) return;
    Add(prepared.line, "policy-select", prepared.problem, prepared.remedy, prepared.column);
  }

  const std::string& source_;
  const std::string path_;
  std::map<std::string, std::pair<uint32_t, std::string>> said_;  // line and value by key
  std::vector<Violation> violations_;
  v1::Policy policy_;
};

}  // namespace

StatusOr<v1::Policy> ParsePolicy(const std::string& source, std::string_view path) { return Head(source, path).Read(); }

v1::EnforcementStage StageOn(const v1::Policy& policy, std::string_view day) {
  // Days written as 2026-11-25 sort as they follow.
  const bool blocks = policy.block_from().empty() ? policy.warn_from().empty() : day >= policy.block_from();
  if (blocks) return v1::ENFORCEMENT_STAGE_BLOCK;
  const bool warns = !policy.warn_from().empty() && day >= policy.warn_from();
  return warns ? v1::ENFORCEMENT_STAGE_WARN : v1::ENFORCEMENT_STAGE_OBSERVE;
}

bool AppliesTo(const v1::Policy& policy, v1::ProductState state) {
  const auto& states = policy.applies_to();
  const auto has = [&](v1::ProductState wanted) {
    return std::find(states.begin(), states.end(), wanted) != states.end();
  };
  const bool early = state == v1::PRODUCT_STATE_DRAFT || state == v1::PRODUCT_STATE_PROPOSED;
  return has(state) || (early && has(v1::PRODUCT_STATE_ACTIVE));
}

}  // namespace souk::governance
