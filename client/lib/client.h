// SPDX-License-Identifier: Apache-2.0
// A client of a Souk node (or of several: a call goes to the first that takes it). One method per RPC; what each
// means, and the errors it may give, is written in proto/souk/v1. Every method answers by StatusOr and never throws.
// UNAVAILABLE is retried with backoff and jitter, nothing else; every call has a deadline (DEADLINE_EXCEEDED).
// Changes that carry no request id get one, so that a try whose answer was lost is applied once.
// Thread-safe; the connection is made at the first call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/lib/change_reader.h"
#include "client/lib/options.h"
#include "souk/v1/admin_service.pb.h"
#include "souk/v1/discovery_service.pb.h"
#include "souk/v1/governance_service.pb.h"
#include "souk/v1/lineage_service.pb.h"
#include "souk/v1/ownership_service.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::client {

class Client {
 public:
  explicit Client(ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Revision of the newest write of this client that was answered; empty before the first.
  std::string newest_revision() const;
  const ClientOptions& options() const;

  // Registry: products.
  StatusOr<v1::RegisterProductResponse> RegisterProduct(v1::RegisterProductRequest request, const CallOptions& = {});
  StatusOr<v1::GetProductResponse> GetProduct(v1::GetProductRequest request, const CallOptions& = {});
  StatusOr<v1::ListProductsResponse> ListProducts(v1::ListProductsRequest request, const CallOptions& = {});
  StatusOr<v1::ListProductVersionsResponse> ListProductVersions(v1::ListProductVersionsRequest request,
                                                                const CallOptions& = {});
  StatusOr<v1::DiffProductsResponse> DiffProducts(v1::DiffProductsRequest request, const CallOptions& = {});
  StatusOr<v1::SetProductStateResponse> SetProductState(v1::SetProductStateRequest request, const CallOptions& = {});
  StatusOr<v1::RetireProductResponse> RetireProduct(v1::RetireProductRequest request, const CallOptions& = {});
  // One stream; at most limits::kBatchRegisterMax items (more: INVALID_ARGUMENT, see client/lib/bulk.h).
  StatusOr<v1::BatchRegisterResponse> BatchRegister(const std::vector<v1::RegisterProductRequest>& items,
                                                    const CallOptions& = {});

  // Registry: domains and teams.
  StatusOr<v1::GetDomainResponse> GetDomain(v1::GetDomainRequest request, const CallOptions& = {});
  StatusOr<v1::ListDomainsResponse> ListDomains(v1::ListDomainsRequest request, const CallOptions& = {});
  StatusOr<v1::UpdateDomainResponse> UpdateDomain(v1::UpdateDomainRequest request, const CallOptions& = {});
  StatusOr<v1::GetTeamResponse> GetTeam(v1::GetTeamRequest request, const CallOptions& = {});
  StatusOr<v1::ListTeamsResponse> ListTeams(v1::ListTeamsRequest request, const CallOptions& = {});
  StatusOr<v1::UpdateTeamResponse> UpdateTeam(v1::UpdateTeamRequest request, const CallOptions& = {});

  // Discovery, lineage, ownership.
  StatusOr<v1::SearchResponse> Search(v1::SearchRequest request, const CallOptions& = {});
  StatusOr<v1::SuggestResponse> Suggest(v1::SuggestRequest request, const CallOptions& = {});
  StatusOr<v1::TraceLineageResponse> TraceLineage(v1::TraceLineageRequest request, const CallOptions& = {});
  StatusOr<v1::FindOwnerResponse> FindOwner(v1::FindOwnerRequest request, const CallOptions& = {});
  StatusOr<v1::ListOwnedResponse> ListOwned(v1::ListOwnedRequest request, const CallOptions& = {});
  StatusOr<v1::BatchFindOwnersResponse> BatchFindOwners(v1::BatchFindOwnersRequest request, const CallOptions& = {});

  // Governance.
  StatusOr<v1::GetGovernanceContextResponse> GetGovernanceContext(v1::GetGovernanceContextRequest request,
                                                                  const CallOptions& = {});
  StatusOr<v1::GetRuleSettingsResponse> GetRuleSettings(v1::GetRuleSettingsRequest request, const CallOptions& = {});
  StatusOr<v1::UpdateRuleSettingsResponse> UpdateRuleSettings(v1::UpdateRuleSettingsRequest request,
                                                              const CallOptions& = {});
  StatusOr<v1::PutPolicyResponse> PutPolicy(v1::PutPolicyRequest request, const CallOptions& = {});
  StatusOr<v1::GetPolicyResponse> GetPolicy(v1::GetPolicyRequest request, const CallOptions& = {});
  StatusOr<v1::ListPoliciesResponse> ListPolicies(v1::ListPoliciesRequest request, const CallOptions& = {});
  StatusOr<v1::DeletePolicyResponse> DeletePolicy(v1::DeletePolicyRequest request, const CallOptions& = {});
  StatusOr<v1::WhatIfPolicyResponse> WhatIfPolicy(v1::WhatIfPolicyRequest request, const CallOptions& = {});
  StatusOr<v1::CreateWaiverResponse> CreateWaiver(v1::CreateWaiverRequest request, const CallOptions& = {});
  StatusOr<v1::ListWaiversResponse> ListWaivers(v1::ListWaiversRequest request, const CallOptions& = {});
  StatusOr<v1::EndWaiverResponse> EndWaiver(v1::EndWaiverRequest request, const CallOptions& = {});
  StatusOr<v1::AcknowledgeResponse> Acknowledge(v1::AcknowledgeRequest request, const CallOptions& = {});
  StatusOr<v1::ListAcknowledgementsResponse> ListAcknowledgements(v1::ListAcknowledgementsRequest request,
                                                                  const CallOptions& = {});
  StatusOr<v1::ReportComplianceResponse> ReportCompliance(v1::ReportComplianceRequest request, const CallOptions& = {});

  // Changes as they come. The reader must not outlive the client.
  std::unique_ptr<ChangeReader> WatchChanges(const v1::WatchChangesRequest& request);

  // Admin.
  StatusOr<v1::GetStatusResponse> GetStatus(v1::GetStatusRequest request, const CallOptions& = {});
  StatusOr<v1::VerifyIndexResponse> VerifyIndex(v1::VerifyIndexRequest request, const CallOptions& = {});
  StatusOr<v1::RebuildIndexResponse> RebuildIndex(v1::RebuildIndexRequest request, const CallOptions& = {});
  StatusOr<v1::CreateBackupResponse> CreateBackup(v1::CreateBackupRequest request, const CallOptions& = {});
  // The bytes of an export, in order; `offset` says where the piece belongs. A try that breaks off begins again at 0,
  // and what was handed out before counts no longer. An error of the sink ends it, and is returned.
  using ExportSink = std::function<Status(uint64_t offset, std::string_view piece)>;
  Status ExportLedger(v1::ExportLedgerRequest request, const ExportSink& sink, const CallOptions& = {});
  // The bytes from there on, as many as there happen to be; empty: the end. It may be asked from 0 again.
  using ImportSource = std::function<StatusOr<std::string>(uint64_t offset)>;
  StatusOr<v1::ImportLedgerResponse> ImportLedger(bool validate_only, const ImportSource& source,
                                                  const CallOptions& = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::client
