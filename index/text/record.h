// SPDX-License-Identifier: Apache-2.0
// What the index keeps of a line beside its words: the attributes for filters, facets and hits (LineRecord), and the
// texts for highlights (LineBody); and their compact form in the index's files. Pure functions; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "index/text/text_fields.h"

namespace souk::text {

// One table, topic or file, with its columns' paths in document order.
struct ObjectColumns {
  std::string object;
  std::vector<std::string> paths;

  bool operator==(const ObjectColumns&) const = default;
};

struct LineRecord {
  LineName line;
  uint8_t state = 0;  // v1::ProductState
  std::string descriptor_id;
  std::string display_name;
  std::string version;
  std::string summary;
  std::string team;
  std::vector<std::string> owners;
  std::vector<std::string> tags;
  std::vector<std::string> types;
  std::vector<std::string> platforms;
  std::vector<std::string> classifications;
  std::vector<ObjectColumns> objects;
  std::array<uint8_t, kTextFieldCount> lengths{};  // encoded

  bool operator==(const LineRecord&) const = default;
};

// A text that may be highlighted.
struct BodyText {
  TextField field;
  uint32_t column = 0;  // ordinal over all objects, for column docs
  std::string text;

  bool operator==(const BodyText&) const = default;
};
using LineBody = std::vector<BodyText>;

std::string EncodeRecord(const LineRecord& record);
// DATA_LOSS for bytes that are no record.
StatusOr<LineRecord> DecodeRecord(std::string_view bytes);

// Appends a text as EncodeBody puts it.
void AppendBodyText(std::string& out, TextField field, uint32_t column, std::string_view text);
std::string EncodeBody(const LineBody& body);
StatusOr<LineBody> DecodeBody(std::string_view bytes);

}  // namespace souk::text
