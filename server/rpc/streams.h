// SPDX-License-Identifier: Apache-2.0
// The two streaming calls: watchers (server stream) and batches (client stream). Each reactor deletes itself when its
// call is done.
#pragma once

#include <grpcpp/grpcpp.h>

#include "server/catalog/backends.h"
#include "server/catalog/registry.h"
#include "server/rpc/edge.h"
#include "souk/v1/change_service.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::rpc {

grpc::ServerWriteReactor<v1::WatchChangesResponse>* StartWatch(Edge& edge, const Method& method, Lane& lane,
                                                               const catalog::Backends& parts,
                                                               grpc::CallbackServerContext* context,
                                                               const v1::WatchChangesRequest* request);

grpc::ServerReadReactor<v1::BatchRegisterRequest>* StartBatch(Edge& edge, const Method& method, Lane& lane,
                                                              const catalog::Registry& registry,
                                                              grpc::CallbackServerContext* context,
                                                              v1::BatchRegisterResponse* response);

}  // namespace souk::rpc
