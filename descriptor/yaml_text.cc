// SPDX-License-Identifier: Apache-2.0
#include "descriptor/yaml_text.h"

#include <algorithm>
#include <array>

namespace souk::descriptor {
namespace {

struct StandIn {
  std::string_view old_break;
  std::string_view stand_in;
};
constexpr std::array<StandIn, 3> kStandIns = {{
    {"\xC2\x85", "\xEF\xB7\x90"},      // U+0085 next line, U+FDD0
    {"\xE2\x80\xA8", "\xEF\xB7\x91"},  // U+2028 line separator, U+FDD1
    {"\xE2\x80\xA9", "\xEF\xB7\x92"},  // U+2029 paragraph separator, U+FDD2
}};

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// True if all bytes are printable ASCII or white space: nothing then needs a closer look. Without a branch in the loop,
// for the compiler to look at many bytes at once.
bool IsPlainAscii(std::string_view bytes) {
  unsigned odd = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool white = byte == '\t' || byte == '\n' || byte == '\r';
    odd |= static_cast<unsigned>(byte > 0x7E) | static_cast<unsigned>(byte < 0x20 && !white);
  }
  return odd == 0;
}

bool IsOldBreak(std::string_view rest) {
  return std::any_of(kStandIns.begin(), kStandIns.end(),
                     [&](const StandIn& pair) { return rest.starts_with(pair.old_break); });
}

// Control characters other than tab and line ends, and the two noncharacters U+FFFE and U+FFFF.
bool IsForbidden(std::string_view rest) {
  const auto first = static_cast<unsigned char>(rest.front());
  if (first < 0x20) return first != '\t' && first != '\n' && first != '\r';
  if (first == 0x7F) return true;
  if (first == 0xC2) return static_cast<unsigned char>(rest[1]) < 0xA0 && rest[1] != '\x85';
  return rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF");
}

std::string Exchanged(std::string_view text, std::string_view StandIn::*from, std::string_view StandIn::*to) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto* const found = std::find_if(kStandIns.begin(), kStandIns.end(),
                                           [&](const StandIn& pair) { return text.starts_with(pair.*from); });
    out += found == kStandIns.end() ? text.substr(0, 1) : found->*to;
    text.remove_prefix(found == kStandIns.end() ? 1 : (found->*from).size());
  }
  return out;
}

}  // namespace

YamlSurvey SurveyYaml(std::string_view bytes) {
  YamlSurvey survey;
  survey.ascii = IsPlainAscii(bytes);
  if (survey.ascii) return survey;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (byte >= 0x20 && byte < 0x7F) continue;
    const std::string_view rest = bytes.substr(i);
    if (!survey.forbidden && IsForbidden(rest)) survey.forbidden = i;
    survey.old_breaks = survey.old_breaks || (byte >= 0x80 && IsOldBreak(rest));
  }
  return survey;
}

std::string HideOldBreaks(std::string_view text) { return Exchanged(text, &StandIn::old_break, &StandIn::stand_in); }

std::string ShowOldBreaks(std::string_view text) { return Exchanged(text, &StandIn::stand_in, &StandIn::old_break); }

Position YamlPlaces::OfCharacter(size_t index) {
  if (index < index_) Restart();
  while (index_ < index && offset_ < bytes_.size()) Step();
  return Here();
}

Position YamlPlaces::OfByte(size_t offset) {
  if (offset < offset_) Restart();
  while (offset_ < offset && offset_ < bytes_.size()) Step();
  return Here();
}

// One character. A line ends with LF, CR LF, or CR alone.
void YamlPlaces::Step() {
  const char first = bytes_[offset_++];
  while (offset_ < bytes_.size() && IsContinuation(bytes_[offset_])) ++offset_;
  ++index_;
  const bool before_lf = offset_ < bytes_.size() && bytes_[offset_] == '\n';
  if (first == '\n' || (first == '\r' && !before_lf)) {
    ++line_;
    line_start_ = offset_;
  }
}

void YamlPlaces::Restart() { *this = YamlPlaces(bytes_); }

Position YamlPlaces::Here() const { return {line_, static_cast<uint32_t>(offset_ - line_start_) + 1}; }

}  // namespace souk::descriptor
