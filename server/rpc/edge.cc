// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/edge.h"

#include <algorithm>
#include <charconv>

#include "server/rpc/status_border.h"
#include "server/rpc/tls.h"

namespace souk::rpc {
namespace {

std::string MetadataValue(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

size_t DetailBytes(const grpc::CallbackServerContext& context) {
  const std::string asked = MetadataValue(context, "souk-error-bytes-max");
  size_t bytes = kDetailBytesDefault;
  std::from_chars(asked.data(), asked.data() + asked.size(), bytes);
  return std::clamp(bytes, kDetailBytesLeast, kDetailBytesMax);
}

}  // namespace

Method Edge::MethodOf(const std::string& full_name, std::chrono::milliseconds deadline_max) const {
  return Method{full_name, methods_.PermissionOf(full_name), deadline_max};
}

StatusOr<catalog::CallContext> Edge::Admit(grpc::CallbackServerContext& context, const Method& method) const {
  catalog::CallContext call;
  catalog::Credentials credentials;
  credentials.claimed_name = MetadataValue(context, "souk-actor");
  if (parts_.mutual_tls) ShowCertificate(*context.auth_context(), credentials);
  ASSIGN_OR_RETURN(call.principal, parts_.authenticator.Identify(credentials));
  RETURN_IF_ERROR(parts_.authorizer.Authorize(call.principal, method.permission, ""));
  call.visibility = &parts_.authorizer.VisibilityOf(call.principal);
  call.clock = &parts_.clock;
  const auto now_us = std::chrono::microseconds(parts_.clock.NowUs());
  const auto asked = std::chrono::duration_cast<std::chrono::microseconds>(context.deadline().time_since_epoch());
  const auto left = std::min<std::chrono::microseconds>(asked - now_us, method.deadline_max);
  call.deadline = parts_.clock.Monotonic() + left;
  call.cancelled = [&context] { return context.IsCancelled(); };
  return call;
}

StatusOr<catalog::CallContext> Edge::Begin(grpc::CallbackServerContext& context, const Method& method) const {
  ASSIGN_OR_RETURN(catalog::CallContext call, Admit(context, method));
  RETURN_IF_ERROR(call.Check(method.name));
  return call;
}

Status Edge::Wait(grpc::CallbackServerContext& context, const Method& method,
                  const std::function<Status(const catalog::CallContext&)>& wait) const {
  ASSIGN_OR_RETURN(const catalog::CallContext call, Begin(context, method));
  return wait(call);
}

grpc::Status Edge::Ended(grpc::CallbackServerContext& context, const Method& method, const Status& status,
                         std::chrono::steady_clock::time_point since) const {
  parts_.observer.Ended(method.name, status.code(), parts_.clock.Monotonic() - since);
  if (const auto silence = parts_.silence ? parts_.silence() : std::nullopt) {
    context.AddTrailingMetadata("souk-silence-ms", std::to_string(silence->count()));
  }
  if (status.ok()) return grpc::Status::OK;
  const size_t bytes_max = DetailBytes(context);
  return {static_cast<grpc::StatusCode>(status.code()), MessageOf(status, bytes_max), DetailsOf(status, bytes_max)};
}

}  // namespace souk::rpc
