// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/transfers.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace souk::rpc {
namespace {

// One message is under way: the lane's thread waits until the transport has taken or brought it.
class Turn {
 public:
  void Begin() {
    const std::lock_guard lock(mutex_);
    done_.reset();
  }
  void End(bool ok) {
    {
      const std::lock_guard lock(mutex_);
      done_ = ok;
    }
    changed_.notify_one();
  }
  bool Await() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_.has_value(); });
    return *done_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<bool> done_;
};

// What both streams are: a call that one thread of the lane works on.
template <typename Reactor>
class Worked : public Reactor {
 public:
  Worked(Edge& edge, const Method& method, Lane& lane, grpc::CallbackServerContext& context)
      : edge_(edge), method_(method), lane_(lane), context_(context), since_(edge.clock().Monotonic()) {}

  void Submit() {
    if (!lane_.Submit([this] { End(Work()); })) End(errors::Overloaded(lane_.name(), Edge::kRetryAfterMs));
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { Release(); }

 protected:
  virtual Status Work() = 0;

  StatusOr<catalog::CallContext> Admit() {
    ASSIGN_OR_RETURN(catalog::CallContext call, edge_.Admit(context_, method_));
    call.cancelled = [this] { return cancelled_.load() || lane_.closed(); };
    RETURN_IF_ERROR(call.Check(method_.name));
    return call;
  }
  bool cancelled() const { return cancelled_; }

  Turn turn_;

 private:
  void End(const Status& status) {
    this->Finish(edge_.Ended(context_, method_, status, since_));
    Release();
  }
  // The lane's thread and the transport each hold one share.
  void Release() {
    if (shares_.fetch_sub(1) == 1) delete this;
  }

  Edge& edge_;
  const Method& method_;
  Lane& lane_;
  grpc::CallbackServerContext& context_;
  const std::chrono::steady_clock::time_point since_;
  std::atomic<bool> cancelled_{false};
  std::atomic<int> shares_{2};
};

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
