// SPDX-License-Identifier: Apache-2.0
#include "descriptor/changes.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "descriptor/document_tree.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

// Rules whose breaking changes a reader of the new schema meets too, in data that the old one has written; and those
// that only it meets.
bool BreaksNewReaders(std::string_view rule, v1::ChangeClass change_class) {
  constexpr std::array<std::string_view, 8> kBoth = {
      "COLUMN_SAME_TYPE", "COLUMN_SAME_PHYSICAL_TYPE", "COLUMN_SAME_PHYSICAL_NAME", "OBJECT_SAME_PHYSICAL_NAME",
      "KEY_SAME",         "CONSTRAINT_CHANGED",        "OUTPUT_PORT_SAME_TYPE",     "CONTRACT_SAME_ID"};
  constexpr std::array<std::string_view, 5> kOnly = {"COLUMN_ADDED_REQUIRED", "COLUMN_OPTIONAL_TO_REQUIRED",
                                                     "COLUMN_REPEATED_TO_UNIQUE", "CONSTRAINT_TIGHTENED",
                                                     "VALID_VALUE_REMOVED"};
  const auto among = [&](const auto& rules) { return std::find(rules.begin(), rules.end(), rule) != rules.end(); };
  return among(kOnly) || (change_class == v1::CHANGE_CLASS_BREAKING && among(kBoth));
}

}  // namespace

std::string JoinPath(std::string_view path, std::string_view token) {
  std::string joined(path);
  AppendToken(joined, token);
  if (path.empty()) joined.erase(0, 1);
  return joined;
}

void Changes::Add(std::string_view rule, std::string path, v1::ChangeClass change_class, std::string message,
                  std::string before, std::string after) {
  v1::Difference& difference = differences_.emplace_back();
  difference.set_rule(std::string(rule));
  difference.set_path(std::move(path));
  difference.set_before(std::move(before));
  difference.set_after(std::move(after));
  difference.set_change_class(change_class);
  difference.set_message(std::move(message));
  difference.set_breaks_old_readers(change_class == v1::CHANGE_CLASS_BREAKING);
  difference.set_breaks_new_readers(BreaksNewReaders(rule, change_class));
}

void Changes::Compare(std::string_view rule, std::string path, v1::ChangeClass change_class, std::string_view noun,
                      const std::string& before, const std::string& after) {
  if (before == after) return;
  std::string message(noun);
  if (before.empty()) {
    message += " is now " + Quoted(after);
  } else if (after.empty()) {
    message += " is gone; it was " + Quoted(before);
  } else {
    message += " changed from " + Quoted(before) + " to " + Quoted(after);
  }
  Add(rule, std::move(path), change_class, std::move(message), before, after);
}

void Changes::CompareWords(std::string_view stem, const std::string& path, std::string_view noun, const Texts& before,
                           const Texts& after) {
  const std::set<std::string> old_words(before.begin(), before.end());
  const std::set<std::string> new_words(after.begin(), after.end());
  for (const std::string& word : old_words) {
    if (new_words.count(word) > 0) continue;
    Add(std::string(stem) + "_REMOVED", JoinPath(path, word), v1::CHANGE_CLASS_PATCH,
        "the " + std::string(noun) + " " + Quoted(word) + " was removed", word);
  }
  for (const std::string& word : new_words) {
    if (old_words.count(word) > 0) continue;
    Add(std::string(stem) + "_ADDED", JoinPath(path, word), v1::CHANGE_CLASS_PATCH,
        "the " + std::string(noun) + " " + Quoted(word) + " was added", {}, word);
  }
}

void Changes::CompareDescription(const std::string& path, const v1::Description& before, const v1::Description& after) {
  const auto compare = [&](std::string_view field, const std::string& old_text, const std::string& new_text) {
    Compare("DESCRIPTION_CHANGED", JoinPath(path, field), v1::CHANGE_CLASS_PATCH, field, old_text, new_text);
  };
  compare("purpose", before.purpose(), after.purpose());
  compare("usage", before.usage(), after.usage());
  compare("limitations", before.limitations(), after.limitations());
}

std::vector<v1::Difference> Changes::Take() {
  std::stable_sort(differences_.begin(), differences_.end(), [](const v1::Difference& a, const v1::Difference& b) {
    return std::tie(a.path(), a.rule()) < std::tie(b.path(), b.rule());
  });
  return std::move(differences_);
}

}  // namespace souk::descriptor
