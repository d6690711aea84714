// SPDX-License-Identifier: Apache-2.0
#include "client/cli/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

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

std::string NearestRemedy(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view nearest = Nearest(word, known);
  if (!nearest.empty()) return "Write " + std::string(nearest) + ".";
  std::string list;
  for (const std::string_view candidate : known) list += (list.empty() ? "" : ", ") + std::string(candidate);
  return "Known are " + list + ".";
}

}  // namespace souk::cli
