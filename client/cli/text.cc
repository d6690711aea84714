// SPDX-License-Identifier: Apache-2.0
#include "client/cli/text.h"

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <clocale>
#include <cwchar>

#include "base/names.h"

namespace souk::cli {
namespace {

struct Character {
  uint32_t code = 0;
  size_t bytes = 1;
  bool valid = false;
};

// Decodes the character at the beginning of `text`, which is not empty.
Character Decode(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  uint32_t code = lead & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  return {code, length, true};
}

bool IsControl(uint32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

// Marks that reorder the text around them can make a terminal show what is not there.
bool IsBidiControl(uint32_t code) { return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069); }

int WidthOf(const Character& character) {
  if (!character.valid || IsControl(character.code)) return 1;
  // wcwidth knows characters only in a locale that has them; ours is not the user's to choose.
  static const locale_t kUtf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const locale_t before = kUtf8 != nullptr ? ::uselocale(kUtf8) : nullptr;
  const int width = ::wcwidth(static_cast<wchar_t>(character.code));
  if (before != nullptr) ::uselocale(before);
  return width < 0 ? 1 : width;
}

}  // namespace

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Character character = Decode(text);
    width += WidthOf(character);
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string Fit(std::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  std::string out;
  int used = 1;  // the ellipsis
  while (!text.empty()) {
    const Character character = Decode(text);
    used += WidthOf(character);
    if (used > width) break;
    out.append(text.substr(0, character.bytes));
    text.remove_prefix(character.bytes);
  }
  return out + "…";
}

std::string Clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = Decode(text);
    if (character.valid && (character.code == '\n' || character.code == '\t' || character.code == '\r')) {
      out += ' ';
    } else if (!character.valid || IsControl(character.code) || IsBidiControl(character.code)) {
      out += '?';
    } else {
      out.append(text.substr(0, character.bytes));
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::string StateWord(v1::ProductState state) {
  constexpr std::string_view kPrefix = "PRODUCT_STATE_";
  if (state == v1::PRODUCT_STATE_UNSPECIFIED) return {};
  std::string word = v1::ProductState_Name(state).substr(kPrefix.size());
  for (char& c : word) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return word;
}

v1::ProductState StateOf(std::string_view word) {
  for (int i = v1::ProductState_MIN; i <= v1::ProductState_MAX; ++i) {
    const auto state = static_cast<v1::ProductState>(i);
    if (!word.empty() && StateWord(state) == word) return state;
  }
  return v1::PRODUCT_STATE_UNSPECIFIED;
}

std::string TimeWord(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return {};
  google::protobuf::Timestamp seconds = time;
  seconds.set_nanos(0);
  return google::protobuf::util::TimeUtil::ToString(seconds);
}

std::string ShortName(const std::string& resource_name) {
  const StatusOr<LineName> line = ParseLineName(resource_name);
  return line.ok() ? line->Short() : resource_name;
}

std::string LastSegment(const std::string& resource_name) {
  return resource_name.substr(resource_name.rfind('/') + 1);  // npos + 1 is 0: no slash, the whole
}

std::string Join(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += separator;
    out += items[i];
  }
  return out;
}

std::string Count(uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace souk::cli
