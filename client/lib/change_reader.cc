// SPDX-License-Identifier: Apache-2.0
#include "client/lib/change_reader.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "base/errors.h"
#include "client/lib/nodes.h"
#include "souk/v1/change_service.grpc.pb.h"

namespace souk::client {

struct ChangeReader::Stream {
  Stream(Nodes& nodes, size_t on_node, Cancellation& cancellation, const v1::WatchChangesRequest& request)
      : node(on_node), stub(nodes.channel(node)), hook(&cancellation, [this] { context.TryCancel(); }) {
    nodes.Introduce(context);
    reader = stub.WatchChanges(&context, request);
  }

  size_t node;
  v1::ChangeService::Stub stub;
  grpc::ClientContext context;  // no deadline: a watch lasts
  Cancellation::Hook hook;
  std::unique_ptr<grpc::ClientReader<v1::WatchChangesResponse>> reader;
};

ChangeReader::ChangeReader(Nodes& nodes, v1::WatchChangesRequest request)
    : nodes_(nodes), request_(std::move(request)) {}

ChangeReader::~ChangeReader() {
  if (stream_ == nullptr) return;
  stream_->context.TryCancel();
  (void)stream_->reader->Finish();
}

Status ChangeReader::Read(v1::WatchChangesResponse& response) {
  if (stream_ == nullptr) {
    ASSIGN_OR_RETURN(const size_t node, nodes_.Choose(&cancellation_));
    stream_ = std::make_unique<Stream>(nodes_, node, cancellation_, request_);
  }
  if (stream_->reader->Read(&response)) {
    request_.set_after_revision(response.revision());
    return Status::Ok();
  }
  const size_t node = stream_->node;
  const grpc::Status finish = stream_->reader->Finish();
  stream_.reset();
  nodes_.MoveOn(node);
  // A node that goes down in good order may end the stream without an error: that is no end of the changes.
  return finish.ok() ? errors::ShuttingDown() : nodes_.Translate(node, finish, &cancellation_);
}

StatusOr<v1::WatchChangesResponse> ChangeReader::Next() {
  Backoff backoff = nodes_.NewBackoff();
  for (int tries = 1;; ++tries) {
    if (cancellation_.cancelled()) return errors::Cancelled();
    v1::WatchChangesResponse response;
    const Status status = Read(response);
    if (status.ok()) return response;
    if (status.code() != Code::kUnavailable || tries >= nodes_.options().attempts_max) return status;
    const auto pause = std::max(backoff.Next(), std::chrono::milliseconds(status.detail().retry_after_ms));
    RETURN_IF_ERROR(nodes_.Pause(pause, &cancellation_));
  }
}

}  // namespace souk::client
