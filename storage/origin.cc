// SPDX-License-Identifier: Apache-2.0
#include "storage/origin.h"

#include <algorithm>

#include "souk/store/v1/export.pb.h"
#include "storage/ledger_keys.h"

namespace souk::storage {

LedgerWrite OriginMark(std::string_view epoch, Revision revision, int64_t time_us) {
  store::v1::OriginRevision origin;
  origin.set_time_us(time_us);
  return {OriginKey(epoch, revision), origin.SerializeAsString()};
}

std::optional<int64_t> OriginTimeOf(const std::vector<LedgerWrite>& writes) {
  std::optional<int64_t> time_us;
  for (const LedgerWrite& write : writes) {
    store::v1::OriginRevision origin;
    if (!IsOriginKey(write.key) || !origin.ParseFromString(write.value)) continue;
    time_us = std::max(time_us.value_or(origin.time_us()), origin.time_us());
  }
  return time_us;
}

}  // namespace souk::storage
