// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/grpc_log.h"

#include <glog/logging.h>
#include <grpc/support/log.h>

#include <algorithm>
#include <array>

namespace souk::rpc {
namespace {

struct Translation {
  std::string_view said;
  std::string_view meant;
};
constexpr std::array<Translation, 4> kHandshakes = {{
    {"certificate verify failed", "its certificate has expired or is not signed by an authority of --tls-ca"},
    {"peer did not return a certificate", "it shows no certificate"},
    {"wrong version number", "it speaks no TLS"},
    {"http request", "it speaks no TLS"},
}};

constexpr std::array<std::string_view, 3> kBadFiles = {"Invalid cert chain file", "Invalid private key",
                                                       "Invalid verification certs"};

void Log(gpr_log_func_args* args) {
  if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
  const std::string ours = InOurWords(args->message);
  if (ours.empty()) {
    LOG_EVERY_T(WARNING, 1) << "gRPC: " << args->message;
  } else {
    LOG_EVERY_T(WARNING, 1) << ours;
  }
}

}  // namespace

std::string InOurWords(std::string_view grpc_message) {
  const auto says = [grpc_message](std::string_view words) {
    return grpc_message.find(words) != std::string_view::npos;
  };
  if (std::any_of(kBadFiles.begin(), kBadFiles.end(), says)) {
    return "the certificate files were replaced by some that can't be used, and new clients are kept out: " +
           std::string(grpc_message);
  }
  if (!says("andshake failed")) return {};
  std::string_view why = grpc_message;
  for (const auto& [said, meant] : kHandshakes) {
    if (!says(said)) continue;
    why = meant;
    break;
  }
  return "a client was turned away at the TLS handshake: " + std::string(why);
}

void LogWhatGrpcSays() { gpr_set_log_function(Log); }

}  // namespace souk::rpc
