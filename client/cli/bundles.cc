// SPDX-License-Identifier: Apache-2.0
#include "client/cli/bundles.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "base/names.h"
#include "client/cli/text.h"
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

// Bytes that a line of JSON adds around the documents of its bundle.
constexpr size_t kLineBytesMax = limits::kBundleBytesMax + 4096;

// The next line, without its end. Of one that is too long only the length is kept. False at the end.
bool GetLine(std::istream& stream, std::string& line, size_t& bytes) {
  line.clear();
  bytes = 0;
  std::streambuf& buffer = *stream.rdbuf();
  for (int c = buffer.sbumpc(); c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
    if (c == '\n') return true;
    if (++bytes <= kLineBytesMax) line += static_cast<char>(c);
  }
  return bytes > 0;
}

Status LineTooLong(size_t bytes) { return errors::DocumentTooLarge("line", bytes, kLineBytesMax); }

// At most so many bytes of the rest of the stream, and one more if there are more.
std::string ReadUpTo(std::istream& stream, size_t bytes_max) {
  std::string content;
  std::array<char, size_t{64} * 1024> part;
  while (content.size() <= bytes_max) {
    stream.read(part.data(), static_cast<std::streamsize>(std::min(part.size(), bytes_max + 1 - content.size())));
    if (stream.gcount() == 0) break;
    content.append(part.data(), static_cast<size_t>(stream.gcount()));
  }
  return content;
}

// What the node would refuse by its size, before it is sent: gRPC refuses a message that is too large in its own words.
StatusOr<v1::Bundle> Bounded(StatusOr<v1::Bundle> bundle) {
  if (!bundle.ok()) return bundle;
  size_t total = 0;
  for (const v1::Document& document : bundle->documents()) {
    const size_t bytes = document.content().size();
    if (bytes > limits::kDocumentBytesMax) {
      return errors::DocumentTooLarge(document.path(), bytes, limits::kDocumentBytesMax);
    }
    total += bytes;
  }
  if (total > limits::kBundleBytesMax) return errors::DocumentTooLarge("bundle", total, limits::kBundleBytesMax);
  return bundle;
}

StatusOr<v1::Bundle> ReadBundle(const BundleFiles& files) {
  v1::Bundle bundle;
  std::vector<std::string> names = files.contracts;
  names.insert(names.begin(), files.product);
  for (const std::string& name : names) {
    if (!IsCleanUtf8(name)) {
      return errors::BadField("file name", "\"" + Clean(name) + "\" is not UTF-8", "Rename the file.");
    }
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
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return errors::NoSuchFile(path.string());
  // One of these might never end, or never begin.
  if (!std::filesystem::is_regular_file(status)) return errors::NotAFile(path.string());
  std::ifstream file(path, std::ios::binary);
  std::string content = ReadUpTo(file, bytes_max);
  if (!file.is_open() || file.bad()) {
    return errors::BadField(path.string(), "it can't be read", "Check its permissions.");
  }
  if (content.size() > bytes_max) {
    const size_t size = std::filesystem::file_size(path, error);
    return errors::DocumentTooLarge(path.filename().string(), error ? content.size() : size, bytes_max);
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
  size_t bytes = 0;
  for (std::string line; GetLine(stream, line, bytes);) {
    ++line_number_;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::string origin = name + ":" + std::to_string(line_number_);
    if (bytes > kLineBytesMax) return BundleInput{origin, origin, LineTooLong(bytes)};
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
  size_t bytes = 0;
  GetLine(standard_input_, first, bytes);
  StatusOr<v1::Bundle> bundle = bytes > kLineBytesMax ? LineTooLong(bytes) : ParseBundleLine(first);
  if (bundle.ok() || bytes > kLineBytesMax) {
    input_is_lines_ = true;
    line_number_ = 1;
    return BundleInput{name + ":1", name + ":1", std::move(bundle)};
  }
  const std::string rest = ReadUpTo(standard_input_, limits::kBundleBytesMax);
  if (rest.size() > limits::kBundleBytesMax) {
    return BundleInput{name, name, errors::DocumentTooLarge(name, rest.size(), limits::kBundleBytesMax)};
  }
  return BundleInput{name, name, BundleOfStream(rest.empty() ? first : first + "\n" + rest)};
}

std::optional<BundleInput> BundleReader::Next() {
  std::optional<BundleInput> next = Take();
  if (next) next->bundle = Bounded(std::move(next->bundle));
  return next;
}

std::optional<BundleInput> BundleReader::Take() {
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
    const std::filesystem::path& path = discovery_.json_lines[file_++];
    const std::string name = path.string();
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return BundleInput{name, name, errors::NotAFile(name)};
    lines_.open(path, std::ios::binary);
    line_number_ = 0;
    if (!lines_.is_open()) {
      return BundleInput{name, name, errors::BadField(name, "it can't be read", "Check its permissions.")};
    }
  }
  return NextOfStandardInput();
}

}  // namespace souk::cli
