// SPDX-License-Identifier: Apache-2.0
#include "client/cli/bundles.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "client/cli/text_scan.h"

namespace souk::cli {
namespace {

constexpr std::string_view kStandardInput = "standard input";

v1::Document* AddDocument(v1::Bundle& bundle, std::string path, std::string_view content) {
  v1::Document* document = bundle.add_documents();
  document->set_path(std::move(path));
  document->set_content(content.data(), content.size());
  return document;
}

void AddJson(v1::Bundle& bundle, const std::string& path, std::string_view content) {
  AddDocument(bundle, path, content)->set_media_type("application/json");
}

Status NotABundle(std::string_view problem) {
  return errors::BadField("line", problem, "Write one object a line, as {\"odps\":{...},\"odcs\":{...}}.");
}

StatusOr<v1::Bundle> ReadBundle(const BundleFiles& files) {
  v1::Bundle bundle;
  std::vector<std::string> names = files.contracts;
  names.insert(names.begin(), files.product);
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const std::string content, ReadFile(files.folder / name, limits::kDocumentBytesMax));
    // Only the file's name: the same bundle from another place is the same content.
    AddDocument(bundle, name, content);
  }
  return bundle;
}

// A product and its contracts, written one after another.
StatusOr<v1::Bundle> BundleOfStream(std::string_view text) {
  v1::Bundle bundle;
  int contracts = 0;
  for (const std::string& document : SplitYamlStream(text)) {
    const bool json = document.find_first_not_of(" \t\r\n") == document.find('{');
    const std::string extension = json ? ".json" : ".yaml";
    if (TopLevelScalar(document, "kind") == "DataContract") {
      AddDocument(bundle, "contract-" + std::to_string(++contracts) + ".odcs" + extension, document);
    } else {
      AddDocument(bundle, "product.odps" + extension, document);
    }
  }
  if (bundle.documents().empty()) return NotABundle("standard input is empty");
  return bundle;
}

}  // namespace

StatusOr<std::string> ReadFile(const std::filesystem::path& path, size_t bytes_max) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return errors::NotFound("file", path.string());
  if (std::filesystem::is_regular_file(path, error)) {
    const auto size = std::filesystem::file_size(path, error);
    if (!error && size > bytes_max) return errors::DocumentTooLarge(path.filename().string(), size, bytes_max);
  }
  std::ifstream file(path, std::ios::binary);
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) {
    return errors::BadField(path.string(), "it can't be read", "Check its permissions.");
  }
  return content;
}

StatusOr<v1::Bundle> ParseBundleLine(std::string_view line) {
  ASSIGN_OR_RETURN(const std::vector<JsonMember> members, JsonMembers(line));
  v1::Bundle bundle;
  for (const JsonMember& member : members) {
    if (member.key == "odps") AddJson(bundle, "product.odps.json", member.value);
  }
  if (bundle.documents_size() != 1) return NotABundle("it needs exactly one \"odps\"");
  for (const JsonMember& member : members) {
    if (member.key != "odcs" || member.value == "null") continue;
    if (member.value.front() != '[') {
      AddJson(bundle, "contract.odcs.json", member.value);
      continue;
    }
    ASSIGN_OR_RETURN(const std::vector<std::string_view> contracts, JsonElements(member.value));
    for (size_t i = 0; i < contracts.size(); ++i) {
      AddJson(bundle, "contract-" + std::to_string(i + 1) + ".odcs.json", contracts[i]);
    }
  }
  return bundle;
}

BundleReader::BundleReader(Discovery discovery, std::istream& standard_input)
    : discovery_(std::move(discovery)), standard_input_(standard_input) {}

std::optional<BundleInput> BundleReader::NextLine(std::istream& stream, const std::string& name) {
  for (std::string line; std::getline(stream, line);) {
    ++line_number_;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::string origin = name + ":" + std::to_string(line_number_);
    return BundleInput{origin, origin, ParseBundleLine(line)};
  }
  return std::nullopt;
}

std::optional<BundleInput> BundleReader::NextOfStandardInput() {
  const std::string name(kStandardInput);
  if (input_is_lines_) return NextLine(standard_input_, name);
  if (!std::exchange(discovery_.standard_input, false)) return std::nullopt;
  // Lines, if the first one is a whole bundle; else one bundle.
  std::string first;
  std::getline(standard_input_, first);
  if (StatusOr<v1::Bundle> bundle = ParseBundleLine(first); bundle.ok()) {
    input_is_lines_ = true;
    line_number_ = 1;
    return BundleInput{name + ":1", name + ":1", std::move(bundle)};
  }
  const std::string rest(std::istreambuf_iterator<char>(standard_input_), {});
  return BundleInput{name, name, BundleOfStream(rest.empty() ? first : first + "\n" + rest)};
}

std::optional<BundleInput> BundleReader::Next() {
  if (bundle_ < discovery_.bundles.size()) {
    const BundleFiles& files = discovery_.bundles[bundle_++];
    return BundleInput{files.folder.string(), (files.folder / files.product).string(), ReadBundle(files)};
  }
  while (true) {
    if (lines_.is_open()) {
      if (auto next = NextLine(lines_, discovery_.json_lines[file_ - 1].string())) return next;
      lines_.close();
    }
    if (file_ >= discovery_.json_lines.size()) break;
    lines_.clear();
    lines_.open(discovery_.json_lines[file_++], std::ios::binary);
    line_number_ = 0;
    if (!lines_.is_open()) {
      const std::string name = discovery_.json_lines[file_ - 1].string();
      return BundleInput{name, name, errors::BadField(name, "it can't be read", "Check its permissions.")};
    }
  }
  return NextOfStandardInput();
}

}  // namespace souk::cli
