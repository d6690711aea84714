// SPDX-License-Identifier: Apache-2.0
#include "index/text/merge_thread.h"

#include <lucene++/Lucene.h>

#include <lucene++/IndexWriter.h>
#include <lucene++/MergePolicy.h>
#include <lucene++/MergeScheduler.h>

#include <boost/weak_ptr.hpp>
#include <utility>

#include "index/text/guarded.h"

namespace souk::text {

struct MergeThread::Work {
  std::mutex mutex;
  std::condition_variable changed;
  boost::weak_ptr<Lucene::IndexWriter> writer;
  bool wanted = false;
  bool stopping = false;
  std::string fault;
};

class MergeThread::HandOver : public Lucene::MergeScheduler {
 public:
  explicit HandOver(std::shared_ptr<Work> work) : work_(std::move(work)) {}

  void merge(const Lucene::IndexWriterPtr& writer) override {
    const std::lock_guard lock(work_->mutex);
    work_->writer = writer;
    work_->wanted = true;
    work_->changed.notify_all();
  }
  // The thread ends with its owner, not here: the writer closes while it may be at work.
  void close() override {}

 private:
  std::shared_ptr<Work> work_;
};

MergeThread::MergeThread(std::function<void()> on_merged)
    : on_merged_(std::move(on_merged)), work_(std::make_shared<Work>()), thread_([this] { Run(); }) {}

MergeThread::~MergeThread() { Stop(); }

boost::shared_ptr<Lucene::MergeScheduler> MergeThread::Scheduler() { return Lucene::newLucene<HandOver>(work_); }

void MergeThread::Stop() {
  {
    const std::lock_guard lock(work_->mutex);
    work_->stopping = true;
    work_->changed.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

std::string MergeThread::fault() const {
  const std::lock_guard lock(work_->mutex);
  return work_->fault;
}

void MergeThread::Run() {
  while (true) {
    Lucene::IndexWriterPtr writer;
    {
      std::unique_lock lock(work_->mutex);
      work_->changed.wait(lock, [this] { return work_->wanted || work_->stopping; });
      if (work_->stopping) return;
      work_->wanted = false;
      writer = work_->writer.lock();
    }
    if (!writer) continue;
    bool merged = false;
    // An aborted merge ends here too: the writer is closing, or will ask again.
    const Status status = Guarded("merging", [&] {
      while (const Lucene::OneMergePtr merge = writer->getNextMerge()) {
        writer->merge(merge);
        merged = true;
      }
      return Status::Ok();
    });
    writer.reset();
    {
      const std::lock_guard lock(work_->mutex);
      work_->fault = status.ok() || work_->stopping ? "" : status.message();
    }
    if (merged) on_merged_();
  }
}

}  // namespace souk::text
