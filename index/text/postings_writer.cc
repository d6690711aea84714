// SPDX-License-Identifier: Apache-2.0
#include "index/text/postings_writer.h"

#include <lucene++/Lucene.h>

#include <lucene++/Directory.h>
#include <lucene++/Document.h>
#include <lucene++/DocumentsWriter.h>
#include <lucene++/Field.h>
#include <lucene++/IndexCommit.h>
#include <lucene++/IndexDeletionPolicy.h>
#include <lucene++/IndexReader.h>
#include <lucene++/IndexWriter.h>
#include <lucene++/KeywordAnalyzer.h>
#include <lucene++/LogByteSizeMergePolicy.h>
#include <lucene++/RAMDirectory.h>
#include <lucene++/SegmentInfo.h>
#include <lucene++/SegmentInfos.h>
#include <lucene++/Term.h>
#include <lucene++/TermEnum.h>

#include <atomic>
#include <mutex>
#include <utility>

#include "index/text/guarded.h"
#include "index/text/lucene_names.h"
#include "index/text/merge_thread.h"
#include "index/text/postings_directory.h"
#include "index/text/postings_files.h"
#include "index/text/postings_flush.h"
#include "index/text/postings_memory.h"
#include "index/text/wide.h"

namespace souk::text {
namespace {

// Documents stay in memory until they have grown to this. More would keep the next batch waiting while they are
// written (a tenth of a second at worst); less makes more segments, each of which is merged one time more.
constexpr size_t kMemoryBytesMax = size_t{16} << 20U;
// Every so many terms are in memory: a look-up reads half of them on average.
constexpr uint32_t kTermIndexInterval = 32;
// Segments of one size that are merged into one: few segments are worth more to a search than merging costs.
constexpr int32_t kMergeFactor = 4;
// Segments below count as of one size.
constexpr double kMergeMbMin = 0.25;
// Larger segments stay as they are: merging them would cost more than it gains.
constexpr double kMergeMbMax = 400;
// What Compact aims at: a search looks up its words in every segment, so one is best, as long as merging all of the
// index takes a moment only.
struct CompactGoal {
  uint64_t bytes_max;     // of the index
  size_t segments_max;    // more are merged
  int32_t segments_goal;  // into so many
};
constexpr CompactGoal kCompactGoals[] = {
    {uint64_t{32} << 20U, 1, 1},
    {uint64_t{1} << 30U, 5, 3},
};

// Takes segments that were written beside it: IndexWriter does so for itself when it flushes.
class SegmentWriter : public Lucene::IndexWriter {
 public:
  using IndexWriter::IndexWriter;

  // A name that no other segment has.
  Lucene::String NewSegment() { return newSegmentName(); }

  // The segment's files are complete. What was deleted before is not looked for in it.
  void AddSegment(const Lucene::String& name, uint32_t documents) {
    const Lucene::SyncLock lock(this);
    const auto count = static_cast<int32_t>(documents);
    const auto info = Lucene::newLucene<Lucene::SegmentInfo>(name, count, directory, false, true, -1, L"", false, true);
    setDiagnostics(info, L"flush");
    segmentInfos->add(info);
    docWriter->updateFlushedDocCount(count);
    checkpoint();
  }
};

// Keeps the older commit until the newer one was accepted.
class AcceptedCommit : public Lucene::IndexDeletionPolicy {
 public:
  explicit AcceptedCommit(decltype(PostingsOptions::on_commit) accept) : accept_(std::move(accept)) {}

  void onInit(Lucene::Collection<Lucene::IndexCommitPtr> /*commits*/) override {}

  void onCommit(Lucene::Collection<Lucene::IndexCommitPtr> commits) override {
    if (commits.empty()) return;
    const Lucene::IndexCommitPtr newest = commits[commits.size() - 1];
    std::vector<std::string> files;
    for (const Lucene::String& file : newest->getFileNames()) files.push_back(Narrow(file));
    UserData user_data;
    for (const auto& [key, value] : newest->getUserData()) user_data[Narrow(key)] = Narrow(value);
    status_ = accept_(files, user_data);
    if (!status_.ok()) return;
    for (int32_t i = 0; i + 1 < commits.size(); ++i) commits[i]->deleteCommit();
  }

  Status TakeStatus() { return std::exchange(status_, Status::Ok()); }

 private:
  decltype(PostingsOptions::on_commit) accept_;
  Status status_;
};

Lucene::MapStringString WideUserData(const UserData& user_data) {
  Lucene::MapStringString wide = Lucene::MapStringString::newInstance();
  for (const auto& [key, value] : user_data) wide.put(Wide(key), Wide(value));
  return wide;
}

uint64_t FolderBytes(const std::filesystem::path& directory) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const uint64_t size = entry.file_size(error);
    if (!error) bytes += size;
  }
  return bytes;
}

}  // namespace

struct PostingsWriter::Impl {
  explicit Impl(PostingsOptions given)
      : options(std::move(given)),
        merges([this] {
          files_changed = true;
          options.on_merged();
        }),
        policy(Lucene::newLucene<AcceptedCommit>(options.on_commit)) {}

  void OpenOn(const Lucene::DirectoryPtr& directory, bool create) {
    writer = Lucene::newLucene<SegmentWriter>(directory, Lucene::newLucene<Lucene::KeywordAnalyzer>(), create, policy,
                                              Lucene::IndexWriter::MaxFieldLengthUNLIMITED);
    auto merge_policy = Lucene::newLucene<Lucene::LogByteSizeMergePolicy>(writer);
    merge_policy->setMergeFactor(kMergeFactor);
    merge_policy->setMinMergeMB(kMergeMbMin);
    merge_policy->setMaxMergeMB(kMergeMbMax);
    merge_policy->setUseCompoundFile(false);
    merge_policy->setUseCompoundDocStore(false);
    writer->setMergePolicy(merge_policy);
    writer->setMergeScheduler(merges.Scheduler());
    writer->setTermIndexInterval(static_cast<int32_t>(kTermIndexInterval));
  }

  PostingsOptions options;
  std::atomic<bool> files_changed{true};  // since `files` was opened
  MergeThread merges;
  boost::shared_ptr<AcceptedCommit> policy;
  boost::shared_ptr<SegmentWriter> writer;
  SegmentCache segments;
  std::shared_ptr<const PostingsFiles> files;
  std::shared_ptr<PostingsMemory> memory = std::make_shared<PostingsMemory>();
};

namespace {

// Lucene++ makes its statics at first use without a lock. Uses everything once, on one thread.
void WarmStatics() {
  static std::once_flag once;
  std::call_once(once, [] {
    const auto directory = Lucene::newLucene<Lucene::RAMDirectory>();
    const auto writer = Lucene::newLucene<Lucene::IndexWriter>(directory, Lucene::newLucene<Lucene::KeywordAnalyzer>(),
                                                               true, Lucene::IndexWriter::MaxFieldLengthUNLIMITED);
    const auto document = Lucene::newLucene<Lucene::Document>();
    document->add(Lucene::newLucene<Lucene::Field>(kKeysField, L"warm", Lucene::AbstractField::STORE_YES,
                                                   Lucene::AbstractField::INDEX_ANALYZED));
    writer->addDocument(document);
    const Lucene::IndexReaderPtr reader = writer->getReader();
    reader->document(0);
    reader->terms()->close();
    reader->close();
    writer->commit(WideUserData({{"revision", "0"}}));
    writer->close();
  });
}

}  // namespace

PostingsWriter::PostingsWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

PostingsWriter::~PostingsWriter() { Close(); }

StatusOr<std::unique_ptr<PostingsWriter>> PostingsWriter::Open(PostingsOptions options, bool create) {
  std::unique_ptr<PostingsWriter> writer;
  RETURN_IF_ERROR(Guarded("opening", [&] {
    WarmStatics();
    const Lucene::DirectoryPtr directory = OpenDirectory(options.directory);
    writer.reset(new PostingsWriter(std::make_unique<Impl>(std::move(options))));
    writer->impl_->OpenOn(directory, create);
    return Status::Ok();
  }));
  return writer;
}

Status PostingsWriter::Add(const IndexDocument& document, uint32_t slot, bool replaces) {
  impl_->memory->Add(document, slot, replaces);
  return impl_->memory->bytes() < kMemoryBytesMax ? Status::Ok() : Flush();
}

Status PostingsWriter::Flush() {
  if (impl_->memory->empty()) return Status::Ok();
  return Guarded("writing a segment", [&] {
    const PostingsMemory& memory = *impl_->memory;
    for (const PostingsMemory::Document& document : memory.documents()) {
      if (!document.replaces || document.hidden_from != PostingsMemory::kNone) continue;
      impl_->writer->deleteDocuments(Lucene::newLucene<Lucene::Term>(kKeysField, Wide(document.line_key)));
    }
    const Lucene::String name = impl_->writer->NewSegment();
    const uint32_t documents = WriteSegment(memory, impl_->writer->getDirectory(), name, kTermIndexInterval);
    impl_->writer->AddSegment(name, documents);
    impl_->memory = std::make_shared<PostingsMemory>();
    impl_->files_changed = true;
    return Status::Ok();
  });
}

StatusOr<std::shared_ptr<const PostingsReader>> PostingsWriter::Refresh() {
  if (impl_->files_changed.exchange(false)) {
    RETURN_IF_ERROR(Guarded("opening new segments", [&] {
      impl_->files = std::make_shared<PostingsFiles>(impl_->writer->getReader(), impl_->segments);
      return Status::Ok();
    }));
  }
  return std::make_shared<const PostingsReader>(impl_->files, PostingsMemory::ViewOf(impl_->memory));
}

StatusOr<std::shared_ptr<const PostingsReader>> PostingsWriter::ReadCommit() {
  std::shared_ptr<const PostingsFiles> files;
  RETURN_IF_ERROR(Guarded("reading the commit", [&] {
    const Lucene::DirectoryPtr directory = OpenDirectory(impl_->options.directory);
    files = std::make_shared<PostingsFiles>(Lucene::IndexReader::open(directory, true), impl_->segments);
    return Status::Ok();
  }));
  return std::make_shared<const PostingsReader>(std::move(files), PostingsMemory::View());
}

Status PostingsWriter::Commit(const UserData& user_data) {
  RETURN_IF_ERROR(Flush());
  RETURN_IF_ERROR(Guarded("committing", [&] {
    impl_->writer->commit(WideUserData(user_data));
    return Status::Ok();
  }));
  return impl_->policy->TakeStatus();
}

Status PostingsWriter::Compact() {
  const uint64_t bytes = FolderBytes(impl_->options.directory);
  for (const CompactGoal& goal : kCompactGoals) {
    if (bytes > goal.bytes_max) continue;
    if (impl_->segments.size() <= goal.segments_max) break;
    return Guarded("merging", [&] {
      impl_->writer->optimize(goal.segments_goal, false);
      return Status::Ok();
    });
  }
  return Status::Ok();
}

std::string PostingsWriter::merge_fault() const { return impl_->merges.fault(); }

void PostingsWriter::Close() {
  if (impl_->writer) {
    const Status closed = Guarded("closing", [this] {
      impl_->writer->rollback();
      return Status::Ok();
    });
    (void)closed;  // what was not committed is forgotten either way
  }
  impl_->merges.Stop();
  impl_->writer.reset();
}

StatusOr<UserData> ReadUserData(const std::filesystem::path& directory) {
  UserData user_data;
  RETURN_IF_ERROR(Guarded("reading user data", [&] {
    WarmStatics();
    const Lucene::DirectoryPtr folder = OpenDirectory(directory);
    for (const auto& [key, value] : Lucene::IndexReader::getCommitUserData(folder)) {
      user_data[Narrow(key)] = Narrow(value);
    }
    return Status::Ok();
  }));
  return user_data;
}

}  // namespace souk::text
