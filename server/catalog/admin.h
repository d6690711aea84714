// SPDX-License-Identifier: Apache-2.0
// Use cases of AdminService: how the node is, verify, rebuild, backup. Thread-safe; everything goes on while serving.
#pragma once

#include "base/status.h"
#include "server/catalog/backends.h"
#include "souk/v1/admin_service.pb.h"

namespace souk::catalog {

class Admin {
 public:
  explicit Admin(const Backends& parts) : parts_(parts), start_(parts.clock.Monotonic()) {}

  StatusOr<v1::GetStatusResponse> GetStatus(const v1::GetStatusRequest& request, const CallContext& call) const;
  StatusOr<v1::VerifyIndexResponse> VerifyIndex(const v1::VerifyIndexRequest& request, const CallContext& call) const;
  StatusOr<v1::RebuildIndexResponse> RebuildIndex(const v1::RebuildIndexRequest& request,
                                                  const CallContext& call) const;
  StatusOr<v1::CreateBackupResponse> CreateBackup(const v1::CreateBackupRequest& request,
                                                  const CallContext& call) const;

 private:
  v1::IndexStatus StatusOf(index::ProjectionRunner& runner) const;

  const Backends& parts_;
  std::chrono::steady_clock::time_point start_;
};

// Resident memory of this process in bytes; 0 where the system does not say.
uint64_t ResidentBytes();

// "0.1.0".
std::string_view NodeVersion();

}  // namespace souk::catalog
