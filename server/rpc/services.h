// SPDX-License-Identifier: Apache-2.0
// The gRPC services: which handler serves which method, in which lane, with which longest deadline.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <vector>

#include "server/catalog/backends.h"
#include "server/rpc/edge.h"

namespace souk::rpc {

// All services of souk.v1, in the contract's order. The arguments outlive them.
std::vector<std::unique_ptr<grpc::Service>> MakeServices(Edge& edge, Lanes& lanes, const catalog::Backends& parts);
// governance_service.cc: one of them.
std::unique_ptr<grpc::Service> MakeGovernanceService(Edge& edge, Lanes& lanes, const catalog::Backends& parts);

}  // namespace souk::rpc
