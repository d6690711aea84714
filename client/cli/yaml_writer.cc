// SPDX-License-Identifier: Apache-2.0
#include "client/cli/yaml_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/errors.h"

namespace souk::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kIndent = 2;

// Plain only where no YAML reader, old or new, could take it for something else: words of letters, digits and a few
// signs that start with a letter or slash, and are not one of YAML's words.
bool IsPlain(const std::string& text) {
  constexpr std::string_view kWords[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  if (text.empty() || text.back() == ' ') return false;
  const auto lower = [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); };
  const auto is_letter = [&](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; };
  if (!is_letter(text.front()) && text.front() != '/') return false;
  std::string word = text;
  std::transform(word.begin(), word.end(), word.begin(), lower);
  if (std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords)) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || std::string_view(" _-./@+()").find(c) != std::string_view::npos;
  });
}

std::string Scalar(const Json& value) {
  if (value.is_string() && IsPlain(value.get_ref<const std::string&>())) return value.get<std::string>();
  // JSON's scalars are YAML's, its quoted strings too.
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool IsBlock(const Json& value) { return value.is_structured() && !value.empty(); }

void Write(const Json& value, size_t indent, bool continues_line, std::string& out) {
  bool first = true;
  const auto begin_line = [&] {
    if (!(first && continues_line)) out.append(indent, ' ');
    first = false;
  };
  if (value.is_array()) {
    for (const Json& item : value) {
      begin_line();
      out += "- ";
      if (IsBlock(item)) {
        Write(item, indent + kIndent, true, out);
      } else {
        out += Scalar(item) + "\n";
      }
    }
    return;
  }
  for (const auto& [key, item] : value.items()) {
    begin_line();
    out += Scalar(Json(key)) + ":";
    if (!IsBlock(item)) {
      out += " " + Scalar(item) + "\n";
      continue;
    }
    out += "\n";
    Write(item, item.is_array() ? indent : indent + kIndent, false, out);
  }
}

}  // namespace

StatusOr<std::string> JsonToYaml(std::string_view json) {
  const Json value = Json::parse(json, nullptr, false);
  if (value.is_discarded()) return errors::Internal("the answer is not JSON");
  std::string out;
  if (IsBlock(value)) {
    Write(value, 0, false, out);
  } else {
    out = Scalar(value) + "\n";
  }
  return out;
}

}  // namespace souk::cli
