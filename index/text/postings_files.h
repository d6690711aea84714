// SPDX-License-Identifier: Apache-2.0
// One state of the inverted index's files, read in bulk through Lucene++. Immutable and thread-safe; what it was opened
// on stays readable until it is destroyed, whatever the writer does.
//
// INTERNAL from every method that meets what Lucene++ throws.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/text/postings_segment.h"

namespace boost {
template <class T>
class shared_ptr;
}
namespace Lucene {
class IndexReader;
}

namespace souk::text {

// Columns of segments that were opened before, by segment name.
using SegmentCache = std::map<std::string, std::shared_ptr<const SegmentColumns>>;

class PostingsFiles {
 public:
  // Takes over the reader; fills the cache with segments that it lacks and drops others. Throws what Lucene++ throws.
  PostingsFiles(const boost::shared_ptr<Lucene::IndexReader>& reader, SegmentCache& cache);
  ~PostingsFiles();
  PostingsFiles(const PostingsFiles&) = delete;
  PostingsFiles& operator=(const PostingsFiles&) = delete;

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
  // Numbered over all segments. The digest is in front of the body.
  StatusOr<std::string> Stored(uint32_t document, StoredPart part) const;
  // Every document that is not deleted, in the order of their numbers, until visit returns false.
  Status ForEachDocument(const std::function<bool(uint32_t document)>& visit) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::vector<Segment> segments_;
  uint32_t documents_end_ = 0;
};

}  // namespace souk::text
