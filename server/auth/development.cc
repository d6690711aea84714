// SPDX-License-Identifier: Apache-2.0
#include "server/auth/development.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

#include "server/auth/name.h"

namespace souk::auth {
namespace {

constexpr size_t kPasswdBufferBytes = 4096;

}  // namespace

std::string OperatingSystemUser() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, kPasswdBufferBytes> buffer{};
  if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return "unknown";
  return entry.pw_name;
}

StatusOr<catalog::Principal> DevelopmentAuthenticator::Identify(const catalog::Credentials& credentials) const {
  const std::string& claimed = credentials.claimed_name;
  if (!IsRecordableName(claimed)) {
    return errors::BadField("souk-actor", "the name is too long or not printable", "Send a short printable name.");
  }
  return catalog::Principal{claimed.empty() ? otherwise_ : claimed, false};
}

Status DevelopmentAuthorizer::Authorize(const catalog::Principal& principal, v1::Permission permission,
                                        std::string_view /*domain*/) const {
  // Everything that is a permission is allowed; a value that is none never is.
  if (permission != v1::PERMISSION_UNSPECIFIED) return Status::Ok();
  return errors::PermissionDenied(principal.name, v1::Permission_Name(permission));
}

bool IsLoopback(std::string_view address) {
  const std::string host(address.substr(0, address.rfind(':')));
  if (host == "localhost" || host == "[::1]") return true;
  // A name such as 127.example.com may lead anywhere: only a written-out address counts.
  in_addr ip{};
  return host.starts_with("127.") && inet_pton(AF_INET, host.c_str(), &ip) == 1;
}

}  // namespace souk::auth
