// SPDX-License-Identifier: Apache-2.0
// The streams that move a history: an export (server stream) and an import (client stream). One thread of the lane
// works on each, one message at a time, so that whoever is slow slows only that. Each reactor deletes itself when its
// call is done.
#pragma once

#include <grpcpp/grpcpp.h>

#include "server/catalog/transfer.h"
#include "server/rpc/edge.h"
#include "souk/v1/admin_service.pb.h"

namespace souk::rpc {

grpc::ServerWriteReactor<v1::ExportLedgerResponse>* StartExport(Edge& edge, const Method& method, Lane& lane,
                                                                const catalog::Transfer& transfer,
                                                                grpc::CallbackServerContext* context,
                                                                const v1::ExportLedgerRequest* request);

grpc::ServerReadReactor<v1::ImportLedgerRequest>* StartImport(Edge& edge, const Method& method, Lane& lane,
                                                              const catalog::Transfer& transfer,
                                                              grpc::CallbackServerContext* context,
                                                              v1::ImportLedgerResponse* response);

}  // namespace souk::rpc
