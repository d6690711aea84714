// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/lanes.h"

#include <algorithm>

namespace souk::rpc {
namespace {

// Writers wait for a group commit and for visibility, not for a core: many small threads.
constexpr size_t kWriteThreads = 64;
constexpr size_t kWaitingThreads = 32;
constexpr size_t kBulkThreads = 4;
// Watchers at once on one node.
constexpr size_t kStreamThreads = 64;
constexpr size_t kQueueShort = 64;
constexpr size_t kQueueLong = 1024;

size_t Cores() { return std::max<size_t>(2, std::thread::hardware_concurrency()); }

}  // namespace

Lane::Lane(std::string name, size_t threads, size_t queue_max) : name_(std::move(name)), room_(threads + queue_max) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

Lane::~Lane() { End(); }

void Lane::End() {
  Close();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool Lane::Submit(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || queue_.size() + busy_ >= room_) return false;
    queue_.push_back(std::move(work));
  }
  ready_.notify_one();
  return true;
}

void Lane::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ready_.notify_all();
}

bool Lane::closed() {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void Lane::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ready_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    ++busy_;
    lock.unlock();
    work();
    lock.lock();
    --busy_;
  }
}

Lanes::Lanes()
    : waiting_reads("waiting reads", kWaitingThreads, kQueueLong),
      registrations("registrations", Cores(), kQueueLong),
      writes("writes", kWriteThreads, kQueueLong),
      searches("search", Cores(), kQueueLong),
      traces("lineage", Cores(), kQueueShort),
      bulk("bulk", kBulkThreads, kQueueShort),
      streams("watch", kStreamThreads, 0) {}

void Lanes::End() {
  for (Lane* lane : {&waiting_reads, &registrations, &writes, &searches, &traces, &bulk, &streams}) lane->End();
}

}  // namespace souk::rpc
