// SPDX-License-Identifier: Apache-2.0
// Development mode, for a node that listens on loopback only: everybody is who they say they are, marked unverified,
// and may do everything. Immutable; thread-safe.
#pragma once

#include <string>

#include "server/catalog/call_context.h"

namespace souk::auth {

// Name of the user that runs this process, "unknown" where the system has none.
std::string OperatingSystemUser();

class DevelopmentAuthenticator final : public catalog::Authenticator {
 public:
  explicit DevelopmentAuthenticator(std::string otherwise) : otherwise_(std::move(otherwise)) {}
  // The claimed name, or the given one where the caller claims none.
  StatusOr<catalog::Principal> Identify(const catalog::Credentials& credentials) const override;

 private:
  std::string otherwise_;
};

class DevelopmentAuthorizer final : public catalog::Authorizer {
 public:
  Status Authorize(const catalog::Principal& principal, v1::Permission permission,
                   std::string_view domain) const override;
  const Visibility& VisibilityOf(const catalog::Principal& /*principal*/) const override { return everything_; }

 private:
  AllowAll everything_;
};

// True for "127.0.0.1:7070", "[::1]:0", "localhost:7070": an address that no other machine reaches.
bool IsLoopback(std::string_view address);

}  // namespace souk::auth
