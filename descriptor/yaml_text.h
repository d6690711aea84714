// SPDX-License-Identifier: Apache-2.0
// Between our contract and libyaml, which counts in characters where we count in bytes, and follows YAML 1.1 where
// U+0085, U+2028 and U+2029 end a line; in YAML 1.2 they are text like any other. Values of one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "descriptor/document_tree.h"

namespace souk::descriptor {

// What the bytes of a YAML document hold that matters below. They must be clean UTF-8.
struct YamlSurvey {
  bool ascii = true;                // nothing but ASCII, and none of the below
  bool old_breaks = false;          // one of the characters that end a line in YAML 1.1 only
  std::optional<size_t> forbidden;  // index of the first byte of a character that YAML does not allow
};
YamlSurvey SurveyYaml(std::string_view bytes);

// Text in which other characters stand for YAML 1.1's breaks, one for one, and back. The stand-ins are noncharacters,
// which Unicode keeps free for such a use inside a program.
std::string HideOldBreaks(std::string_view text);
std::string ShowOldBreaks(std::string_view text);

// Lines and byte columns of places in a text. Quick for places that come in order.
class YamlPlaces {
 public:
  explicit YamlPlaces(std::string_view bytes) : bytes_(bytes) {}

  Position OfCharacter(size_t index);
  Position OfByte(size_t offset);

 private:
  void Step();
  void Restart();
  Position Here() const;

  std::string_view bytes_;
  size_t offset_ = 0;
  size_t index_ = 0;  // of the character at offset_
  size_t line_start_ = 0;
  uint32_t line_ = 1;
};

}  // namespace souk::descriptor
