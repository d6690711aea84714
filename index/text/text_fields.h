// SPDX-License-Identifier: Apache-2.0
// The text fields of a line, in one visible table: what they are called in answers, how much they weigh in a score, and
// how strongly their length counts. Constants; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace souk::text {

// The order is on disk (a term's last letter is its field's): change it only together with kSchemaVersion.
enum class TextField : uint8_t {
  kName,
  kTitle,
  kSynonym,
  kTag,
  kDomain,
  kPurpose,
  kDocs,
  kColumn,
  kColumnDocs,
  kPhysicalName,
  kOwner,
};
inline constexpr size_t kTextFieldCount = 11;

struct TextFieldSpec {
  TextField field;
  std::string_view label;  // in matched_on, highlights and explanations
  float weight;            // of one occurrence, in BM25F
  float length_share;      // b: 0 ignores the field's length, 1 divides by it
  bool prose;              // stop words are left out
};

inline constexpr std::array<TextFieldSpec, kTextFieldCount> kTextFields = {{
    {TextField::kName, "name", 8.0F, 0.5F, false},                   // as written
    {TextField::kTitle, "title", 4.0F, 0.5F, false},                 // names of contracts and business names of tables
    {TextField::kSynonym, "synonym", 5.0F, 0.3F, false},             // other words people use
    {TextField::kTag, "tag", 2.0F, 0.3F, false},                     // of product, ports, tables
    {TextField::kDomain, "domain", 2.0F, 0.0F, false},               // as written
    {TextField::kPurpose, "description", 2.0F, 0.5F, true},          // the purpose
    {TextField::kDocs, "docs", 0.8F, 0.5F, true},                    // usage, limitations, ports, tables
    {TextField::kColumn, "column", 1.5F, 0.6F, false},               // paths, physical and business names
    {TextField::kColumnDocs, "column_docs", 0.6F, 0.6F, true},       // what the values mean
    {TextField::kPhysicalName, "physical_name", 2.0F, 0.4F, false},  // tables, topics, files
    {TextField::kOwner, "owner", 1.0F, 0.3F, false},                 // team and people
}};

constexpr size_t IndexOf(TextField field) { return static_cast<size_t>(field); }
constexpr const TextFieldSpec& SpecOf(TextField field) { return kTextFields[IndexOf(field)]; }

// Saturation of repeated words, as in BM25.
inline constexpr double kSaturation = 1.2;

// Lengths are kept in one byte: exact to 15, then within 7 %. `EncodeLength` rounds down.
constexpr uint8_t EncodeLength(uint32_t words) {
  constexpr uint32_t kMantissaBits = 4;
  constexpr uint32_t kExact = 1U << kMantissaBits;
  if (words < kExact) return static_cast<uint8_t>(words);
  uint32_t shift = 0;
  while ((words >> shift) >= 2 * kExact) ++shift;
  const uint32_t code = kExact + shift * kExact + ((words >> shift) - kExact);
  return static_cast<uint8_t>(code < UINT8_MAX ? code : UINT8_MAX);
}
constexpr uint32_t DecodeLength(uint8_t code) {
  constexpr uint32_t kExact = 16;
  if (code < kExact) return code;
  const uint32_t shift = code / kExact - 1;
  return (kExact + code % kExact) << shift;
}

}  // namespace souk::text
