// SPDX-License-Identifier: Apache-2.0
#include "client/lib/client.h"

#include <grpcpp/grpcpp.h>

#include <mutex>
#include <tuple>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "base/names.h"
#include "client/lib/nodes.h"
#include "souk/v1/admin_service.grpc.pb.h"
#include "souk/v1/discovery_service.grpc.pb.h"
#include "souk/v1/governance_service.grpc.pb.h"
#include "souk/v1/lineage_service.grpc.pb.h"
#include "souk/v1/ownership_service.grpc.pb.h"
#include "souk/v1/registry_service.grpc.pb.h"

namespace souk::client {
namespace {

using Registry = v1::RegistryService::Stub;
using Discovery = v1::DiscoveryService::Stub;
using Lineage = v1::LineageService::Stub;
using Ownership = v1::OwnershipService::Stub;
using Governance = v1::GovernanceService::Stub;
using Admin = v1::AdminService::Stub;

// The stubs of one node.
using Stubs = std::tuple<Registry, Discovery, Lineage, Ownership, Governance, Admin>;

template <typename S, typename Request, typename Response>
using Method = grpc::Status (S::*)(grpc::ClientContext*, const Request&, Response*);

template <typename Request>
concept Reads = requires(Request request) {
  request.mutable_consistency();
};

template <typename Request>
concept Changes = requires(Request request) {
  request.mutable_request_id();
};

}  // namespace

struct Client::Impl {
  explicit Impl(ClientOptions options) : nodes(std::move(options)) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      const auto& channel = nodes.channel(i);
      stubs.push_back(std::make_unique<Stubs>(channel, channel, channel, channel, channel, channel));
    }
  }

  template <typename S, typename Request, typename Response>
  StatusOr<Response> Unary(Method<S, Request, Response> method, Request& request, const CallOptions& call,
                           std::chrono::milliseconds deadline) {
    std::string carried;
    if constexpr (Reads<Request>) {
      if (nodes.options().read_your_writes && !request.has_consistency()) carried = newest();
      if (!carried.empty()) request.mutable_consistency()->set_min_revision(carried);
    }
    if constexpr (Changes<Request>) {
      if (request.request_id().empty() && !request.validate_only()) {
        request.set_request_id(NewRequestId(nodes.options().random));
      }
    }
    Response response;
    const Status status = nodes.Call(call, deadline, [&](size_t node, grpc::ClientContext& context) {
      response.Clear();
      return (std::get<S>(*stubs[node]).*method)(&context, request, &response);
    });
    if (!status.ok()) {
      // A store that was replaced, or put back from a backup, does not know it: that is said once, not for ever.
      if (status.reason() == errors::ForeignRevisionToken("").reason()) Forget(carried);
      return status;
    }
    if constexpr (Changes<Request>) {
      if (!request.validate_only()) Wrote(response.revision());
    }
    return response;
  }

  template <typename S, typename Request, typename Response>
  StatusOr<Response> Quick(Method<S, Request, Response> method, Request& request, const CallOptions& call) {
    return Unary(method, request, call, nodes.options().deadline);
  }

  template <typename S, typename Request, typename Response>
  StatusOr<Response> Long(Method<S, Request, Response> method, Request& request, const CallOptions& call) {
    return Unary(method, request, call, nodes.options().bulk_deadline);
  }

  // Answers of several threads may come out of order.
  void Wrote(const std::string& revision) {
    if (revision.empty()) return;
    const std::lock_guard lock(mutex);
    if (!IsOlderRevision(revision, newest_revision)) newest_revision = revision;
  }
  void Forget(const std::string& revision) {
    const std::lock_guard lock(mutex);
    if (newest_revision == revision) newest_revision.clear();
  }
  std::string newest() {
    const std::lock_guard lock(mutex);
    return newest_revision;
  }

  Nodes nodes;
  std::vector<std::unique_ptr<Stubs>> stubs;
  std::mutex mutex;
  std::string newest_revision;  // guarded by mutex
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;

std::string Client::newest_revision() const { return impl_->newest(); }
const ClientOptions& Client::options() const { return impl_->nodes.options(); }

StatusOr<v1::RegisterProductResponse> Client::RegisterProduct(v1::RegisterProductRequest request,
                                                              const CallOptions& call) {
  return impl_->Long(&Registry::RegisterProduct, request, call);
}
StatusOr<v1::GetProductResponse> Client::GetProduct(v1::GetProductRequest request, const CallOptions& call) {
  return impl_->Quick(&Registry::GetProduct, request, call);
}
StatusOr<v1::ListProductsResponse> Client::ListProducts(v1::ListProductsRequest request, const CallOptions& call) {
  return impl_->Quick(&Registry::ListProducts, request, call);
}
StatusOr<v1::ListProductVersionsResponse> Client::ListProductVersions(v1::ListProductVersionsRequest request,
                                                                      const CallOptions& call) {
  return impl_->Quick(&Registry::ListProductVersions, request, call);
}
StatusOr<v1::DiffProductsResponse> Client::DiffProducts(v1::DiffProductsRequest request, const CallOptions& call) {
  return impl_->Quick(&Registry::DiffProducts, request, call);
}
StatusOr<v1::SetProductStateResponse> Client::SetProductState(v1::SetProductStateRequest request,
                                                              const CallOptions& call) {
  return impl_->Long(&Registry::SetProductState, request, call);
}
StatusOr<v1::RetireProductResponse> Client::RetireProduct(v1::RetireProductRequest request, const CallOptions& call) {
  return impl_->Long(&Registry::RetireProduct, request, call);
}

StatusOr<v1::BatchRegisterResponse> Client::BatchRegister(const std::vector<v1::RegisterProductRequest>& items,
                                                          const CallOptions& call) {
  if (items.size() > limits::kBatchRegisterMax) {
    return errors::TooMany("items of one batch", items.size(), limits::kBatchRegisterMax);
  }
  const std::string batch_id = NewRequestId(impl_->nodes.options().random);
  v1::BatchRegisterResponse response;
  RETURN_IF_ERROR(
      impl_->nodes.Call(call, impl_->nodes.options().bulk_deadline, [&](size_t node, grpc::ClientContext& context) {
        response.Clear();
        auto writer = std::get<Registry>(*impl_->stubs[node]).BatchRegister(&context, &response);
        v1::BatchRegisterRequest message;
        for (size_t i = 0; i < items.size(); ++i) {
          *message.mutable_item() = items[i];
          if (items[i].request_id().empty() && !items[i].validate_only()) {
            message.mutable_item()->set_request_id(batch_id + "-" + std::to_string(i));
          }
          if (!writer->Write(message)) break;  // Finish says why
        }
        writer->WritesDone();
        return writer->Finish();
      }));
  if (static_cast<size_t>(response.results_size()) != items.size()) {
    return errors::Internal("the node answered " + std::to_string(response.results_size()) + " of " +
                            std::to_string(items.size()) + " items");
  }
  impl_->Wrote(response.revision());
  return response;
}

StatusOr<v1::GetDomainResponse> Client::GetDomain(v1::GetDomainRequest request, const CallOptions& call) {
  return impl_->Quick(&Registry::GetDomain, request, call);
}
StatusOr<v1::ListDomainsResponse> Client::ListDomains(v1::ListDomainsRequest request, const CallOptions& call) {
  return impl_->Quick(&Registry::ListDomains, request, call);
}
StatusOr<v1::UpdateDomainResponse> Client::UpdateDomain(v1::UpdateDomainRequest request, const CallOptions& call) {
  return impl_->Long(&Registry::UpdateDomain, request, call);
}
StatusOr<v1::GetTeamResponse> Client::GetTeam(v1::GetTeamRequest request, const CallOptions& call) {
  return impl_->Quick(&Registry::GetTeam, request, call);
}
StatusOr<v1::ListTeamsResponse> Client::ListTeams(v1::ListTeamsRequest request, const CallOptions& call) {
  return impl_->Quick(&Registry::ListTeams, request, call);
}
StatusOr<v1::UpdateTeamResponse> Client::UpdateTeam(v1::UpdateTeamRequest request, const CallOptions& call) {
  return impl_->Long(&Registry::UpdateTeam, request, call);
}

StatusOr<v1::SearchResponse> Client::Search(v1::SearchRequest request, const CallOptions& call) {
  return impl_->Quick(&Discovery::Search, request, call);
}
StatusOr<v1::SuggestResponse> Client::Suggest(v1::SuggestRequest request, const CallOptions& call) {
  return impl_->Quick(&Discovery::Suggest, request, call);
}
StatusOr<v1::TraceLineageResponse> Client::TraceLineage(v1::TraceLineageRequest request, const CallOptions& call) {
  return impl_->Quick(&Lineage::TraceLineage, request, call);
}
StatusOr<v1::FindOwnerResponse> Client::FindOwner(v1::FindOwnerRequest request, const CallOptions& call) {
  return impl_->Quick(&Ownership::FindOwner, request, call);
}
StatusOr<v1::ListOwnedResponse> Client::ListOwned(v1::ListOwnedRequest request, const CallOptions& call) {
  return impl_->Quick(&Ownership::ListOwned, request, call);
}
StatusOr<v1::BatchFindOwnersResponse> Client::BatchFindOwners(v1::BatchFindOwnersRequest request,
                                                              const CallOptions& call) {
  return impl_->Quick(&Ownership::BatchFindOwners, request, call);
}

StatusOr<v1::GetGovernanceContextResponse> Client::GetGovernanceContext(v1::GetGovernanceContextRequest request,
                                                                        const CallOptions& call) {
  return impl_->Quick(&Governance::GetGovernanceContext, request, call);
}
StatusOr<v1::GetRuleSettingsResponse> Client::GetRuleSettings(v1::GetRuleSettingsRequest request,
                                                              const CallOptions& call) {
  return impl_->Quick(&Governance::GetRuleSettings, request, call);
}
StatusOr<v1::UpdateRuleSettingsResponse> Client::UpdateRuleSettings(v1::UpdateRuleSettingsRequest request,
                                                                    const CallOptions& call) {
  return impl_->Quick(&Governance::UpdateRuleSettings, request, call);
}
StatusOr<v1::PutPolicyResponse> Client::PutPolicy(v1::PutPolicyRequest request, const CallOptions& call) {
  return impl_->Quick(&Governance::PutPolicy, request, call);
}
StatusOr<v1::GetPolicyResponse> Client::GetPolicy(v1::GetPolicyRequest request, const CallOptions& call) {
  return impl_->Quick(&Governance::GetPolicy, request, call);
}
StatusOr<v1::ListPoliciesResponse> Client::ListPolicies(v1::ListPoliciesRequest request, const CallOptions& call) {
  return impl_->Quick(&Governance::ListPolicies, request, call);
}
StatusOr<v1::DeletePolicyResponse> Client::DeletePolicy(v1::DeletePolicyRequest request, const CallOptions& call) {
  return impl_->Quick(&Governance::DeletePolicy, request, call);
}
StatusOr<v1::WhatIfPolicyResponse> Client::WhatIfPolicy(v1::WhatIfPolicyRequest request, const CallOptions& call) {
  return impl_->Long(&Governance::WhatIfPolicy, request, call);
}
StatusOr<v1::CreateWaiverResponse> Client::CreateWaiver(v1::CreateWaiverRequest request, const CallOptions& call) {
  return impl_->Quick(&Governance::CreateWaiver, request, call);
}
StatusOr<v1::ListWaiversResponse> Client::ListWaivers(v1::ListWaiversRequest request, const CallOptions& call) {
  return impl_->Quick(&Governance::ListWaivers, request, call);
}
StatusOr<v1::EndWaiverResponse> Client::EndWaiver(v1::EndWaiverRequest request, const CallOptions& call) {
  return impl_->Quick(&Governance::EndWaiver, request, call);
}
StatusOr<v1::AcknowledgeResponse> Client::Acknowledge(v1::AcknowledgeRequest request, const CallOptions& call) {
  return impl_->Quick(&Governance::Acknowledge, request, call);
}
StatusOr<v1::ListAcknowledgementsResponse> Client::ListAcknowledgements(v1::ListAcknowledgementsRequest request,
                                                                        const CallOptions& call) {
  return impl_->Quick(&Governance::ListAcknowledgements, request, call);
}
StatusOr<v1::ReportComplianceResponse> Client::ReportCompliance(v1::ReportComplianceRequest request,
                                                                const CallOptions& call) {
  return impl_->Long(&Governance::ReportCompliance, request, call);
}

std::unique_ptr<ChangeReader> Client::WatchChanges(const v1::WatchChangesRequest& request) {
  return std::make_unique<ChangeReader>(impl_->nodes, request);
}

StatusOr<v1::GetStatusResponse> Client::GetStatus(v1::GetStatusRequest request, const CallOptions& call) {
  return impl_->Quick(&Admin::GetStatus, request, call);
}
StatusOr<v1::VerifyIndexResponse> Client::VerifyIndex(v1::VerifyIndexRequest request, const CallOptions& call) {
  return impl_->Long(&Admin::VerifyIndex, request, call);
}
StatusOr<v1::RebuildIndexResponse> Client::RebuildIndex(v1::RebuildIndexRequest request, const CallOptions& call) {
  return impl_->Long(&Admin::RebuildIndex, request, call);
}
StatusOr<v1::CreateBackupResponse> Client::CreateBackup(v1::CreateBackupRequest request, const CallOptions& call) {
  return impl_->Long(&Admin::CreateBackup, request, call);
}

Status Client::ExportLedger(v1::ExportLedgerRequest request, const ExportSink& sink, const CallOptions& call) {
  if (!request.has_consistency()) {
    const std::string carried = impl_->nodes.options().read_your_writes ? impl_->newest() : "";
    if (!carried.empty()) request.mutable_consistency()->set_min_revision(carried);
  }
  Status taken;
  const Status status =
      impl_->nodes.Call(call, impl_->nodes.options().bulk_deadline, [&](size_t node, grpc::ClientContext& context) {
        auto reader = std::get<Admin>(*impl_->stubs[node]).ExportLedger(&context, request);
        v1::ExportLedgerResponse message;
        for (uint64_t offset = 0; taken.ok() && reader->Read(&message); offset += message.piece().size()) {
          taken = sink(offset, message.piece());
        }
        if (!taken.ok()) context.TryCancel();
        const grpc::Status ended = reader->Finish();
        return taken.ok() ? ended : grpc::Status::OK;  // no other node could do better
      });
  return taken.ok() ? status : taken;
}

StatusOr<v1::ImportLedgerResponse> Client::ImportLedger(bool validate_only, const ImportSource& source,
                                                        const CallOptions& call) {
  Status given;
  v1::ImportLedgerResponse response;
  const Status status =
      impl_->nodes.Call(call, impl_->nodes.options().bulk_deadline, [&](size_t node, grpc::ClientContext& context) {
        response.Clear();
        auto writer = std::get<Admin>(*impl_->stubs[node]).ImportLedger(&context, &response);
        v1::ImportLedgerRequest message;
        message.set_validate_only(validate_only);
        for (uint64_t offset = 0;; offset += message.piece().size()) {
          StatusOr<std::string> piece = source(offset);
          given = piece.status();
          if (!given.ok()) context.TryCancel();
          if (!given.ok() || piece->empty()) break;
          message.set_piece(*std::move(piece));
          if (!writer->Write(message)) break;  // Finish says why
        }
        writer->WritesDone();
        const grpc::Status ended = writer->Finish();
        return given.ok() ? ended : grpc::Status::OK;
      });
  RETURN_IF_ERROR(given);
  RETURN_IF_ERROR(status);
  if (!validate_only) impl_->Wrote(response.revision());
  return response;
}

}  // namespace souk::client
