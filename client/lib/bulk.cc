// SPDX-License-Identifier: Apache-2.0
#include "client/lib/bulk.h"

#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/errors.h"

namespace souk::client {
namespace {

struct Chunk {
  size_t first = 0;
  std::vector<v1::RegisterProductRequest> items;
};

class Bulk {
 public:
  Bulk(Client& client, const BulkSource& source, const BulkSink& sink, const BulkOptions& options)
      : client_(client), source_(source), sink_(sink), options_(options) {}

  void Work() {
    for (Chunk chunk = Take(); !chunk.items.empty(); chunk = Take()) {
      const StatusOr<v1::BatchRegisterResponse> answer = Send(chunk);
      if (answer.ok()) {
        Deliver(chunk, *answer);
      } else {
        Fail(chunk, answer.status());
      }
    }
  }

  BulkOutcome outcome() const { return outcome_; }

 private:
  Chunk Take() {
    const std::lock_guard lock(source_mutex_);
    if (Cancelled()) ended_ = true;
    Chunk chunk;
    chunk.first = taken_;
    for (size_t bytes = 0; chunk.items.size() < options_.chunk_items && bytes < options_.chunk_bytes && !ended_;) {
      std::optional<v1::RegisterProductRequest> item = source_();
      if (!item) {
        ended_ = true;
        break;
      }
      bytes += item->ByteSizeLong();
      chunk.items.push_back(*std::move(item));
    }
    taken_ += chunk.items.size();
    return chunk;
  }

  StatusOr<v1::BatchRegisterResponse> Send(const Chunk& chunk) {
    for (int waits = 0;; ++waits) {
      if (Status given_up = GivenUp(); !given_up.ok()) return given_up;
      if (Cancelled()) return errors::Cancelled();
      CallOptions call;
      call.cancellation = options_.cancellation;
      StatusOr<v1::BatchRegisterResponse> answer = client_.BatchRegister(chunk.items, call);
      if (answer.ok()) return answer;
      if (answer.status().code() == Code::kCancelled) return errors::OutcomeUnknown("what was on its way");
      const uint32_t retry_after_ms = answer.status().detail().retry_after_ms;
      const bool overloaded = answer.status().code() == Code::kResourceExhausted && retry_after_ms > 0;
      if (!overloaded || waits >= options_.overload_waits_max) return answer;
      Cancellation none;
      Cancellation& cancellation = options_.cancellation != nullptr ? *options_.cancellation : none;
      if (cancellation.WaitFor(std::chrono::milliseconds(retry_after_ms))) return errors::Cancelled();
    }
  }

  bool Cancelled() const { return options_.cancellation != nullptr && options_.cancellation->cancelled(); }

  Status GivenUp() {
    const std::lock_guard lock(sink_mutex_);
    return given_up_;
  }

  void Deliver(const Chunk& chunk, const v1::BatchRegisterResponse& answer) {
    const std::lock_guard lock(sink_mutex_);
    outcome_.visible = outcome_.visible && answer.visible();
    if (!answer.revision().empty()) outcome_.revision = answer.revision();
    for (size_t i = 0; i < chunk.items.size(); ++i) {
      v1::BatchRegisterResult result = answer.results(static_cast<int>(i));
      result.set_index(static_cast<uint32_t>(chunk.first + i));
      sink_(chunk.items[i], result, Status::Ok());
    }
  }

  void Fail(const Chunk& chunk, const Status& status) {
    const std::lock_guard lock(sink_mutex_);
    if (status.code() == Code::kUnavailable) given_up_ = status;
    for (size_t i = 0; i < chunk.items.size(); ++i) {
      v1::BatchRegisterResult result;
      result.set_index(static_cast<uint32_t>(chunk.first + i));
      result.set_code(static_cast<int>(status.code()));
      result.set_reason(status.reason());
      result.set_message(status.message());
      sink_(chunk.items[i], result, status);
    }
  }

  Client& client_;
  const BulkSource& source_;
  const BulkSink& sink_;
  const BulkOptions& options_;

  std::mutex source_mutex_;
  size_t taken_ = 0;    // guarded by source_mutex_
  bool ended_ = false;  // guarded by source_mutex_

  std::mutex sink_mutex_;
  Status given_up_;      // guarded by sink_mutex_
  BulkOutcome outcome_;  // guarded by sink_mutex_
};

}  // namespace

BulkOutcome RegisterInBulk(Client& client, const BulkSource& source, const BulkSink& sink, const BulkOptions& options) {
  Bulk bulk(client, source, sink, options);
  std::vector<std::thread> others;
  for (int i = 1; i < options.streams; ++i) others.emplace_back([&bulk] { bulk.Work(); });
  bulk.Work();
  for (std::thread& other : others) other.join();
  return bulk.outcome();
}

}  // namespace souk::client
