// SPDX-License-Identifier: Apache-2.0
#include "descriptor/media_type.h"

#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

bool NamesSyntax(std::string_view text, std::string_view syntax) {
  if (!text.ends_with(syntax)) return false;
  text.remove_suffix(syntax.size());
  return text.empty() || std::string_view("/+-.").find(text.back()) != std::string_view::npos;
}

}  // namespace

std::optional<Syntax> SyntaxOf(const v1::Document& document) {
  const std::string& given = document.media_type();
  if (const std::string type = Lower(Trimmed(given.substr(0, given.find(';')))); !type.empty()) {
    if (NamesSyntax(type, "yaml") || NamesSyntax(type, "yml")) return Syntax::kYaml;
    if (NamesSyntax(type, "json")) return Syntax::kJson;
    return std::nullopt;
  }
  const std::string path = Lower(document.path());
  if (path.ends_with(".json")) return Syntax::kJson;
  if (path.ends_with(".yaml") || path.ends_with(".yml")) return Syntax::kYaml;
  return Trimmed(document.content()).starts_with('{') ? Syntax::kJson : Syntax::kYaml;
}

std::string MediaType(std::string_view standard, std::string_view api_version, Syntax syntax) {
  std::string type = "application/" + std::string(standard) + (syntax == Syntax::kJson ? "+json" : "+yaml");
  if (api_version.starts_with('v')) api_version.remove_prefix(1);
  if (!api_version.empty()) type += ";version=" + std::string(api_version);
  return type;
}

}  // namespace souk::descriptor
