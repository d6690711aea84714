// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/services.h"

#include "server/catalog/admin.h"
#include "server/catalog/asking.h"
#include "server/catalog/directory.h"
#include "server/catalog/lifecycle.h"
#include "server/catalog/registration_desk.h"
#include "server/catalog/registry.h"
#include "server/rpc/encoded.h"
#include "server/rpc/routes.h"
#include "server/rpc/streams.h"
#include "server/rpc/transfers.h"
#include "souk/v1/admin_service.grpc.pb.h"
#include "souk/v1/change_service.grpc.pb.h"
#include "souk/v1/discovery_service.grpc.pb.h"
#include "souk/v1/lineage_service.grpc.pb.h"
#include "souk/v1/ownership_service.grpc.pb.h"
#include "souk/v1/registry_service.grpc.pb.h"

namespace souk::rpc {
namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;
using std::chrono::milliseconds;

// Of a method among those of its service, as the generated code counts them.
int IndexOf(const Method& method) {
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(method.name)->index();
}

// A quick read with an answer that is encoded already. To be marked in the place of the generated handler, which would
// want a whole message. Belongs to the service that marks it.
template <typename Request, typename Response, typename Handler>
grpc::internal::MethodHandler* EncodedRead(Edge& edge, const Method& method, Lanes& lanes, Handler handle) {
  using Answer = catalog::Encoded<Response>;
  return new grpc::internal::CallbackUnaryHandler<Request, Answer>(
      [&edge, &method, &lanes, handle](Context* context, const Request* request, Answer* answer) {
        return edge.Unary(context, method, QuickRead(*request, lanes), request, answer, handle);
      });
}

class RegistryServer final : public v1::RegistryService::CallbackService {
 public:
  RegistryServer(Edge& edge, Lanes& lanes, const catalog::Backends& parts)
      : edge_(edge),
        lanes_(lanes),
        parts_(parts),
        registry_(parts),
        desk_(parts),
        lifecycle_(parts),
        directory_(parts) {
    MarkMethodCallback(IndexOf(get_), EncodedRead<v1::GetProductRequest, v1::GetProductResponse>(
                                          edge_, get_, lanes_, To(registry_, &catalog::Registry::GetEncodedProduct)));
    const auto desk = [this](const v1::RegisterProductRequest& request, catalog::CallContext call,
                             catalog::RegistrationDesk::Answer answer) {
      desk_.Register(request, std::move(call), std::move(answer));
    };
    MarkMethodCallback(
        IndexOf(register_),
        new grpc::internal::CallbackUnaryHandler<v1::RegisterProductRequest, catalog::EncodedRegistration>(
            [this, desk](Context* context, const v1::RegisterProductRequest* request,
                         catalog::EncodedRegistration* response) {
              return edge_.Deferred(context, register_, lanes_.registrations, request, response, desk);
            }));
  }

  Reactor* ListProducts(Context* context, const v1::ListProductsRequest* request,
                        v1::ListProductsResponse* response) override {
    return edge_.Unary(context, list_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(registry_, &catalog::Registry::ListProducts));
  }
  Reactor* ListProductVersions(Context* context, const v1::ListProductVersionsRequest* request,
                               v1::ListProductVersionsResponse* response) override {
    return edge_.Unary(context, versions_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(registry_, &catalog::Registry::ListProductVersions));
  }
  Reactor* DiffProducts(Context* context, const v1::DiffProductsRequest* request,
                        v1::DiffProductsResponse* response) override {
    return edge_.Unary(context, diff_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(registry_, &catalog::Registry::DiffProducts));
  }
  Reactor* SetProductState(Context* context, const v1::SetProductStateRequest* request,
                           v1::SetProductStateResponse* response) override {
    return edge_.Unary(context, state_, {.lane = &lanes_.writes}, request, response,
                       To(lifecycle_, &catalog::Lifecycle::SetProductState));
  }
  Reactor* RetireProduct(Context* context, const v1::RetireProductRequest* request,
                         v1::RetireProductResponse* response) override {
    return edge_.Unary(context, retire_, {.lane = &lanes_.writes}, request, response,
                       To(lifecycle_, &catalog::Lifecycle::RetireProduct));
  }
  grpc::ServerReadReactor<v1::BatchRegisterRequest>* BatchRegister(Context* context,
                                                                   v1::BatchRegisterResponse* response) override {
    return StartBatch(edge_, batch_, lanes_.bulk, registry_, context, response);
  }
  Reactor* GetDomain(Context* context, const v1::GetDomainRequest* request, v1::GetDomainResponse* response) override {
    return edge_.Unary(context, get_domain_, QuickRead(*request, lanes_), request, response,
                       To(directory_, &catalog::Directory::GetDomain));
  }
  Reactor* ListDomains(Context* context, const v1::ListDomainsRequest* request,
                       v1::ListDomainsResponse* response) override {
    return edge_.Unary(context, list_domains_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(directory_, &catalog::Directory::ListDomains));
  }
  Reactor* UpdateDomain(Context* context, const v1::UpdateDomainRequest* request,
                        v1::UpdateDomainResponse* response) override {
    return edge_.Unary(context, update_domain_, {.lane = &lanes_.writes}, request, response,
                       To(directory_, &catalog::Directory::UpdateDomain));
  }
  Reactor* GetTeam(Context* context, const v1::GetTeamRequest* request, v1::GetTeamResponse* response) override {
    return edge_.Unary(context, get_team_, QuickRead(*request, lanes_), request, response,
                       To(directory_, &catalog::Directory::GetTeam));
  }
  Reactor* ListTeams(Context* context, const v1::ListTeamsRequest* request, v1::ListTeamsResponse* response) override {
    return edge_.Unary(context, list_teams_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(directory_, &catalog::Directory::ListTeams));
  }
  Reactor* UpdateTeam(Context* context, const v1::UpdateTeamRequest* request,
                      v1::UpdateTeamResponse* response) override {
    return edge_.Unary(context, update_team_, {.lane = &lanes_.writes}, request, response,
                       To(directory_, &catalog::Directory::UpdateTeam));
  }

 private:
  Method Of(const std::string& name, milliseconds most) {
    return edge_.MethodOf("souk.v1.RegistryService." + name, most);
  }

  Edge& edge_;
  Lanes& lanes_;
  const catalog::Backends& parts_;
  const catalog::Registry registry_;
  catalog::RegistrationDesk desk_;
  const catalog::Lifecycle lifecycle_;
  const catalog::Directory directory_;
  const Method register_ = Of("RegisterProduct", kQuick);
  const Method get_ = Of("GetProduct", kQuick);
  const Method list_ = Of("ListProducts", kQuick);
  const Method versions_ = Of("ListProductVersions", kQuick);
  const Method diff_ = Of("DiffProducts", kQuick);
  const Method state_ = Of("SetProductState", kQuick);
  const Method retire_ = Of("RetireProduct", kQuick);
  const Method batch_ = Of("BatchRegister", kLong);
  const Method get_domain_ = Of("GetDomain", kQuick);
  const Method list_domains_ = Of("ListDomains", kQuick);
  const Method update_domain_ = Of("UpdateDomain", kQuick);
  const Method get_team_ = Of("GetTeam", kQuick);
  const Method list_teams_ = Of("ListTeams", kQuick);
  const Method update_team_ = Of("UpdateTeam", kQuick);
};

class DiscoveryServer final : public v1::DiscoveryService::CallbackService {
 public:
  DiscoveryServer(Edge& edge, Lanes& lanes, const catalog::Backends& parts)
      : edge_(edge), lanes_(lanes), parts_(parts), discovery_(parts) {}

  Reactor* Search(Context* context, const v1::SearchRequest* request, v1::SearchResponse* response) override {
    return edge_.Unary(context, search_, Read(*request, lanes_, lanes_.searches, parts_, &parts_.text_runner), request,
                       response, To(discovery_, &catalog::Discovery::Search));
  }
  Reactor* Suggest(Context* context, const v1::SuggestRequest* request, v1::SuggestResponse* response) override {
    return edge_.Unary(context, suggest_, Read(*request, lanes_, lanes_.searches, parts_, &parts_.text_runner), request,
                       response, To(discovery_, &catalog::Discovery::Suggest));
  }

 private:
  Edge& edge_;
  Lanes& lanes_;
  const catalog::Backends& parts_;
  const catalog::Discovery discovery_;
  const Method search_ = edge_.MethodOf("souk.v1.DiscoveryService.Search", kQuick);
  const Method suggest_ = edge_.MethodOf("souk.v1.DiscoveryService.Suggest", kQuick);
};

class LineageServer final : public v1::LineageService::CallbackService {
 public:
  LineageServer(Edge& edge, Lanes& lanes, const catalog::Backends& parts)
      : edge_(edge), lanes_(lanes), parts_(parts), lineage_(parts) {}

  Reactor* TraceLineage(Context* context, const v1::TraceLineageRequest* request,
                        v1::TraceLineageResponse* response) override {
    return edge_.Unary(context, trace_, Read(*request, lanes_, lanes_.traces, parts_, &parts_.lineage_runner), request,
                       response, To(lineage_, &catalog::Lineage::TraceLineage));
  }

 private:
  Edge& edge_;
  Lanes& lanes_;
  const catalog::Backends& parts_;
  const catalog::Lineage lineage_;
  const Method trace_ = edge_.MethodOf("souk.v1.LineageService.TraceLineage", kQuick);
};

class OwnershipServer final : public v1::OwnershipService::CallbackService {
 public:
  OwnershipServer(Edge& edge, Lanes& lanes, const catalog::Backends& parts)
      : edge_(edge), lanes_(lanes), parts_(parts), ownership_(parts) {
    MarkMethodCallback(IndexOf(find_),
                       EncodedRead<v1::FindOwnerRequest, v1::FindOwnerResponse>(
                           edge_, find_, lanes_, To(ownership_, &catalog::Ownership::FindEncodedOwner)));
  }

  Reactor* ListOwned(Context* context, const v1::ListOwnedRequest* request, v1::ListOwnedResponse* response) override {
    return edge_.Unary(context, list_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(ownership_, &catalog::Ownership::ListOwned));
  }
  Reactor* BatchFindOwners(Context* context, const v1::BatchFindOwnersRequest* request,
                           v1::BatchFindOwnersResponse* response) override {
    return edge_.Unary(context, batch_, Read(*request, lanes_, lanes_.traces, parts_), request, response,
                       To(ownership_, &catalog::Ownership::BatchFindOwners));
  }

 private:
  Edge& edge_;
  Lanes& lanes_;
  const catalog::Backends& parts_;
  const catalog::Ownership ownership_;
  const Method find_ = edge_.MethodOf("souk.v1.OwnershipService.FindOwner", kQuick);
  const Method list_ = edge_.MethodOf("souk.v1.OwnershipService.ListOwned", kQuick);
  const Method batch_ = edge_.MethodOf("souk.v1.OwnershipService.BatchFindOwners", kQuick);
};

class ChangeServer final : public v1::ChangeService::CallbackService {
 public:
  ChangeServer(Edge& edge, Lanes& lanes, const catalog::Backends& parts) : edge_(edge), lanes_(lanes), parts_(parts) {}

  grpc::ServerWriteReactor<v1::WatchChangesResponse>* WatchChanges(Context* context,
                                                                   const v1::WatchChangesRequest* request) override {
    return StartWatch(edge_, watch_, lanes_.streams, parts_, context, request);
  }

 private:
  Edge& edge_;
  Lanes& lanes_;
  const catalog::Backends& parts_;
  const Method watch_ = edge_.MethodOf("souk.v1.ChangeService.WatchChanges", kForever);
};

class AdminServer final : public v1::AdminService::CallbackService {
 public:
  AdminServer(Edge& edge, Lanes& lanes, const catalog::Backends& parts)
      : edge_(edge), lanes_(lanes), admin_(parts), transfer_(parts) {}

  Reactor* GetStatus(Context* context, const v1::GetStatusRequest* request, v1::GetStatusResponse* response) override {
    return edge_.Unary(context, status_, {.lane = &lanes_.waiting_reads}, request, response,
                       To(admin_, &catalog::Admin::GetStatus));
  }
  Reactor* VerifyIndex(Context* context, const v1::VerifyIndexRequest* request,
                       v1::VerifyIndexResponse* response) override {
    return edge_.Unary(context, verify_, {.lane = &lanes_.bulk}, request, response,
                       To(admin_, &catalog::Admin::VerifyIndex));
  }
  Reactor* RebuildIndex(Context* context, const v1::RebuildIndexRequest* request,
                        v1::RebuildIndexResponse* response) override {
    return edge_.Unary(context, rebuild_, {.lane = &lanes_.bulk}, request, response,
                       To(admin_, &catalog::Admin::RebuildIndex));
  }
  Reactor* CreateBackup(Context* context, const v1::CreateBackupRequest* request,
                        v1::CreateBackupResponse* response) override {
    return edge_.Unary(context, backup_, {.lane = &lanes_.bulk}, request, response,
                       To(admin_, &catalog::Admin::CreateBackup));
  }
  grpc::ServerWriteReactor<v1::ExportLedgerResponse>* ExportLedger(Context* context,
                                                                   const v1::ExportLedgerRequest* request) override {
    return StartExport(edge_, export_, lanes_.bulk, transfer_, context, request);
  }
  grpc::ServerReadReactor<v1::ImportLedgerRequest>* ImportLedger(Context* context,
                                                                 v1::ImportLedgerResponse* response) override {
    return StartImport(edge_, import_, lanes_.bulk, transfer_, context, response);
  }

 private:
  Edge& edge_;
  Lanes& lanes_;
  const catalog::Admin admin_;
  const catalog::Transfer transfer_;
  const Method status_ = edge_.MethodOf("souk.v1.AdminService.GetStatus", kQuick);
  const Method verify_ = edge_.MethodOf("souk.v1.AdminService.VerifyIndex", kLong);
  const Method rebuild_ = edge_.MethodOf("souk.v1.AdminService.RebuildIndex", kLong);
  const Method backup_ = edge_.MethodOf("souk.v1.AdminService.CreateBackup", kLong);
  const Method export_ = edge_.MethodOf("souk.v1.AdminService.ExportLedger", kVeryLong);
  const Method import_ = edge_.MethodOf("souk.v1.AdminService.ImportLedger", kVeryLong);
};

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeServices(Edge& edge, Lanes& lanes, const catalog::Backends& parts) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<RegistryServer>(edge, lanes, parts));
  services.push_back(std::make_unique<DiscoveryServer>(edge, lanes, parts));
  services.push_back(std::make_unique<LineageServer>(edge, lanes, parts));
  services.push_back(std::make_unique<OwnershipServer>(edge, lanes, parts));
  services.push_back(std::make_unique<ChangeServer>(edge, lanes, parts));
  services.push_back(MakeGovernanceService(edge, lanes, parts));
  services.push_back(std::make_unique<AdminServer>(edge, lanes, parts));
  return services;
}

}  // namespace souk::rpc
