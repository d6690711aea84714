// SPDX-License-Identifier: Apache-2.0
#include "server/ledger_address.h"

#include <charconv>
#include <cstdint>

#include "base/errors.h"

namespace souk::server {
namespace {

constexpr std::string_view kEtcd = "etcd://";

bool IsHostAndPort(std::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || address.find('/') != std::string_view::npos) return false;
  const std::string_view port = address.substr(colon + 1);
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && number != 0;
}

Status Bad(std::string_view text) {
  return errors::BadField(
      "ledger", "\"" + std::string(text) + "\" is no ledger",
      "Write embedded, or etcd://HOST:PORT,HOST:PORT,… with the client addresses of etcd's members.");
}

}  // namespace

StatusOr<std::vector<std::string>> ParseLedger(std::string_view text) {
  std::vector<std::string> members;
  if (text == "embedded") return members;
  if (!text.starts_with(kEtcd)) return Bad(text);
  std::string_view rest = text.substr(kEtcd.size());
  while (true) {
    const size_t comma = rest.find(',');
    const std::string_view member = rest.substr(0, comma);
    if (!IsHostAndPort(member)) return Bad(text);
    members.emplace_back(member);
    if (comma == std::string_view::npos) return members;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace souk::server
