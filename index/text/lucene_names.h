// SPDX-License-Identifier: Apache-2.0
// What the documents in Lucene++ are made of. On disk: change only together with kSchemaVersion. Constants.
//
//   field  indexed as                                stored  holds
//   "t"    terms with counts and positions           –       every word, its field's letter behind it (wide.h)
//   "k"    terms only                                –       keys: names and identifiers as a whole (document.h)
//   "v"    one term with a payload of 16 bytes       –       slot, state, length of each field: read into memory
//   "s"    –                                         yes     EncodeRecord: attributes, read into memory at open
//   "b"    –                                         yes     digest, EncodeBody: texts for highlights
#pragma once

#include <cstddef>
#include <cstdint>

#include "index/text/text_fields.h"

namespace souk::text {

inline constexpr wchar_t kTermsField[] = L"t";
inline constexpr wchar_t kKeysField[] = L"k";
inline constexpr wchar_t kColumnsField[] = L"v";
inline constexpr wchar_t kColumnsTerm[] = L"v";
inline constexpr wchar_t kRecordField[] = L"s";
inline constexpr wchar_t kBodyField[] = L"b";

inline constexpr int32_t kColumnsBytes = sizeof(uint32_t) + 1 + kTextFieldCount;
inline constexpr size_t kDigestBytes = 8;

}  // namespace souk::text
