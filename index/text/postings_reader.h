// SPDX-License-Identifier: Apache-2.0
// One state of the inverted index, read in bulk: the segments in files and, behind them, the documents that are in
// memory yet. Immutable and thread-safe; what it was opened on stays readable until it is destroyed, whatever the
// writer does.
//
// INTERNAL from every method that meets what Lucene++ throws.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/text/postings_files.h"
#include "index/text/postings_memory.h"
#include "index/text/postings_segment.h"

namespace souk::text {

class PostingsReader {
 public:
  PostingsReader(std::shared_ptr<const PostingsFiles> files, PostingsMemory::View memory);

  const std::vector<Segment>& segments() const { return segments_; }
  // One above the highest document number.
  uint32_t documents_end() const { return documents_end_; }

  // Every field's postings of a term, a block at a time.
  Status ForEachPosting(size_t segment, std::string_view term, const PostingVisitor& visit) const;
  // Documents of the key, or, with `prefix`, of every key that begins with it.
  Status ForEachKey(size_t segment, std::string_view key, bool prefix, const KeyVisitor& visit) const;
  // Where the term stands in those of `documents` (ascending, of the segment) that have it.
  Status ForEachPosition(size_t segment, std::string_view term, TextField field, const std::vector<uint32_t>& documents,
                         const PositionVisitor& visit) const;
  // Whole index numbering. The digest is stored with the body.
  StatusOr<std::string> Stored(uint32_t document, StoredPart part) const;
  StatusOr<std::string> StoredDigest(uint32_t document) const;
  // Every document that is not deleted, in the order of their numbers, until visit returns false.
  Status ForEachDocument(const std::function<bool(uint32_t document)>& visit) const;

 private:
  bool InMemory(size_t segment) const { return segment == files_->segments().size(); }
  // True if a newer document in memory took the place of this one, of a segment in files.
  bool Replaced(const Segment& segment, uint32_t document) const {
    return memory_.Replaced(segment.columns->slots[document]);
  }
  StatusOr<std::string> StoredBytes(uint32_t document, StoredPart part) const;

  std::shared_ptr<const PostingsFiles> files_;
  PostingsMemory::View memory_;
  std::vector<Segment> segments_;
  uint32_t documents_end_ = 0;
};

}  // namespace souk::text
