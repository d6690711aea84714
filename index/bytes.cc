// SPDX-License-Identifier: Apache-2.0
#include "index/bytes.h"

namespace souk::index {

void PutNumber(std::string& out, uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>(0x80U | (number & 0x7FU));
    number >>= 7U;
  }
  out += static_cast<char>(number);
}

void PutText(std::string& out, std::string_view text) {
  PutNumber(out, text.size());
  out += text;
}

void PutTexts(std::string& out, const std::vector<std::string>& texts) {
  PutNumber(out, texts.size());
  for (const std::string& text : texts) PutText(out, text);
}

uint64_t ByteSource::Number() {
  uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at_ >= bytes_.size()) break;
    const auto byte = static_cast<unsigned char>(bytes_[at_++]);
    number |= static_cast<uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return number;
  }
  ok_ = false;
  return 0;
}

std::string_view ByteSource::Text() {
  const uint64_t size = Number();
  if (!ok_ || size > bytes_.size() - at_) {
    ok_ = false;
    return {};
  }
  const std::string_view text = bytes_.substr(at_, size);
  at_ += size;
  return text;
}

size_t ByteSource::Count() {
  const uint64_t count = Number();
  if (count > bytes_.size() - at_) ok_ = false;
  return ok_ ? count : 0;
}

std::vector<std::string> ByteSource::Texts() {
  std::vector<std::string> texts(Count());
  for (std::string& text : texts) text = Text();
  return texts;
}

}  // namespace souk::index
