// SPDX-License-Identifier: Apache-2.0
// What the role of a team's member says. Pure functions; thread-safe.
#pragma once

#include <algorithm>
#include <string_view>

namespace souk {

// True for "owner", in any case.
inline bool IsOwnerRole(std::string_view role) {
  constexpr std::string_view kOwner = "owner";
  return std::equal(role.begin(), role.end(), kOwner.begin(), kOwner.end(), [](char given, char wanted) {
    return (given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given) == wanted;
  });
}

}  // namespace souk
