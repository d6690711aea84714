// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/transfers.h"

#include <optional>

#include "server/rpc/worked.h"

namespace souk::rpc {
namespace {

class ExportReactor final : public Worked<grpc::ServerWriteReactor<v1::ExportLedgerResponse>> {
 public:
  ExportReactor(Edge& edge, const Method& method, Lane& lane, const catalog::Transfer& transfer,
                grpc::CallbackServerContext& context, v1::ExportLedgerRequest request)
      : Worked(edge, method, lane, context), transfer_(transfer), request_(std::move(request)) {}

  void OnWriteDone(bool ok) override { turn_.End(ok); }

 private:
  Status Work() override {
    ASSIGN_OR_RETURN(const catalog::CallContext call, Admit());
    return transfer_.Export(request_, call, [this](v1::ExportLedgerResponse piece) {
      message_ = std::move(piece);
      turn_.Begin();
      StartWrite(&message_);
      return turn_.Await() ? Status::Ok() : errors::Cancelled();
    });
  }

  const catalog::Transfer& transfer_;
  const v1::ExportLedgerRequest request_;
  v1::ExportLedgerResponse message_;
};

class ImportReactor final : public Worked<grpc::ServerReadReactor<v1::ImportLedgerRequest>> {
 public:
  ImportReactor(Edge& edge, const Method& method, Lane& lane, const catalog::Transfer& transfer,
                grpc::CallbackServerContext& context, v1::ImportLedgerResponse& response)
      : Worked(edge, method, lane, context), transfer_(transfer), response_(response) {}

  void OnReadDone(bool ok) override { turn_.End(ok); }

 private:
  Status Work() override {
    ASSIGN_OR_RETURN(const catalog::CallContext call, Admit());
    ASSIGN_OR_RETURN(response_, transfer_.Import([this] { return Next(); }, call));
    return Status::Ok();
  }
  StatusOr<std::optional<v1::ImportLedgerRequest>> Next() {
    v1::ImportLedgerRequest message;
    turn_.Begin();
    StartRead(&message);
    if (turn_.Await()) return std::optional<v1::ImportLedgerRequest>(std::move(message));
    // Who hangs up has not said that this is the end.
    if (cancelled()) return errors::Cancelled();
    return std::optional<v1::ImportLedgerRequest>();
  }

  const catalog::Transfer& transfer_;
  v1::ImportLedgerResponse& response_;
};

}  // namespace

grpc::ServerWriteReactor<v1::ExportLedgerResponse>* StartExport(Edge& edge, const Method& method, Lane& lane,
                                                                const catalog::Transfer& transfer,
                                                                grpc::CallbackServerContext* context,
                                                                const v1::ExportLedgerRequest* request) {
  auto* reactor = new ExportReactor(edge, method, lane, transfer, *context, *request);
  reactor->Submit();
  return reactor;
}

grpc::ServerReadReactor<v1::ImportLedgerRequest>* StartImport(Edge& edge, const Method& method, Lane& lane,
                                                              const catalog::Transfer& transfer,
                                                              grpc::CallbackServerContext* context,
                                                              v1::ImportLedgerResponse* response) {
  auto* reactor = new ImportReactor(edge, method, lane, transfer, *context, *response);
  reactor->Submit();
  return reactor;
}

}  // namespace souk::rpc
