// SPDX-License-Identifier: Apache-2.0
// Use cases of GovernanceService: how layers set rules, what is excused, what a verdict rests on, how far the mesh
// keeps to it. Thread-safe.
#pragma once

#include "base/status.h"
#include "server/catalog/backends.h"
#include "souk/v1/governance_service.pb.h"

namespace souk::catalog {

class Governance {
 public:
  explicit Governance(const Backends& parts) : parts_(parts) {}

  // governance.cc
  StatusOr<v1::GetGovernanceContextResponse> GetGovernanceContext(const v1::GetGovernanceContextRequest& request,
                                                                  const CallContext& call) const;
  StatusOr<v1::GetRuleSettingsResponse> GetRuleSettings(const v1::GetRuleSettingsRequest& request,
                                                        const CallContext& call) const;
  StatusOr<v1::UpdateRuleSettingsResponse> UpdateRuleSettings(const v1::UpdateRuleSettingsRequest& request,
                                                              const CallContext& call) const;
  // governance_policies.cc
  StatusOr<v1::PutPolicyResponse> PutPolicy(const v1::PutPolicyRequest& request, const CallContext& call) const;
  StatusOr<v1::GetPolicyResponse> GetPolicy(const v1::GetPolicyRequest& request, const CallContext& call) const;
  StatusOr<v1::ListPoliciesResponse> ListPolicies(const v1::ListPoliciesRequest& request,
                                                  const CallContext& call) const;
  StatusOr<v1::DeletePolicyResponse> DeletePolicy(const v1::DeletePolicyRequest& request,
                                                  const CallContext& call) const;
  StatusOr<v1::WhatIfPolicyResponse> WhatIfPolicy(const v1::WhatIfPolicyRequest& request,
                                                  const CallContext& call) const;
  // governance_exceptions.cc
  StatusOr<v1::CreateWaiverResponse> CreateWaiver(const v1::CreateWaiverRequest& request,
                                                  const CallContext& call) const;
  StatusOr<v1::ListWaiversResponse> ListWaivers(const v1::ListWaiversRequest& request, const CallContext& call) const;
  StatusOr<v1::EndWaiverResponse> EndWaiver(const v1::EndWaiverRequest& request, const CallContext& call) const;
  StatusOr<v1::AcknowledgeResponse> Acknowledge(const v1::AcknowledgeRequest& request, const CallContext& call) const;
  StatusOr<v1::ListAcknowledgementsResponse> ListAcknowledgements(const v1::ListAcknowledgementsRequest& request,
                                                                  const CallContext& call) const;
  // compliance.cc
  StatusOr<v1::ReportComplianceResponse> ReportCompliance(const v1::ReportComplianceRequest& request,
                                                          const CallContext& call) const;

 private:
  const Backends& parts_;
};

}  // namespace souk::catalog
