// SPDX-License-Identifier: Apache-2.0
// Numbers and texts in a row of bytes, as the indexes keep them in their files: numbers seven bits a byte, lowest
// first, the eighth says that more follow; a text behind its size. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace souk::index {

void PutNumber(std::string& out, uint64_t number);
void PutText(std::string& out, std::string_view text);
void PutTexts(std::string& out, const std::vector<std::string>& texts);

// Reads what the Put functions wrote; after a fault everything reads as empty and ok() is false.
class ByteSource {
 public:
  explicit ByteSource(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == bytes_.size(); }

  uint64_t Number();
  std::string_view Text();
  // A count of things that take at least a byte each.
  size_t Count();
  std::vector<std::string> Texts();

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace souk::index
