// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "descriptor/bundle.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

struct Word {
  v1::ProductState state;
  std::string_view word;
};

constexpr std::array<Word, 5> kWords = {{{v1::PRODUCT_STATE_PROPOSED, "proposed"},
                                         {v1::PRODUCT_STATE_DRAFT, "draft"},
                                         {v1::PRODUCT_STATE_ACTIVE, "active"},
                                         {v1::PRODUCT_STATE_DEPRECATED, "deprecated"},
                                         {v1::PRODUCT_STATE_RETIRED, "retired"}}};

}  // namespace

v1::ProductState ParseState(std::string_view status) {
  const std::string word = Lower(Trimmed(status));
  for (const Word& known : kWords) {
    if (known.word == word) return known.state;
  }
  return v1::PRODUCT_STATE_UNSPECIFIED;
}

std::string_view StateWord(v1::ProductState state) {
  for (const Word& known : kWords) {
    if (known.state == state) return known.word;
  }
  return "unspecified";
}

}  // namespace souk::descriptor
