// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/streams.h"

#include <utility>
#include <vector>

#include "base/limits.h"
#include "server/catalog/changes.h"
#include "server/rpc/worked.h"

namespace souk::rpc {
namespace {

// A watcher: the changes as they come, one at a time.
class WatchReactor final : public Worked<grpc::ServerWriteReactor<v1::WatchChangesResponse>> {
 public:
  WatchReactor(Edge& edge, const Method& method, Lane& lane, const catalog::Backends& parts,
               grpc::CallbackServerContext& context, v1::WatchChangesRequest request)
      : Worked(edge, method, lane, context), parts_(parts), request_(std::move(request)) {}

  void OnWriteDone(bool ok) override { turn_.End(ok); }

 private:
  Status Work() override {
    ASSIGN_OR_RETURN(const catalog::CallContext call, Admit());
    ASSIGN_OR_RETURN(catalog::ChangeStream stream, catalog::ChangeStream::Open(parts_, request_, call));
    while (true) {
      StatusOr<v1::WatchChangesResponse> next = stream.Next(call);
      if (!next.ok()) return closing() ? errors::ShuttingDown() : next.status();
      message_ = *std::move(next);
      turn_.Begin();
      StartWrite(&message_);
      if (!turn_.Await()) return errors::Cancelled();
    }
  }

  const catalog::Backends& parts_;
  const v1::WatchChangesRequest request_;
  v1::WatchChangesResponse message_;
};

// A batch: items are gathered, bounded in number and bytes, then registered together in the lane.
class BatchReactor final : public grpc::ServerReadReactor<v1::BatchRegisterRequest> {
 public:
  BatchReactor(Edge& edge, const Method& method, Lane& lane, const catalog::Registry& registry,
               grpc::CallbackServerContext& context, v1::BatchRegisterResponse& response)
      : edge_(edge),
        method_(method),
        lane_(lane),
        registry_(registry),
        context_(context),
        response_(response),
        since_(edge.clock().Monotonic()) {
    // Who may not register is told so before anything is gathered for them.
    const auto call = edge.Admit(context, method);
    if (call.ok()) {
      StartRead(&item_);
    } else {
      End(call.status());
    }
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Submit();
    bytes_ += item_.ByteSizeLong();
    items_.push_back(std::move(item_));
    item_.Clear();
    if (items_.size() > limits::kBatchRegisterMax) {
      return End(errors::TooMany("items", items_.size(), limits::kBatchRegisterMax));
    }
    if (bytes_ > kBatchBytesMax) return End(errors::TooMany("bytes of a batch", bytes_, kBatchBytesMax));
    StartRead(&item_);
  }
  void OnDone() override { delete this; }

 private:
  // What one batch may hold in memory.
  static constexpr size_t kBatchBytesMax = size_t{256} * 1024 * 1024;

  void Submit() {
    if (!lane_.Submit([this] { End(Register()); })) End(errors::Overloaded(lane_.name(), Edge::kRetryAfterMs));
  }
  Status Register() {
    ASSIGN_OR_RETURN(const catalog::CallContext call, edge_.Admit(context_, method_));
    RETURN_IF_ERROR(call.Check(method_.name));  // who has left needs no answer
    ASSIGN_OR_RETURN(response_, registry_.BatchRegister(items_, call));
    return Status::Ok();
  }
  void End(const Status& status) { Finish(edge_.Ended(context_, method_, status, since_)); }

  Edge& edge_;
  const Method& method_;
  Lane& lane_;
  const catalog::Registry& registry_;
  grpc::CallbackServerContext& context_;
  v1::BatchRegisterResponse& response_;
  const std::chrono::steady_clock::time_point since_;
  v1::BatchRegisterRequest item_;
  std::vector<v1::BatchRegisterRequest> items_;
  size_t bytes_ = 0;
};

}  // namespace

grpc::ServerWriteReactor<v1::WatchChangesResponse>* StartWatch(Edge& edge, const Method& method, Lane& lane,
                                                               const catalog::Backends& parts,
                                                               grpc::CallbackServerContext* context,
                                                               const v1::WatchChangesRequest* request) {
  auto* reactor = new WatchReactor(edge, method, lane, parts, *context, *request);
  reactor->Submit();
  return reactor;
}

grpc::ServerReadReactor<v1::BatchRegisterRequest>* StartBatch(Edge& edge, const Method& method, Lane& lane,
                                                              const catalog::Registry& registry,
                                                              grpc::CallbackServerContext* context,
                                                              v1::BatchRegisterResponse* response) {
  return new BatchReactor(edge, method, lane, registry, *context, *response);
}

}  // namespace souk::rpc
