// SPDX-License-Identifier: Apache-2.0
#include "client/cli/known_keys.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "descriptor/text.h"

namespace souk::cli {
namespace {

// Longer words are nobody's slip of the finger, and the comparison costs the product of both lengths.
constexpr size_t kWordCharsMax = 64;

std::string Plain(std::string_view word) {
  std::string plain;
  for (const char c : word) {
    if (c == '_' || c == '-') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return plain;
}

// Letters to add, drop or change.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// What to do about a word that is none of the known ones.
std::string Remedy(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view nearest = Nearest(word, known);
  if (!nearest.empty()) return "Write " + std::string(nearest) + ".";
  std::string list;
  for (const std::string_view candidate : known) list += (list.empty() ? "" : ", ") + std::string(candidate);
  return "Known are " + list + ".";
}

}  // namespace

std::string_view Nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view nearest;
  const std::string plain = Plain(word.substr(0, kWordCharsMax));
  size_t distance_max = plain.size() / 3 + 1;  // a third of the letters may be wrong
  for (const std::string_view candidate : known) {
    const size_t distance = Distance(plain, Plain(candidate));
    if (distance > distance_max || (distance == distance_max && !nearest.empty())) continue;
    nearest = candidate;
    distance_max = distance;
  }
  return nearest;
}

void CheckKeys(const descriptor::Fields& entry, std::span<const std::string_view> known) {
  std::vector<Violation>& violations = entry.reading().violations;
  for (const descriptor::Member& member : entry.node().members) {
    if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
    if (violations.size() >= limits::kFindingsMax) return;
    Violation& violation = violations.emplace_back();
    violation.rule = "unknown-key";
    violation.path = entry.reading().path;
    violation.pointer = entry.Pointer();
    descriptor::AppendToken(violation.pointer, member.key);
    violation.line = member.key_at.line;
    violation.column = member.key_at.column;
    violation.message = "there is no key " + descriptor::Quoted(member.key) + " here";
    violation.remedy = Remedy(member.key, known);
  }
}

}  // namespace souk::cli
