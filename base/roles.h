// SPDX-License-Identifier: Apache-2.0
// What the role of a team's member says. Pure functions; thread-safe.
#pragma once

#include <algorithm>
#include <string_view>

namespace souk {

// True for "owner", in any case, blanks around it aside: the gate, the rows, the index and the client agree on who is
// one.
inline bool IsOwnerRole(std::string_view role) {
  constexpr std::string_view kBlanks = " \t\r\n";
  constexpr std::string_view kOwner = "owner";
  const size_t begin = std::min(role.find_first_not_of(kBlanks), role.size());
  role = role.substr(begin, role.find_last_not_of(kBlanks) + 1 - begin);
  return std::equal(role.begin(), role.end(), kOwner.begin(), kOwner.end(), [](char given, char wanted) {
    return (given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given) == wanted;
  });
}

}  // namespace souk
