// SPDX-License-Identifier: Apache-2.0
// The errors of connections: addresses, certificates, and nodes as a client sees them.
#include <algorithm>

#include "base/error_parts.h"
#include "base/errors.h"

namespace souk::errors {

Status AddressTaken(std::string_view address) {
  return Make(Code::kUnavailable, "ADDRESS_TAKEN", "can't listen on " + std::string(address),
              "Is another node running there? Stop it, or choose another address (port 0 picks a free one).",
              {{"address", std::string(address)}});
}

Status BadCertificate(std::string_view path, std::string_view problem, std::string_view remedy) {
  return Make(Code::kFailedPrecondition, "CERTIFICATE_UNUSABLE", Plain(path) + ": " + Plain(problem),
              std::string(remedy), {{"file", Plain(path)}});
}

Status ExposedAddress(std::string_view edge, std::string_view address, std::string_view remedy) {
  return Make(Code::kFailedPrecondition, "EXPOSED_ADDRESS",
              "refusing to listen for " + std::string(edge) + " on " + Plain(address) +
                  ", which other machines reach, without TLS and authentication",
              std::string(remedy), {{"address", Plain(address)}});
}

Status Unauthenticated(std::string_view problem, std::string_view remedy) {
  return Make(Code::kUnauthenticated, "UNAUTHENTICATED", Plain(problem), std::string(remedy));
}

Status Unexplained(Code code, std::string_view address) {
  return Make(code, std::string(CodeName(code)),
              std::string(address) + " answered " + std::string(CodeName(code)) + " and did not say why",
              "The node's log may say more; compare `souk version` with `souk admin status`.",
              {{"address", std::string(address)}});
}

Status Unreachable(std::string_view address, std::string_view why) {
  return Make(Code::kUnavailable, "UNREACHABLE", "no answer from " + std::string(address) + ": " + Plain(why),
              "Is a node running there? `./dev up` starts one; --addr or SOUK_ADDR names another.",
              {{"address", std::string(address)}});
}

Status NotServing(std::string_view address) {
  return Make(Code::kUnavailable, "NOT_SERVING", std::string(address) + " says that it is not serving",
              "It starts, drains or catches up; try another node, or again shortly.",
              {{"address", std::string(address)}});
}

Status NoNode(const std::vector<std::pair<std::string, Status>>& refusals) {
  ErrorDetail detail;
  detail.reason = "NO_NODE";
  detail.remedy = "Is one of them running? `souk admin status --addr HOST:PORT` asks one alone.";
  std::string why;
  for (const auto& [address, status] : refusals) {
    const bool says_where = status.message().find(address) != std::string::npos;
    why += (why.empty() ? "" : "; ") + (says_where ? "" : address + ": ") + status.message();
    detail.retry_after_ms = std::max(detail.retry_after_ms, status.detail().retry_after_ms);
  }
  return {Code::kUnavailable, "none of " + std::to_string(refusals.size()) + " nodes took the call: " + why,
          std::move(detail)};
}

Status NodeNotTrusted(std::string_view address, std::string_view problem, std::string_view remedy) {
  return Make(Code::kUnavailable, "NODE_NOT_TRUSTED",
              "no connection to " + std::string(address) + ": " + std::string(problem), std::string(remedy),
              {{"address", std::string(address)}});
}

Status CertificateRefused(std::string_view address, std::string_view problem, std::string_view remedy) {
  return Make(Code::kUnauthenticated, "CERTIFICATE_REFUSED",
              "no connection to " + std::string(address) + ": " + std::string(problem), std::string(remedy),
              {{"address", std::string(address)}});
}

}  // namespace souk::errors
