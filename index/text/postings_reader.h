// SPDX-License-Identifier: Apache-2.0
// One state of the inverted index, read in bulk. Immutable and thread-safe; what it was opened on stays readable until
// it is destroyed, whatever the writer does.
//
// INTERNAL from every method that meets what Lucene++ throws.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/text/text_fields.h"

namespace boost {
template <class T>
class shared_ptr;
}
namespace Lucene {
class IndexReader;
}

namespace souk::text {

// What scoring needs of each document of a segment, by its number there.
struct SegmentColumns {
  static constexpr uint32_t kNoSlot = UINT32_MAX;  // a document that was already deleted when the segment was opened

  std::vector<uint32_t> slots;
  std::vector<uint8_t> states;
  std::array<std::vector<uint8_t>, kTextFieldCount> lengths;
};

struct Segment {
  std::string name;
  uint32_t base = 0;  // number of its first document in the whole
  uint32_t documents = 0;
  std::shared_ptr<const SegmentColumns> columns;
};

// Columns of segments that were opened before, by segment name.
using SegmentCache = std::map<std::string, std::shared_ptr<const SegmentColumns>>;

enum class StoredPart : uint8_t { kRecord, kBody };

class PostingsReader {
 public:
  // Documents are numbered within the segment; deleted ones are left out.
  using PostingVisitor =
      std::function<void(TextField field, const int32_t* documents, const int32_t* counts, size_t size)>;
  using KeyVisitor = std::function<void(std::string_view rest, const int32_t* documents, size_t size)>;
  using PositionVisitor = std::function<void(uint32_t document, const std::vector<uint32_t>& positions)>;

  // Takes over the reader; fills the cache with segments that it lacks and drops others. Throws what Lucene++ throws.
  PostingsReader(const boost::shared_ptr<Lucene::IndexReader>& reader, SegmentCache& cache);
  ~PostingsReader();
  PostingsReader(const PostingsReader&) = delete;
  PostingsReader& operator=(const PostingsReader&) = delete;

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
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::vector<Segment> segments_;
  uint32_t documents_end_ = 0;
};

}  // namespace souk::text
