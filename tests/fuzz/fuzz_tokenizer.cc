// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "index/text/query.h"
#include "index/text/tokenizer.h"
#include "index/text/unicode.h"
#include "index/text/wide.h"

// Any bytes give terms that are short, not empty, inside the text, and in order.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  uint32_t position = 0;
  souk::text::Tokenize(text, [&](const souk::text::Token& token) {
    const bool inside = token.start < token.end && token.end <= size;
    const bool ordered = token.position >= position;
    if (!inside || !ordered || token.term.empty() || token.term.size() > souk::text::kTermBytesMax) std::abort();
    if (souk::text::Narrow(souk::text::Wide(token.term)) != token.term) std::abort();
    position = token.position;
  });
  (void)souk::text::NameKey(text);
  (void)souk::text::FoldText(text);
  (void)souk::text::ParseQuery(text);
  return 0;
}
