// SPDX-License-Identifier: Apache-2.0
// What the parts of the inverted index have in common: segments with their columns, and how their postings are visited.
// Values; thread-safe as such.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "index/text/text_fields.h"

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

enum class StoredPart : uint8_t { kRecord, kBody };

// Documents are numbered within the segment, ascending; deleted ones are left out.
using PostingVisitor =
    std::function<void(TextField field, const int32_t* documents, const int32_t* counts, size_t size)>;
using KeyVisitor = std::function<void(std::string_view rest, const int32_t* documents, size_t size)>;
using PositionVisitor = std::function<void(uint32_t document, const std::vector<uint32_t>& positions)>;

}  // namespace souk::text
