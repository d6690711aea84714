// SPDX-License-Identifier: Apache-2.0
// One generation of the index: a folder of Lucene++ files with its writer, and the columns in memory. A rebuild makes
// the next one beside it.
//
// For one thread at a time (the owner's lock); what Publish gives is for all threads. After a method failed, only
// destruction is of use.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "index/text/folder.h"
#include "index/text/postings_writer.h"
#include "index/text/snapshot.h"
#include "souk/store/v1/records.pb.h"

namespace souk::text {

class Generation {
 public:
  struct Options {
    std::filesystem::path directory;
    std::string epoch;
    // Called on the merging thread: a Publish would now give fewer segments.
    std::function<void()> on_merged;
  };

  // Empty, in a folder that is made.
  static StatusOr<std::unique_ptr<Generation>> Create(Options options);
  // What the folder's manifest speaks of. DATA_LOSS if a file, the epoch or the schema does not fit.
  static StatusOr<std::unique_ptr<Generation>> Open(Options options);
  // Stops writing. The folder stays, unless doomed.
  ~Generation();
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  // Adds the line, or replaces what is known of it. Visible after the next Publish.
  Status Put(const store::v1::LineState& state);
  // A snapshot of everything put so far, said to be of this revision.
  StatusOr<std::shared_ptr<const Snapshot>> Publish(storage::Revision revision);
  // Makes what was published last durable as this revision.
  Status Commit(storage::Revision revision);
  // Asks for few segments, in the background.
  Status Compact();

  // Thread-safe.
  storage::Revision durable() const { return durable_.load(); }
  const std::shared_ptr<Folder>& folder() const { return folder_; }
  // Faults of the committed files. Keeps Commit waiting meanwhile, which would replace them. Thread-safe.
  std::vector<TextFault> CheckCommitted(uint64_t* files_checked) const;
  // What merging failed with last; empty if it did not.
  std::string merge_fault() const { return writer_->merge_fault(); }

 private:
  explicit Generation(Options options);

  Status OpenWriter(bool create);
  Status LoadRows();
  Status LoadRow(const PostingsReader& commit, uint32_t document);
  Status AcceptCommit(const std::vector<std::string>& files, const UserData& user_data);
  Status SetManifest(Manifest manifest);
  // Enters the row into the columns, in place of the slot's old one.
  void SetRow(uint32_t slot, const LineRecord& record);
  void Count(const Row& row, int32_t by);
  void SortNewSlots();
  std::array<double, kTextFieldCount> AverageLengths() const;

  Options options_;
  std::shared_ptr<Folder> folder_;

  std::shared_ptr<Dictionaries> dictionaries_ = std::make_shared<Dictionaries>();
  RowTable rows_;
  std::unordered_map<std::string, uint32_t> slots_;  // by line name
  std::vector<uint32_t> new_slots_;                  // not yet in by_name_
  std::shared_ptr<const std::vector<uint32_t>> by_name_ = std::make_shared<std::vector<uint32_t>>();
  std::array<uint64_t, kTextFieldCount> length_sums_{};
  SuggestBuilder suggest_;
  std::shared_ptr<const PostingsReader> postings_;
  bool added_ = false;  // since the last Publish

  mutable std::mutex commit_mutex_;  // guards the manifest, and the files that it speaks of
  Manifest manifest_;
  std::atomic<storage::Revision> durable_{0};

  std::unique_ptr<PostingsWriter> writer_;  // last: it calls back while it closes
};

}  // namespace souk::text
