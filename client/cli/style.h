// SPDX-License-Identifier: Apache-2.0
// Colour on a terminal, plain text elsewhere. Plain values.
#pragma once

#include <string>
#include <string_view>

namespace souk::cli {

class Style {
 public:
  explicit Style(bool coloured = false) : coloured_(coloured) {}

  std::string Bold(std::string_view text) const { return Wrap("1", text); }
  std::string Dim(std::string_view text) const { return Wrap("2", text); }
  std::string Red(std::string_view text) const { return Wrap("31", text); }
  std::string Green(std::string_view text) const { return Wrap("32", text); }
  std::string Yellow(std::string_view text) const { return Wrap("33", text); }
  bool coloured() const { return coloured_; }

 private:
  std::string Wrap(std::string_view code, std::string_view text) const {
    if (!coloured_ || text.empty()) return std::string(text);
    return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
  }

  bool coloured_;
};

}  // namespace souk::cli
