// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/watch_stream.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "base/errors.h"
#include "etcd/rpc_service.grpc.pb.h"
#include "storage/etcd/channel.h"

namespace souk::storage::etcd {
namespace {

using etcdserverpb::WatchResponse;

// Answers of up to two MiB each; behind that etcd waits.
constexpr size_t kQueueMax = 8;

class Stream final : public WatchStream {
 public:
  Stream(const std::shared_ptr<grpc::Channel>& channel, const etcdserverpb::WatchCreateRequest& request,
         const std::string& token)
      : stub_(etcdserverpb::Watch::NewStub(channel)) {
    // Without it a member that is cut off from the others keeps silent for ever.
    context_.AddMetadata("hasleader", "true");
    SetToken(context_, token);
    stream_ = stub_->Watch(&context_);
    etcdserverpb::WatchRequest create;
    *create.mutable_create_request() = request;
    reader_ = std::thread([this, create] { Read(create); });
  }

  ~Stream() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    context_.TryCancel();
    reader_.join();
  }

  StatusOr<std::optional<WatchResponse>> Next(Deadline deadline) override {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [this] { return ended_ || !queue_.empty(); });
    if (!queue_.empty()) {
      std::optional<WatchResponse> response(std::move(queue_.front()));
      queue_.pop_front();
      changed_.notify_all();
      return response;
    }
    if (ended_) return Unreachable("etcd", "the watch has ended: " + end_);
    return std::optional<WatchResponse>();
  }

 private:
  void Read(const etcdserverpb::WatchRequest& create) {
    WatchResponse response;
    stream_->Write(create);
    while (stream_->Read(&response) && Keep(std::move(response))) response.Clear();
    context_.TryCancel();
    const grpc::Status status = stream_->Finish();
    const std::lock_guard lock(mutex_);
    ended_ = true;
    end_ = status.error_message();
    changed_.notify_all();
  }

  bool Keep(WatchResponse response) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || queue_.size() < kQueueMax; });
    queue_.push_back(std::move(response));
    changed_.notify_all();
    return !stopping_;
  }

  const std::unique_ptr<etcdserverpb::Watch::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<etcdserverpb::WatchRequest, WatchResponse>> stream_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<WatchResponse> queue_;
  bool stopping_ = false;
  bool ended_ = false;
  std::string end_;
  std::thread reader_;
};

}  // namespace

std::unique_ptr<WatchStream> OpenWatch(const std::shared_ptr<grpc::Channel>& channel,
                                       const etcdserverpb::WatchCreateRequest& request, const std::string& token) {
  return std::make_unique<Stream>(channel, request, token);
}

}  // namespace souk::storage::etcd
