// SPDX-License-Identifier: Apache-2.0
// The newest documents, searchable in memory before they are in a file: words and where they stand, keys, and what is
// stored. It only grows; when it has grown enough its documents are written as one segment (postings_flush.h) and the
// next one begins, so no file is ever made for a handful of documents.
//
// One thread adds. Any thread reads, through a PostingsMemory::View that shows what was there when it was taken.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/text/document.h"
#include "index/text/postings_segment.h"
#include "index/text/postings_terms.h"

namespace souk::text {

class PostingsMemory {
 public:
  using Occurrence = PostingsTerms::Occurrence;

  struct Document {
    uint32_t slot;
    bool replaces;         // a document in the files
    uint32_t hidden_from;  // number of the document that took its place; kNone if there is none
    std::string line_key;
    std::string record;
    std::string body;  // the digest, the texts
  };
  static constexpr uint32_t kNone = UINT32_MAX;

  // What a reader sees. Thread-safe; outlives the adding.
  class View {
   public:
    View() = default;  // of nothing

    // Numbered from 0, the hidden ones too.
    uint32_t documents() const { return end_; }
    const std::shared_ptr<const SegmentColumns>& columns() const { return columns_; }
    // True if the files' document in this slot was replaced by one in memory.
    bool Replaced(uint32_t slot) const {
      return replaced_ != nullptr && slot < replaced_->size() && (*replaced_)[slot];
    }
    bool ReplacesAny() const { return replaced_ != nullptr; }
    bool Hidden(uint32_t document) const;

    void ForEachPosting(std::string_view term, const PostingVisitor& visit) const;
    void ForEachKey(std::string_view key, bool prefix, const KeyVisitor& visit) const;
    void ForEachPosition(std::string_view term, TextField field, const std::vector<uint32_t>& documents,
                         const PositionVisitor& visit) const;
    std::string Stored(uint32_t document, StoredPart part) const;

   private:
    friend class PostingsMemory;
    std::shared_ptr<const PostingsMemory> memory_;
    uint32_t end_ = 0;
    std::shared_ptr<const SegmentColumns> columns_;
    std::shared_ptr<const std::vector<bool>> replaced_;
  };

  // `replaces`: an older document of the slot may be in the files. One of this memory is found by itself.
  void Add(const IndexDocument& document, uint32_t slot, bool replaces);

  // The rest is for the adding thread.
  static View ViewOf(const std::shared_ptr<const PostingsMemory>& memory);
  bool empty() const { return documents_.empty(); }
  size_t bytes() const { return bytes_; }  // that it holds, roughly
  const std::vector<Document>& documents() const { return documents_; }
  const SegmentColumns& columns() const { return columns_; }
  // A term ends with its field's mark and letter (wide.h).
  const PostingsTerms& terms() const { return terms_; }
  const std::map<std::string, std::vector<uint32_t>, std::less<>>& keys() const { return keys_; }

 private:
  void AddTerms(const TermList& terms, uint32_t number);
  void AddColumns(const LineRecord& record, uint32_t slot);
  bool HiddenAt(uint32_t document, uint32_t end) const { return documents_[document].hidden_from < end; }

  mutable std::shared_mutex mutex_;  // guards everything below: held by the adding thread while it changes them
  std::vector<Document> documents_;
  PostingsTerms terms_;
  std::map<std::string, std::vector<uint32_t>, std::less<>> keys_;
  // Of the adding thread only.
  SegmentColumns columns_;
  std::unordered_map<uint32_t, uint32_t> newest_;  // document by slot
  std::shared_ptr<const std::vector<bool>> replaced_;
  size_t bytes_ = 0;
  std::string term_;  // scratch
};

}  // namespace souk::text
