// SPDX-License-Identifier: Apache-2.0
#include "server/auth/name.h"

#include <algorithm>

#include "base/names.h"

namespace souk::auth {
namespace {

constexpr size_t kNameBytesMax = 256;  // names of people and machines are shorter
constexpr unsigned char kDelete = 0x7F;

}  // namespace

bool IsRecordableName(std::string_view name) {
  const auto printable = [](unsigned char c) { return c >= 0x20 && c != kDelete; };
  return name.size() <= kNameBytesMax && IsCleanUtf8(name) && std::all_of(name.begin(), name.end(), printable);
}

}  // namespace souk::auth
