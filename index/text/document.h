// SPDX-License-Identifier: Apache-2.0
// A line as the index sees it: what it is found by (words with their fields, keys) and what is kept of it. A pure
// function of the line's state; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "index/text/record.h"
#include "index/text/text_fields.h"
#include "souk/store/v1/records.pb.h"

namespace souk::text {

// Version of everything written to the index; another one is thrown away at open.
inline constexpr uint32_t kSchemaVersion = 1;

// Positions of one column's words stand at its ordinal times this, so a position tells the column.
inline constexpr uint32_t kColumnStride = 1024;

// Keys are whole strings behind one letter that says what they are.
inline constexpr char kWrittenNameKey = 'e';  // the name as written, folded
inline constexpr char kNameKey = 'n';         // NameKey of the name, and the resource id
inline constexpr char kIdentifierKey = 'x';   // descriptor and contract ids, resource names, physical names; folded
inline constexpr char kLineKey = 'i';         // the line's resource name: unique
inline constexpr size_t kKeyBytesMax = 1024;  // longer keys are cut, in documents and queries alike

// Terms in order of position, packed: one allocation for all.
class TermList {
 public:
  struct Term {
    std::string_view text;
    TextField field;
    uint32_t position;  // within the document
  };

  // What most lines need, at once.
  TermList() {
    constexpr size_t kUsualTerms = 512;
    constexpr size_t kUsualTermBytes = 8;
    terms_.reserve(kUsualTerms);
    bytes_.reserve(kUsualTerms * kUsualTermBytes);
  }

  void Add(std::string_view text, TextField field, uint32_t position) {
    terms_.push_back({static_cast<uint32_t>(bytes_.size()), static_cast<uint8_t>(text.size()), field, position});
    bytes_ += text;
  }
  size_t size() const { return terms_.size(); }
  std::string_view bytes() const { return bytes_; }  // all terms, one behind the other
  Term operator[](size_t i) const {
    const Entry& entry = terms_[i];
    return {std::string_view(bytes_).substr(entry.offset, entry.bytes), entry.field, entry.position};
  }

 private:
  struct Entry {
    uint32_t offset;
    uint8_t bytes;
    TextField field;
    uint32_t position;
  };
  std::string bytes_;
  std::vector<Entry> terms_;
};

struct IndexDocument {
  LineRecord record;
  TermList terms;
  std::vector<std::string> keys;  // each with its letter, no doubles
  std::string stored_record;      // EncodeRecord(record)
  std::string stored_body;        // its texts, as EncodeBody puts them
  std::string digest;             // of everything above: two documents are equal if their digests are
};

// INVALID_ARGUMENT if the state's name is no line name.
StatusOr<IndexDocument> BuildDocument(const store::v1::LineState& state);

// A key as BuildDocument makes it: the letter, then the text folded, trimmed and cut.
std::string FoldedKey(char letter, std::string_view text);

// "active" for PRODUCT_STATE_ACTIVE and so on; "unspecified" for numbers that are no state.
std::string_view StateName(uint8_t state);

}  // namespace souk::text
