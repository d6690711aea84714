// SPDX-License-Identifier: Apache-2.0
#include "index/text/snapshot.h"

#include <tuple>

namespace souk::text {

ImpactTable::ImpactTable(const std::array<double, kTextFieldCount>& average_lengths) {
  for (const TextFieldSpec& spec : kTextFields) {
    const size_t field = IndexOf(spec.field);
    const double average = average_lengths[field] > 0 ? average_lengths[field] : 1;
    for (size_t code = 0; code <= UINT8_MAX; ++code) {
      const double share = DecodeLength(static_cast<uint8_t>(code)) / average;
      const double norm = 1 - spec.length_share + spec.length_share * share;
      impacts_[field][code] = static_cast<float>(spec.weight / norm);
    }
  }
}

bool Snapshot::NameLess(uint32_t a, uint32_t b) const {
  const Row& left = RowOf(a);
  const Row& right = RowOf(b);
  const Dictionary& domains = (*dictionaries)[ValueKind::kDomain];
  if (left.domain() != right.domain()) return domains.Text(left.domain()) < domains.Text(right.domain());
  return std::tuple(left.product_id(), left.major()) < std::tuple(right.product_id(), right.major());
}

}  // namespace souk::text
