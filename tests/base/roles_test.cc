// SPDX-License-Identifier: Apache-2.0
#include "base/roles.h"

#include <gtest/gtest.h>

namespace souk {
namespace {

TEST(Roles, AnOwnerIsOneHoweverItIsWritten) {
  for (const std::string_view role : {"owner", "Owner", "OWNER", " owner", "owner\n", "\t Owner "}) {
    EXPECT_TRUE(IsOwnerRole(role)) << role;
  }
  for (const std::string_view role : {"", "  ", "owners", "co-owner", "own er", "steward", "data owner"}) {
    EXPECT_FALSE(IsOwnerRole(role)) << role;
  }
}

}  // namespace
}  // namespace souk
