// SPDX-License-Identifier: Apache-2.0
// What values must be like. Looser values may surprise a reader of the old schema; tighter ones make old data wrong for
// a reader of the new one.
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "descriptor/changes.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

// +1: a higher bound admits more; -1: a lower one does.
int Direction(std::string_view option) {
  for (const std::string_view most : {"maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties"}) {
    if (option == most) return 1;
  }
  for (const std::string_view least : {"minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties"}) {
    if (option == least) return -1;
  }
  return 0;
}

std::optional<double> NumberIn(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view RuleOf(std::string_view option, const std::string& before, const std::string& after) {
  if (before.empty()) return "CONSTRAINT_TIGHTENED";
  if (after.empty()) return "CONSTRAINT_LOOSENED";
  const auto old_bound = NumberIn(before);
  const auto new_bound = NumberIn(after);
  const int direction = Direction(option);
  if (direction == 0 || !old_bound || !new_bound) return "CONSTRAINT_CHANGED";
  return (*new_bound > *old_bound) == (direction > 0) ? "CONSTRAINT_LOOSENED" : "CONSTRAINT_TIGHTENED";
}

void DiffValidValues(const v1::Constraints& before, const v1::Constraints& after, const std::string& path,
                     const std::string& noun, Changes& changes) {
  const std::set<std::string> olds(before.valid_values().begin(), before.valid_values().end());
  const std::set<std::string> news(after.valid_values().begin(), after.valid_values().end());
  if (olds.empty() && !news.empty()) {
    changes.Add("CONSTRAINT_TIGHTENED", path, v1::CHANGE_CLASS_MINOR, "the values of " + noun + " are now listed");
    return;
  }
  if (!olds.empty() && news.empty()) {
    changes.Add("CONSTRAINT_LOOSENED", path, v1::CHANGE_CLASS_BREAKING,
                "the values of " + noun + " are no longer listed: there may be any");
    return;
  }
  for (const std::string& value : news) {
    if (olds.contains(value)) continue;
    changes.Add("VALID_VALUE_ADDED", JoinPath(path, value), v1::CHANGE_CLASS_BREAKING,
                noun + " may now be " + Quoted(value), {}, value);
  }
  for (const std::string& value : olds) {
    if (news.contains(value)) continue;
    changes.Add("VALID_VALUE_REMOVED", JoinPath(path, value), v1::CHANGE_CLASS_MINOR,
                noun + " is never " + Quoted(value) + " any more", value);
  }
}

}  // namespace

void DiffConstraints(const v1::Constraints& before, const v1::Constraints& after, const std::string& path,
                     const std::string& noun, Changes& changes) {
  std::map<std::string, std::string> options;  // of either side, with what it was
  for (const auto& [option, value] : after.options()) options.try_emplace(option);
  for (const auto& [option, value] : before.options()) options[option] = value;
  for (const auto& [option, old_value] : options) {
    const auto now = after.options().find(option);
    const std::string new_value = now == after.options().end() ? std::string() : now->second;
    const std::string_view rule = RuleOf(option, old_value, new_value);
    changes.Compare(rule, JoinPath(path, option),
                    rule == "CONSTRAINT_TIGHTENED" ? v1::CHANGE_CLASS_MINOR : v1::CHANGE_CLASS_BREAKING,
                    option + " of " + noun, old_value, new_value);
  }
  DiffValidValues(before, after, JoinPath(path, "validValues"), noun, changes);
}

}  // namespace souk::descriptor
