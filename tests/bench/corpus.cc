// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/corpus.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "descriptor/bundle.h"

namespace souk::bench {
namespace {

constexpr std::string_view kProductFile = "product.odps.yaml";
constexpr std::string_view kContractKey = ",\"odcs\":";
constexpr std::string_view kProductKey = "{\"odps\":";

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return std::move(content).str();
}

// The product first, then its contracts by name.
v1::Bundle ReadBundle(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().string().ends_with(".odcs.yaml")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  files.insert(files.begin(), directory / kProductFile);
  v1::Bundle bundle;
  for (const std::filesystem::path& file : files) {
    v1::Document& document = *bundle.add_documents();
    document.set_path(file.filename().string());
    document.set_content(ReadAll(file));
  }
  return bundle;
}

// Puts the addition behind a scalar, inside its closing quote if it has one.
std::string Extended(std::string_view line, std::string_view addition) {
  const bool quoted = line.ends_with('"') || line.ends_with('\'');
  std::string out(line.substr(0, line.size() - (quoted ? 1 : 0)));
  out += addition;
  if (quoted) out += line.back();
  return out;
}

std::string RenamedLine(std::string_view line, bool is_product, std::string_view suffix, std::string_view word) {
  const size_t text = line.find_first_not_of(" -");
  const std::string_view key = text == std::string_view::npos ? std::string_view() : line.substr(text);
  if (key.starts_with("contractId: ")) return Extended(line, suffix);
  if (text != 0) return std::string(line);  // other keys count at the top level only
  if (key.starts_with("id: ") || key.starts_with("domain: ")) return Extended(line, suffix);
  const bool named = is_product ? key.starts_with("name: ") : key.starts_with("dataProduct: ");
  if (named && !word.empty()) return Extended(line, " " + std::string(word));
  return std::string(line);
}

class Pipe {
 public:
  explicit Pipe(const std::string& command) : file_(popen(command.c_str(), "r")) {}
  ~Pipe() {
    if (file_ != nullptr) pclose(file_);
    std::free(line_);  // NOLINT(cppcoreguidelines-no-malloc): getline(3) made it
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::optional<std::string_view> Next() {
    if (file_ == nullptr) return std::nullopt;
    const ssize_t bytes = getline(&line_, &capacity_, file_);
    if (bytes <= 0) return std::nullopt;
    std::string_view line(line_, static_cast<size_t>(bytes));
    if (line.ends_with('\n')) line.remove_suffix(1);
    return line;
  }

 private:
  FILE* file_;
  char* line_ = nullptr;
  size_t capacity_ = 0;
};

void AddDocument(v1::Bundle& bundle, const char* path, std::string_view content) {
  v1::Document& document = *bundle.add_documents();
  document.set_path(path);
  document.set_content(std::string(content));
}

class TextFields {
 public:
  void Add(const std::string& field, std::string_view text) {
    if (!text.empty()) (fields_[field] += text) += '\n';
  }
  void Add(const std::string& field, const google::protobuf::RepeatedPtrField<std::string>& texts) {
    for (const std::string& text : texts) Add(field, text);
  }
  void Add(const v1::Description& description) {
    for (const std::string& text : {description.purpose(), description.usage(), description.limitations()}) {
      Add("description", text);
    }
  }
  void Add(const v1::SchemaProperty& property) {
    Add("column", property.name());
    Add("column_text", property.business_name());
    Add("column_text", property.description());
    for (const auto& inner : property.properties()) Add(inner);
    for (const auto& inner : property.items()) Add(inner);
  }
  void Add(const v1::DataContract& contract) {
    Add("name", contract.name());
    Add(contract.description());
    Add("tag", contract.tags());
    for (const v1::SchemaObject& object : contract.schema()) {
      Add("physical", object.physical_name());
      Add("column_text", object.business_name());
      Add("description", object.description());
      for (const auto& property : object.properties()) Add(property);
    }
  }
  PeerText Finish() && { return {fields_.begin(), fields_.end()}; }

 private:
  std::map<std::string, std::string> fields_;
};

}  // namespace

StatusOr<Corpus> Corpus::Load(const std::filesystem::path& directory, std::string name) {
  Corpus corpus(std::move(name), directory);
  std::error_code error;
  std::vector<std::filesystem::path> folders;
  for (std::filesystem::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().filename() == kProductFile) folders.push_back(entry->path().parent_path());
  }
  std::sort(folders.begin(), folders.end());
  for (const std::filesystem::path& folder : folders) corpus.bundles_.push_back(ReadBundle(folder));
  if (corpus.bundles_.empty()) return Status(Code::kNotFound, "no products below " + directory.string());
  return corpus;
}

v1::Bundle Corpus::At(size_t index) const {
  const size_t copy = index / bundles_.size();
  const v1::Bundle& bundle = bundles_[index % bundles_.size()];
  return copy == 0 ? bundle : Renamed(bundle, "-x" + std::to_string(copy), "");
}

Status Corpus::Write(const std::filesystem::path& directory, size_t products) const {
  for (size_t i = 0; i < products; ++i) {
    const std::filesystem::path folder = directory / std::to_string(i);
    std::filesystem::create_directories(folder);
    const v1::Bundle bundle = At(i);
    for (const v1::Document& document : bundle.documents()) {
      std::ofstream file(folder / document.path(), std::ios::binary);
      file << document.content();
      if (!file.flush()) return {Code::kUnavailable, "can't write " + folder.string()};
    }
  }
  return Status::Ok();
}

v1::Bundle Renamed(const v1::Bundle& bundle, std::string_view suffix, std::string_view word) {
  v1::Bundle renamed = bundle;
  for (v1::Document& document : *renamed.mutable_documents()) {
    const bool is_product = document.path() == kProductFile;
    std::string content;
    std::istringstream lines(document.content());
    for (std::string line; std::getline(lines, line);) content += RenamedLine(line, is_product, suffix, word) + "\n";
    document.set_content(std::move(content));
  }
  return renamed;
}

v1::RegisterProductRequest RequestOf(v1::Bundle bundle) {
  v1::RegisterProductRequest request;
  *request.mutable_bundle() = std::move(bundle);
  request.set_create_missing(true);
  request.set_on_findings(v1::FINDINGS_ACTION_DRAFT);
  request.set_omit_model(true);  // as souk register does
  return request;
}

client::BulkSource SourceOf(const Corpus& corpus, size_t products) {
  return [&corpus, products, next = size_t{0}]() mutable -> std::optional<v1::RegisterProductRequest> {
    if (next == products) return std::nullopt;
    return RequestOf(corpus.At(next++));
  };
}

client::BulkSource JsonLinesOf(const std::string& shell_command) {
  return [pipe = std::make_shared<Pipe>(shell_command)]() -> std::optional<v1::RegisterProductRequest> {
    const std::optional<std::string_view> line = pipe->Next();
    if (!line) return std::nullopt;
    const size_t contract = line->find(kContractKey);
    if (!line->starts_with(kProductKey) || contract == std::string_view::npos) return std::nullopt;
    v1::Bundle bundle;
    AddDocument(bundle, "product.odps.json", line->substr(kProductKey.size(), contract - kProductKey.size()));
    const size_t begin = contract + kContractKey.size();
    AddDocument(bundle, "contract.odcs.json", line->substr(begin, line->size() - begin - 1));
    return RequestOf(std::move(bundle));
  };
}

PeerText TextOf(const v1::Bundle& bundle) {
  const StatusOr<descriptor::ParsedBundle> parsed = descriptor::ParseBundle(bundle);
  if (!parsed.ok()) return {};
  const v1::DataProduct& model = parsed->model;
  TextFields fields;
  fields.Add("name", model.name());
  fields.Add("id", model.id());
  fields.Add("domain", model.domain());
  fields.Add(model.description());
  fields.Add("tag", model.tags());
  fields.Add("tag", model.synonyms());
  fields.Add("owner", model.team().name());
  for (const v1::Member& member : model.team().members()) fields.Add("owner", member.username());
  for (const v1::OutputPort& port : model.output_ports()) fields.Add("description", port.description());
  for (const v1::DataContract& contract : model.contracts()) fields.Add(contract);
  return std::move(fields).Finish();
}

}  // namespace souk::bench
