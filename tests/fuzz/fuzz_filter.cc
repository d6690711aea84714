// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "index/text/filter.h"

// Any text is a filter or an error; a filter can be asked.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<std::string> fields = {"state", "domain", "tag"};
  static const std::vector<std::string> values = {"active", "sales", "10", ""};
  const auto filter = souk::text::Filter::Parse({reinterpret_cast<const char*>(data), size}, fields);
  if (!filter.ok()) return 0;
  (void)filter->Matches([](std::string_view) -> const std::vector<std::string>& { return values; });
  (void)filter->Names("state");
  return 0;
}
