// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/keys.h"

namespace souk::storage::etcd {

std::optional<std::string_view> KeySpace::LedgerKeyOf(std::string_view key) const {
  constexpr std::string_view kValues = "k/";
  if (!key.starts_with(prefix_)) return std::nullopt;
  key.remove_prefix(prefix_.size());
  if (!key.starts_with(kValues)) return std::nullopt;
  key.remove_prefix(kValues.size());
  return key;
}

}  // namespace souk::storage::etcd
