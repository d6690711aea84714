// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/governance.h"
#include "server/rpc/routes.h"
#include "server/rpc/services.h"
#include "souk/v1/governance_service.grpc.pb.h"

namespace souk::rpc {
namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;
using std::chrono::milliseconds;

class GovernanceServer final : public v1::GovernanceService::CallbackService {
 public:
  GovernanceServer(Edge& edge, Lanes& lanes, const catalog::Backends& parts)
      : edge_(edge), lanes_(lanes), parts_(parts), governance_(parts) {}

  Reactor* GetGovernanceContext(Context* context, const v1::GetGovernanceContextRequest* request,
                                v1::GetGovernanceContextResponse* response) override {
    return edge_.Unary(context, context_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(governance_, &catalog::Governance::GetGovernanceContext));
  }
  Reactor* GetRuleSettings(Context* context, const v1::GetRuleSettingsRequest* request,
                           v1::GetRuleSettingsResponse* response) override {
    return edge_.Unary(context, settings_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(governance_, &catalog::Governance::GetRuleSettings));
  }
  Reactor* ListWaivers(Context* context, const v1::ListWaiversRequest* request,
                       v1::ListWaiversResponse* response) override {
    return edge_.Unary(context, waivers_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(governance_, &catalog::Governance::ListWaivers));
  }
  Reactor* ListAcknowledgements(Context* context, const v1::ListAcknowledgementsRequest* request,
                                v1::ListAcknowledgementsResponse* response) override {
    return edge_.Unary(context, words_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(governance_, &catalog::Governance::ListAcknowledgements));
  }
  Reactor* ReportCompliance(Context* context, const v1::ReportComplianceRequest* request,
                            v1::ReportComplianceResponse* response) override {
    return edge_.Unary(context, report_, Read(*request, lanes_, lanes_.bulk, parts_), request, response,
                       To(governance_, &catalog::Governance::ReportCompliance));
  }
  Reactor* UpdateRuleSettings(Context* context, const v1::UpdateRuleSettingsRequest* request,
                              v1::UpdateRuleSettingsResponse* response) override {
    return edge_.Unary(context, set_, {.lane = &lanes_.writes}, request, response,
                       To(governance_, &catalog::Governance::UpdateRuleSettings));
  }
  Reactor* CreateWaiver(Context* context, const v1::CreateWaiverRequest* request,
                        v1::CreateWaiverResponse* response) override {
    return edge_.Unary(context, waive_, {.lane = &lanes_.writes}, request, response,
                       To(governance_, &catalog::Governance::CreateWaiver));
  }
  Reactor* EndWaiver(Context* context, const v1::EndWaiverRequest* request, v1::EndWaiverResponse* response) override {
    return edge_.Unary(context, end_, {.lane = &lanes_.writes}, request, response,
                       To(governance_, &catalog::Governance::EndWaiver));
  }
  Reactor* Acknowledge(Context* context, const v1::AcknowledgeRequest* request,
                       v1::AcknowledgeResponse* response) override {
    return edge_.Unary(context, acknowledge_, {.lane = &lanes_.writes}, request, response,
                       To(governance_, &catalog::Governance::Acknowledge));
  }
  Reactor* GetPolicy(Context* context, const v1::GetPolicyRequest* request, v1::GetPolicyResponse* response) override {
    return edge_.Unary(context, policy_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(governance_, &catalog::Governance::GetPolicy));
  }
  Reactor* ListPolicies(Context* context, const v1::ListPoliciesRequest* request,
                        v1::ListPoliciesResponse* response) override {
    return edge_.Unary(context, policies_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(governance_, &catalog::Governance::ListPolicies));
  }
  Reactor* WhatIfPolicy(Context* context, const v1::WhatIfPolicyRequest* request,
                        v1::WhatIfPolicyResponse* response) override {
    return edge_.Unary(context, whatif_, Read(*request, lanes_, lanes_.bulk, parts_), request, response,
                       To(governance_, &catalog::Governance::WhatIfPolicy));
  }
  Reactor* PutPolicy(Context* context, const v1::PutPolicyRequest* request, v1::PutPolicyResponse* response) override {
    return edge_.Unary(context, put_, {.lane = &lanes_.writes}, request, response,
                       To(governance_, &catalog::Governance::PutPolicy));
  }
  Reactor* DeletePolicy(Context* context, const v1::DeletePolicyRequest* request,
                        v1::DeletePolicyResponse* response) override {
    return edge_.Unary(context, delete_, {.lane = &lanes_.writes}, request, response,
                       To(governance_, &catalog::Governance::DeletePolicy));
  }

 private:
  Method Of(const std::string& name, milliseconds most) {
    return edge_.MethodOf("souk.v1.GovernanceService." + name, most);
  }

  Edge& edge_;
  Lanes& lanes_;
  const catalog::Backends& parts_;
  const catalog::Governance governance_;
  const Method context_ = Of("GetGovernanceContext", kQuick);
  const Method settings_ = Of("GetRuleSettings", kQuick);
  const Method waivers_ = Of("ListWaivers", kQuick);
  const Method words_ = Of("ListAcknowledgements", kQuick);
  const Method report_ = Of("ReportCompliance", kLong);
  const Method set_ = Of("UpdateRuleSettings", kQuick);
  const Method waive_ = Of("CreateWaiver", kQuick);
  const Method end_ = Of("EndWaiver", kQuick);
  const Method acknowledge_ = Of("Acknowledge", kQuick);
  const Method policy_ = Of("GetPolicy", kQuick);
  const Method policies_ = Of("ListPolicies", kQuick);
  const Method whatif_ = Of("WhatIfPolicy", kLong);
  const Method put_ = Of("PutPolicy", kQuick);
  const Method delete_ = Of("DeletePolicy", kQuick);
};

}  // namespace

std::unique_ptr<grpc::Service> MakeGovernanceService(Edge& edge, Lanes& lanes, const catalog::Backends& parts) {
  return std::make_unique<GovernanceServer>(edge, lanes, parts);
}

}  // namespace souk::rpc
