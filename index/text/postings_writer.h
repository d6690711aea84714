// SPDX-License-Identifier: Apache-2.0
// The writing side of the inverted index in one folder: what is new is searchable in memory and becomes a segment of
// files when there is enough of it. One thread at a time; merges run on a thread of their own.
//
// INTERNAL from every method that meets what Lucene++ throws; after one, only Close is of use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "index/text/document.h"
#include "index/text/postings_reader.h"

namespace souk::text {

using UserData = std::map<std::string, std::string>;

struct PostingsOptions {
  std::filesystem::path directory;
  // Called within Commit, when the new commit is safe on disk and the one before still is: with the names of all its
  // files. Only if it returns OK is the older one dropped.
  std::function<Status(const std::vector<std::string>& files, const UserData& user_data)> on_commit;
  // Called on the merging thread after merges: a Refresh would now see fewer segments.
  std::function<void()> on_merged;
};

class PostingsWriter {
 public:
  // Opens the newest commit of the folder, or, with `create`, starts empty.
  static StatusOr<std::unique_ptr<PostingsWriter>> Open(PostingsOptions options, bool create);
  // Closes.
  ~PostingsWriter();
  PostingsWriter(const PostingsWriter&) = delete;
  PostingsWriter& operator=(const PostingsWriter&) = delete;

  // `replaces`: an older document of the same line may be there, in the same slot; it is deleted.
  Status Add(const IndexDocument& document, uint32_t slot, bool replaces);
  // A reader that sees everything added so far.
  StatusOr<std::shared_ptr<const PostingsReader>> Refresh();
  // A reader of the newest commit on files of its own: what it maps into memory goes with it.
  StatusOr<std::shared_ptr<const PostingsReader>> ReadCommit();
  // Makes everything added so far durable. Does nothing, and calls no one, if nothing was added or merged. A Refresh
  // would then find in files what was in memory.
  Status Commit(const UserData& user_data);
  // Asks for few segments, in the background, as far as the index's size makes that worth its cost.
  Status Compact();
  // What merging failed with last; empty if it did not.
  std::string merge_fault() const;

  // Forgets what was not committed and stops merging. Readers live on. Idempotent.
  void Close();

 private:
  struct Impl;
  // Writes what is in memory as a segment.
  Status Flush();
  explicit PostingsWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// User data of the newest commit in a folder, as Lucene++ reads it back.
StatusOr<UserData> ReadUserData(const std::filesystem::path& directory);

}  // namespace souk::text
