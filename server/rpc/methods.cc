// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/methods.h"

#include <array>
#include <cstdlib>

#include "base/errors.h"
#include "souk/v1/admin_service.pb.h"
#include "souk/v1/change_service.pb.h"
#include "souk/v1/discovery_service.pb.h"
#include "souk/v1/governance_service.pb.h"
#include "souk/v1/lineage_service.pb.h"
#include "souk/v1/ownership_service.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::rpc {

StatusOr<Methods> Methods::Load() {
  const std::array files = {
      // One message of each service file leads to the file.
      v1::RegisterProductRequest::descriptor()->file(), v1::SearchRequest::descriptor()->file(),
      v1::TraceLineageRequest::descriptor()->file(),    v1::FindOwnerRequest::descriptor()->file(),
      v1::WatchChangesRequest::descriptor()->file(),    v1::GetStatusRequest::descriptor()->file(),
      v1::GetRuleSettingsRequest::descriptor()->file(),
  };
  Methods methods;
  for (const google::protobuf::FileDescriptor* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      const google::protobuf::ServiceDescriptor& service = *file->service(s);
      for (int m = 0; m < service.method_count(); ++m) {
        const google::protobuf::MethodDescriptor& method = *service.method(m);
        const v1::Permission permission = method.options().GetExtension(v1::permission);
        if (permission == v1::PERMISSION_UNSPECIFIED) {
          return errors::Internal(method.full_name() + " names no permission");
        }
        methods.permissions_.emplace(method.full_name(), permission);
      }
    }
  }
  return methods;
}

v1::Permission Methods::PermissionOf(std::string_view full_name) const {
  const auto found = permissions_.find(full_name);
  if (found == permissions_.end()) std::abort();
  return found->second;
}

}  // namespace souk::rpc
