// SPDX-License-Identifier: Apache-2.0
#include "server/auth/development.h"

#include <gtest/gtest.h>

namespace souk::auth {
namespace {

constexpr struct {
  std::string_view address;
  bool loopback;
} kAddresses[] = {
    {"127.0.0.1:7070", true},
    {"127.1.2.3:0", true},
    {"localhost:7070", true},
    {"[::1]:0", true},
    {"0.0.0.0:7070", false},
    {"[::]:7070", false},
    {"192.168.0.1:7070", false},
    {"127.example.com:7070", false},  // a name that only looks like one
    {"127.0.0.1.example.com:7070", false},
    {"127.0.0:7070", false},
    {"example.com:7070", false},
    {"unix:/tmp/souk", false},
    {":7070", false},
    {"", false},
};

TEST(Loopback, IsWhatNoOtherMachineReaches) {
  for (const auto& [address, loopback] : kAddresses) EXPECT_EQ(IsLoopback(address), loopback) << address;
}

TEST(DevelopmentAuthenticator, TakesPeopleAtTheirWord) {
  const DevelopmentAuthenticator authenticator("operator");
  EXPECT_EQ(authenticator.Identify({"ada@example.com"})->name, "ada@example.com");
  EXPECT_FALSE(authenticator.Identify({"ada@example.com"})->verified);
  EXPECT_EQ(authenticator.Identify({""})->name, "operator");
  EXPECT_EQ(authenticator.Identify({"Zoë"})->name, "Zoë");
}

TEST(DevelopmentAuthenticator, RefusesWhatIsNoName) {
  const DevelopmentAuthenticator authenticator("operator");
  for (const std::string& name : {std::string(257, 'x'), std::string("a\nb"), std::string("\x7f"),
                                  std::string("\xff\xfe"), std::string("a\0b", 3)}) {
    EXPECT_EQ(authenticator.Identify({name}).status().code(), Code::kInvalidArgument);
  }
  EXPECT_TRUE(authenticator.Identify({std::string(256, 'x')}).ok());
}

TEST(DevelopmentAuthorizer, AllowsEveryPermissionAndNothingElse) {
  const DevelopmentAuthorizer authorizer;
  const catalog::Principal ada{"ada", false};
  for (const auto permission : {v1::PERMISSION_READ, v1::PERMISSION_PUBLISH, v1::PERMISSION_STEWARD,
                                v1::PERMISSION_GOVERN, v1::PERMISSION_ADMIN}) {
    EXPECT_TRUE(authorizer.Authorize(ada, permission, "sales").ok());
  }
  EXPECT_EQ(authorizer.Authorize(ada, v1::PERMISSION_UNSPECIFIED, "").code(), Code::kPermissionDenied);
  EXPECT_TRUE(authorizer.VisibilityOf(ada).AllowsAll());
}

TEST(OperatingSystemUser, HasAName) { EXPECT_FALSE(OperatingSystemUser().empty()); }

}  // namespace
}  // namespace souk::auth
