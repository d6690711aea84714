// SPDX-License-Identifier: Apache-2.0
#include "index/text/generation.h"

#include <algorithm>
#include <utility>

#include "base/errors.h"
#include "index/files.h"
#include "index/text/document.h"
#include "index/text/merge_few.h"

namespace souk::text {
namespace {

// Values of a kind as a line has them, each once.
std::vector<uint32_t> DistinctValues(const Row& row, ValueKind kind) {
  const std::span<const uint32_t> values = row.Values(kind);
  std::vector<uint32_t> distinct(values.begin(), values.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  return distinct;
}

UserData UserDataOf(storage::Revision revision, const std::string& epoch) {
  return {{"revision", std::to_string(revision)}, {"epoch", epoch}, {"schema", std::to_string(kSchemaVersion)}};
}

}  // namespace

Generation::Generation(Options options)
    : options_(std::move(options)), folder_(std::make_shared<Folder>(options_.directory)) {}

Generation::~Generation() = default;

StatusOr<std::unique_ptr<Generation>> Generation::Create(Options options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) return errors::FolderUnusable(options.directory.string(), error);
  std::unique_ptr<Generation> generation(new Generation(std::move(options)));
  RETURN_IF_ERROR(generation->OpenWriter(true));
  return generation;
}

StatusOr<std::unique_ptr<Generation>> Generation::Open(Options options) {
  ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(options.directory));
  if (manifest.schema != kSchemaVersion) return errors::DataLoss("the text index is of another version of souk");
  if (manifest.epoch != options.epoch) return errors::DataLoss("the text index belongs to another store");
  const std::vector<TextFault> faults = CheckFiles(options.directory, manifest);
  if (!faults.empty()) return errors::DataLoss("text index, " + faults.front().subject + ": " + faults.front().message);
  RETURN_IF_ERROR(RemoveOtherCommits(options.directory, manifest));

  std::unique_ptr<Generation> generation(new Generation(std::move(options)));
  generation->durable_.store(manifest.revision);
  generation->manifest_ = std::move(manifest);
  RETURN_IF_ERROR(generation->OpenWriter(false));
  RETURN_IF_ERROR(generation->LoadRows());
  return generation;
}

Status Generation::OpenWriter(bool create) {
  PostingsOptions options;
  options.directory = options_.directory;
  options.on_commit = [this](const std::vector<std::string>& files, const UserData& user_data) {
    return AcceptCommit(files, user_data);
  };
  options.on_merged = options_.on_merged;
  ASSIGN_OR_RETURN(writer_, PostingsWriter::Open(std::move(options), create));
  ASSIGN_OR_RETURN(postings_, writer_->Refresh());
  return Status::Ok();
}

Status Generation::LoadRows() {
  ASSIGN_OR_RETURN(const std::shared_ptr<const PostingsReader> commit, writer_->ReadCommit());
  Status fault;
  uint64_t documents = 0;
  RETURN_IF_ERROR(commit->ForEachDocument([&](uint32_t document) {
    fault = LoadRow(*commit, document);
    ++documents;
    return fault.ok();
  }));
  if (fault.ok() && documents != manifest_.documents) {
    fault = errors::DataLoss("the text index holds " + std::to_string(documents) + " lines, committed were " +
                             std::to_string(manifest_.documents));
  }
  return fault;
}

Status Generation::LoadRow(const PostingsReader& commit, uint32_t document) {
  ASSIGN_OR_RETURN(const std::string bytes, commit.Stored(document, StoredPart::kRecord));
  ASSIGN_OR_RETURN(const LineRecord record, DecodeRecord(bytes));
  const std::vector<Segment>& segments = commit.segments();
  const auto after = std::upper_bound(segments.begin(), segments.end(), document,
                                      [](uint32_t value, const Segment& segment) { return value < segment.base; });
  const Segment& segment = *std::prev(after);
  const uint32_t slot = segment.columns->slots[document - segment.base];
  const bool fresh =
      slot < manifest_.documents && rows_.Find(slot) == nullptr && slots_.emplace(record.line.ToString(), slot).second;
  if (!fresh) return errors::DataLoss("the text index holds a line twice");
  SetRow(slot, record);
  new_slots_.push_back(slot);
  return Status::Ok();
}

Status Generation::Put(const store::v1::LineState& state) {
  ASSIGN_OR_RETURN(const IndexDocument document, BuildDocument(state));
  const auto [entry, fresh] = slots_.emplace(state.name(), static_cast<uint32_t>(slots_.size()));
  const uint32_t slot = entry->second;
  RETURN_IF_ERROR(writer_->Add(document, slot, !fresh));
  SetRow(slot, document.record);
  if (fresh) new_slots_.push_back(slot);
  added_ = true;
  return Status::Ok();
}

void Generation::SetRow(uint32_t slot, const LineRecord& record) {
  auto row = std::make_shared<const Row>(record, *dictionaries_);
  for (size_t i = 0; i < kTextFieldCount; ++i) length_sums_[i] += DecodeLength(record.lengths[i]);
  Count(*row, 1);
  if (const Row* old = rows_.Find(slot); old != nullptr) {
    for (size_t i = 0; i < kTextFieldCount; ++i) length_sums_[i] -= DecodeLength(old->lengths()[i]);
    Count(*old, -1);
  }
  rows_.Set(slot, std::move(row));
}

void Generation::Count(const Row& row, int32_t by) {
  if (row.state() == v1::PRODUCT_STATE_RETIRED) return;
  for (const ValueKind kind : kSuggestKinds) {
    for (const uint32_t id : DistinctValues(row, kind)) (*dictionaries_)[kind].AddLines(id, by);
  }
}

void Generation::SortNewSlots() {
  if (new_slots_.empty()) return;
  Snapshot names;  // only what NameLess reads
  names.dictionaries = dictionaries_;
  names.rows = rows_.Share();
  const auto less = [&names](uint32_t a, uint32_t b) { return names.NameLess(a, b); };
  std::sort(new_slots_.begin(), new_slots_.end(), less);
  by_name_ = std::make_shared<const std::vector<uint32_t>>(MergeFew(*by_name_, new_slots_, less));
  new_slots_.clear();
}

std::array<double, kTextFieldCount> Generation::AverageLengths() const {
  std::array<double, kTextFieldCount> averages{};
  if (slots_.empty()) return averages;
  for (size_t i = 0; i < kTextFieldCount; ++i) {
    averages[i] = static_cast<double>(length_sums_[i]) / static_cast<double>(slots_.size());
  }
  return averages;
}

StatusOr<std::shared_ptr<const Snapshot>> Generation::Publish(storage::Revision revision) {
  ASSIGN_OR_RETURN(postings_, writer_->Refresh());
  SortNewSlots();
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->folder = folder_;
  snapshot->dictionaries = dictionaries_;
  snapshot->postings = postings_;
  snapshot->impacts = std::make_shared<const ImpactTable>(AverageLengths());
  snapshot->by_name = by_name_;
  snapshot->rows = rows_.Share();
  snapshot->suggest = suggest_.Update(*dictionaries_);
  snapshot->revision = revision;
  added_ = false;
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

Status Generation::Commit(storage::Revision revision) {
  if (added_) return errors::Internal("the text index was not published before its commit");
  const std::lock_guard lock(commit_mutex_);
  RETURN_IF_ERROR(writer_->Commit(UserDataOf(revision, options_.epoch)));
  if (manifest_.revision == revision && manifest_.documents == slots_.size()) return Status::Ok();
  // Nothing was added since the last commit, so Lucene++ made none: the manifest alone says the new revision.
  Manifest manifest = manifest_;
  manifest.revision = revision;
  return SetManifest(std::move(manifest));
}

// Runs within Commit: the files of the new commit are synced, those of the old one still there.
Status Generation::AcceptCommit(const std::vector<std::string>& files, const UserData& user_data) {
  RETURN_IF_ERROR(index::SyncDirectory(options_.directory));
  Manifest manifest;
  manifest.schema = kSchemaVersion;
  manifest.epoch = options_.epoch;
  manifest.documents = slots_.size();
  const auto revision = user_data.find("revision");
  manifest.revision = revision == user_data.end() ? 0 : std::stoull(revision->second);
  for (const std::string& file : files) {
    // Lucene++ writes each file once: what is known stays true.
    if (const auto known = manifest_.files.find(file); known != manifest_.files.end()) {
      manifest.files.insert(*known);
      continue;
    }
    ASSIGN_OR_RETURN(manifest.files[file], index::ChecksumFile(options_.directory / file));
  }
  return SetManifest(std::move(manifest));
}

Status Generation::SetManifest(Manifest manifest) {
  RETURN_IF_ERROR(WriteManifest(options_.directory, manifest));
  manifest_ = std::move(manifest);
  durable_.store(manifest_.revision);
  return Status::Ok();
}

Status Generation::Compact() { return writer_->Compact(); }

std::vector<TextFault> Generation::CheckCommitted(uint64_t* files_checked) const {
  const std::lock_guard lock(commit_mutex_);
  *files_checked = manifest_.files.size();
  if (manifest_.files.empty()) return {};
  const StatusOr<Manifest> stored = ReadManifest(options_.directory);
  std::vector<TextFault> faults = CheckFiles(options_.directory, manifest_);
  if (!stored.ok()) faults.push_back({"MANIFEST", stored.status().message()});
  return faults;
}

}  // namespace souk::text
