// SPDX-License-Identifier: Apache-2.0
#include "index/text/postings_writer.h"

#include <lucene++/Lucene.h>

#include <lucene++/Directory.h>
#include <lucene++/Document.h>
#include <lucene++/Field.h>
#include <lucene++/IndexCommit.h>
#include <lucene++/IndexDeletionPolicy.h>
#include <lucene++/IndexReader.h>
#include <lucene++/IndexWriter.h>
#include <lucene++/KeywordAnalyzer.h>
#include <lucene++/LogByteSizeMergePolicy.h>
#include <lucene++/Payload.h>
#include <lucene++/PayloadAttribute.h>
#include <lucene++/PositionIncrementAttribute.h>
#include <lucene++/RAMDirectory.h>
#include <lucene++/Term.h>
#include <lucene++/TermAttribute.h>
#include <lucene++/TermEnum.h>
#include <lucene++/TokenStream.h>

#include <cstring>
#include <mutex>
#include <utility>

#include "index/text/guarded.h"
#include "index/text/lucene_names.h"
#include "index/text/merge_thread.h"
#include "index/text/postings_directory.h"
#include "index/text/wide.h"

namespace souk::text {
namespace {

// Documents are buffered until Refresh or until this is full.
constexpr double kBufferMb = 16;
// Every so many terms are in memory: a look-up reads half of them on average.
constexpr int32_t kTermIndexInterval = 32;
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

void SetTerm(const Lucene::TermAttributePtr& attribute, const std::wstring& text) {
  attribute->setTermBuffer(text.data(), 0, static_cast<int32_t>(text.size()));
}

// The words of one document after another; the attributes are made once.
class WordStream : public Lucene::TokenStream {
 public:
  void initialize() override {
    term_ = addAttribute<Lucene::TermAttribute>();
    increment_ = addAttribute<Lucene::PositionIncrementAttribute>();
  }
  void Set(const TermList& terms) {
    terms_ = &terms;
    reset();
  }
  void reset() override {
    next_ = 0;
    position_ = -1;
  }
  bool incrementToken() override {
    if (next_ == terms_->size()) return false;
    const TermList::Term term = (*terms_)[next_++];
    text_.clear();
    AppendWide(text_, term.text);
    text_ += kFieldMark;
    text_ += LetterOf(term.field);
    SetTerm(term_, text_);
    increment_->setPositionIncrement(static_cast<int32_t>(term.position) - position_);
    position_ = static_cast<int32_t>(term.position);
    return true;
  }

 private:
  const TermList* terms_ = nullptr;
  size_t next_ = 0;
  int32_t position_ = -1;
  std::wstring text_;
  Lucene::TermAttributePtr term_;
  Lucene::PositionIncrementAttributePtr increment_;
};

class KeyStream : public Lucene::TokenStream {
 public:
  void initialize() override { term_ = addAttribute<Lucene::TermAttribute>(); }
  void Set(const std::vector<std::string>& keys) {
    keys_ = &keys;
    reset();
  }
  void reset() override { next_ = 0; }
  bool incrementToken() override {
    if (next_ == keys_->size()) return false;
    SetTerm(term_, Wide((*keys_)[next_++]));
    return true;
  }

 private:
  const std::vector<std::string>* keys_ = nullptr;
  size_t next_ = 0;
  Lucene::TermAttributePtr term_;
};

// One term whose payload is what scoring needs of the document.
class ColumnsStream : public Lucene::TokenStream {
 public:
  void initialize() override {
    term_ = addAttribute<Lucene::TermAttribute>();
    payload_ = addAttribute<Lucene::PayloadAttribute>();
  }
  void Set(uint32_t slot, const LineRecord& record) {
    Lucene::ByteArray bytes = Lucene::ByteArray::newInstance(kColumnsBytes);
    std::memcpy(bytes.get(), &slot, sizeof slot);
    bytes[sizeof slot] = record.state;
    std::memcpy(bytes.get() + sizeof slot + 1, record.lengths.data(), record.lengths.size());
    value_ = Lucene::newLucene<Lucene::Payload>(bytes);
    reset();
  }
  void reset() override { done_ = false; }
  bool incrementToken() override {
    if (done_) return false;
    done_ = true;
    term_->setTermBuffer(kColumnsTerm);
    payload_->setPayload(value_);
    return true;
  }

 private:
  bool done_ = false;
  Lucene::PayloadPtr value_;
  Lucene::TermAttributePtr term_;
  Lucene::PayloadAttributePtr payload_;
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

Lucene::ByteArray Bytes(std::string_view first, std::string_view second) {
  Lucene::ByteArray bytes = Lucene::ByteArray::newInstance(static_cast<int32_t>(first.size() + second.size()));
  std::memcpy(bytes.get(), first.data(), first.size());
  std::memcpy(bytes.get() + first.size(), second.data(), second.size());
  return bytes;
}

template <typename Stream>
Lucene::FieldPtr IndexedField(const wchar_t* name, const boost::shared_ptr<Stream>& stream, bool counts) {
  auto field = Lucene::newLucene<Lucene::Field>(name, boost::static_pointer_cast<Lucene::TokenStream>(stream));
  field->setOmitNorms(true);
  field->setOmitTermFreqAndPositions(!counts);
  return field;
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
        merges(options.on_merged),
        policy(Lucene::newLucene<AcceptedCommit>(options.on_commit)),
        words(Lucene::newLucene<WordStream>()),
        keys(Lucene::newLucene<KeyStream>()),
        columns(Lucene::newLucene<ColumnsStream>()),
        record(Lucene::newLucene<Lucene::Field>(kRecordField, Bytes("-", ""), Lucene::AbstractField::STORE_YES)),
        body(Lucene::newLucene<Lucene::Field>(kBodyField, Bytes("-", ""), Lucene::AbstractField::STORE_YES)),
        document(Lucene::newLucene<Lucene::Document>()) {
    document->add(record);  // first: the loader stops behind it
    document->add(body);
    document->add(IndexedField(kTermsField, words, true));
    document->add(IndexedField(kKeysField, keys, false));
    document->add(IndexedField(kColumnsField, columns, true));
  }

  void OpenOn(const Lucene::DirectoryPtr& directory, bool create) {
    writer = Lucene::newLucene<Lucene::IndexWriter>(directory, Lucene::newLucene<Lucene::KeywordAnalyzer>(), create,
                                                    policy, Lucene::IndexWriter::MaxFieldLengthUNLIMITED);
    auto merge_policy = Lucene::newLucene<Lucene::LogByteSizeMergePolicy>(writer);
    merge_policy->setMergeFactor(kMergeFactor);
    merge_policy->setMinMergeMB(kMergeMbMin);
    merge_policy->setMaxMergeMB(kMergeMbMax);
    merge_policy->setUseCompoundFile(false);
    merge_policy->setUseCompoundDocStore(false);
    writer->setMergePolicy(merge_policy);
    writer->setMergeScheduler(merges.Scheduler());
    writer->setRAMBufferSizeMB(kBufferMb);
    writer->setTermIndexInterval(kTermIndexInterval);
  }

  PostingsOptions options;
  MergeThread merges;
  boost::shared_ptr<AcceptedCommit> policy;
  // One document, filled anew for each line.
  boost::shared_ptr<WordStream> words;
  boost::shared_ptr<KeyStream> keys;
  boost::shared_ptr<ColumnsStream> columns;
  Lucene::FieldPtr record;
  Lucene::FieldPtr body;
  Lucene::DocumentPtr document;
  Lucene::IndexWriterPtr writer;
  SegmentCache segments;
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
  return Guarded("adding a document", [&] {
    Impl& impl = *impl_;
    impl.words->Set(document.terms);
    impl.keys->Set(document.keys);
    impl.columns->Set(slot, document.record);
    impl.record->setValue(Bytes(document.stored_record, ""));
    impl.body->setValue(Bytes(document.digest, document.stored_body));
    if (replaces) {
      const std::string key = FoldedKey(kLineKey, document.record.line.ToString());
      impl.writer->updateDocument(Lucene::newLucene<Lucene::Term>(kKeysField, Wide(key)), impl.document);
    } else {
      impl.writer->addDocument(impl.document);
    }
    return Status::Ok();
  });
}

StatusOr<std::shared_ptr<const PostingsReader>> PostingsWriter::Refresh() {
  std::shared_ptr<const PostingsReader> reader;
  RETURN_IF_ERROR(Guarded("making additions visible", [&] {
    reader = std::make_shared<PostingsReader>(impl_->writer->getReader(), impl_->segments);
    return Status::Ok();
  }));
  return reader;
}

StatusOr<std::shared_ptr<const PostingsReader>> PostingsWriter::ReadCommit() {
  std::shared_ptr<const PostingsReader> reader;
  RETURN_IF_ERROR(Guarded("reading the commit", [&] {
    const Lucene::DirectoryPtr directory = OpenDirectory(impl_->options.directory);
    reader = std::make_shared<PostingsReader>(Lucene::IndexReader::open(directory, true), impl_->segments);
    return Status::Ok();
  }));
  return reader;
}

Status PostingsWriter::Commit(const UserData& user_data) {
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
