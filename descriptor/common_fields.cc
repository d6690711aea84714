// SPDX-License-Identifier: Apache-2.0
#include "descriptor/common_fields.h"

#include <charconv>

namespace souk::descriptor {

void ReadTags(const Fields& fields, google::protobuf::RepeatedPtrField<std::string>& tags) {
  fields.EachText("tags", [&](std::string_view tag) { tags.Add()->assign(tag); });
}

void ReadDescription(const Fields& fields, const std::function<v1::Description*()>& make) {
  fields.With("description", [&](const Fields& inner) {
    v1::Description* description = make();
    SetText(*description, &v1::Description::mutable_purpose, inner.Text("purpose"));
    SetText(*description, &v1::Description::mutable_usage, inner.Text("usage"));
    SetText(*description, &v1::Description::mutable_limitations, inner.Text("limitations"));
  });
}

bool ParseApiVersion(std::string_view text, uint32_t& major, uint32_t& minor) {
  if (text.starts_with('v')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return false;
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  return second.ec == std::errc() && (second.ptr == end || *second.ptr == '.');
}

}  // namespace souk::descriptor
