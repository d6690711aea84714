// SPDX-License-Identifier: Apache-2.0
// Merges a few values into many. A pure function.
#pragma once

#include <algorithm>
#include <vector>

namespace souk::text {

// Both sorted by `less`. Compares as often as looking up the few takes; the many are copied in stretches.
template <typename T, typename Less>
std::vector<T> MergeFew(const std::vector<T>& many, const std::vector<T>& few, const Less& less) {
  std::vector<T> merged;
  merged.reserve(many.size() + few.size());
  auto from = many.begin();
  for (const T& value : few) {
    const auto to = std::upper_bound(from, many.end(), value, less);
    merged.insert(merged.end(), from, to);
    merged.push_back(value);
    from = to;
  }
  merged.insert(merged.end(), from, many.end());
  return merged;
}

}  // namespace souk::text
