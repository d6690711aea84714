// SPDX-License-Identifier: Apache-2.0
// Discover of client/cli/bundles.h: walks folders and tells files apart.
#include <algorithm>
#include <map>
#include <system_error>

#include "base/errors.h"
#include "base/limits.h"
#include "client/cli/bundles.h"
#include "client/cli/text_scan.h"

namespace souk::cli {
namespace {

namespace fs = std::filesystem;

enum class Kind { kOther, kProduct, kContract, kTeams, kDomains, kJsonLines };

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// By name where the name says it; else by the `kind` inside.
Kind KindOf(const fs::path& path) {
  const std::string name = path.filename().string();
  if (EndsWith(name, ".jsonl")) return Kind::kJsonLines;
  const std::string extension = path.extension().string();
  if (extension != ".yaml" && extension != ".yml" && extension != ".json") return Kind::kOther;
  const std::string stem = path.stem().string();
  if (EndsWith(stem, ".odps")) return Kind::kProduct;
  if (EndsWith(stem, ".odcs")) return Kind::kContract;
  const StatusOr<std::string> text = ReadFile(path, limits::kRequestBytesMax);
  const std::string kind = text.ok() ? TopLevelScalar(*text, "kind") : std::string();
  if (kind == "DataProduct") return Kind::kProduct;
  if (kind == "DataContract") return Kind::kContract;
  if (kind == "Teams") return Kind::kTeams;
  if (kind == "Domains") return Kind::kDomains;
  return Kind::kOther;
}

// What one folder holds, names in order.
struct Folder {
  std::vector<std::string> products;
  std::vector<std::string> contracts;
};

class Finder {
 public:
  explicit Finder(bool recursive) : recursive_(recursive) {}

  Status Add(const std::string& argument) {
    if (argument == "-") {
      found_.standard_input = true;
      return Status::Ok();
    }
    const fs::path path = argument;
    std::error_code error;
    if (!fs::exists(path, error)) return errors::NoSuchFile(argument);
    return fs::is_directory(path, error) ? AddFolder(path) : AddFile(path);
  }

  Discovery Take() { return std::move(found_); }

 private:
  Status AddFile(const fs::path& path) {
    switch (KindOf(path)) {
      case Kind::kProduct:
        AddBundles(path.parent_path(), Look(path.parent_path()), path.filename().string());
        return Status::Ok();
      case Kind::kJsonLines:
        found_.json_lines.push_back(path);
        return Status::Ok();
      case Kind::kTeams:
        found_.teams.push_back(path);
        return Status::Ok();
      case Kind::kDomains:
        found_.domains.push_back(path);
        return Status::Ok();
      case Kind::kContract:
        return errors::BadField(path.string(), "a contract alone can't be registered",
                                "Give its product's file, or the folder that holds both.");
      case Kind::kOther:
        break;
    }
    // Perhaps a product that is damaged: the node says where.
    AddBundles(path.parent_path(), {{path.filename().string()}, {}}, path.filename().string());
    return Status::Ok();
  }

  Status AddFolder(const fs::path& path) {
    const size_t before = Count();
    std::vector<fs::path> folders = {path};
    std::error_code error;
    if (recursive_) {
      for (fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, error);
           !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (!entry->is_directory(error)) continue;
        if (entry->path().filename().string().front() == '.') {
          entry.disable_recursion_pending();
        } else {
          folders.push_back(entry->path());
        }
      }
    }
    if (error) return errors::BadField(path.string(), error.message(), "Check its permissions.");
    std::sort(folders.begin(), folders.end());
    for (const fs::path& folder : folders) AddBundles(folder, Look(folder), "");
    if (Count() > before) return Status::Ok();
    return errors::BadField(path.string(), "there is nothing to register in it",
                            recursive_
                                ? "A product is a file product.odps.yaml, *.odps.yaml, *.odps.json or one of kind "
                                  "DataProduct."
                                : "A product is a file product.odps.yaml, *.odps.yaml, *.odps.json or one of kind "
                                  "DataProduct; -R looks into subfolders too.");
  }

  size_t Count() const { return found_.bundles.size() + found_.teams.size() + found_.domains.size(); }

  // Sorts the files of a folder; teams and domains are noted on the way when the folder itself was asked for.
  Folder Look(const fs::path& folder) {
    Folder content;
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry(folder.empty() ? fs::path(".") : folder, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
      if (entry->is_regular_file(error)) files.push_back(entry->path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      const Kind kind = KindOf(file);
      if (kind == Kind::kProduct) content.products.push_back(file.filename().string());
      if (kind == Kind::kContract) content.contracts.push_back(file.filename().string());
      if (kind == Kind::kTeams) content_teams_[folder].push_back(file);
      if (kind == Kind::kDomains) content_domains_[folder].push_back(file);
    }
    return content;
  }

  // Makes the bundles of a folder: all of them, or the one with that product file.
  void AddBundles(const fs::path& folder, const Folder& content, const std::string& only) {
    if (only.empty()) {
      for (const fs::path& file : content_teams_[folder]) found_.teams.push_back(file);
      for (const fs::path& file : content_domains_[folder]) found_.domains.push_back(file);
    }
    std::map<std::string, int> uses;
    for (const std::string& contract : content.contracts) uses[contract] = 0;
    for (const std::string& product : content.products) {
      BundleFiles bundle{folder, product, {}};
      for (const std::string& contract : content.contracts) {
        if (content.products.size() > 1 && !Names(folder / product, folder / contract)) continue;
        bundle.contracts.push_back(contract);
        ++uses[contract];
      }
      if (only.empty() || product == only) found_.bundles.push_back(std::move(bundle));
    }
    for (const auto& [contract, count] : uses) {
      if (count == 0 && only.empty()) found_.orphans.push_back((folder / contract).string());
    }
  }

  // True if the product's text holds the contract's id.
  static bool Names(const fs::path& product, const fs::path& contract) {
    const StatusOr<std::string> product_text = ReadFile(product, limits::kDocumentBytesMax);
    const StatusOr<std::string> contract_text = ReadFile(contract, limits::kDocumentBytesMax);
    if (!product_text.ok() || !contract_text.ok()) return false;
    const std::string id = TopLevelScalar(*contract_text, "id");
    return !id.empty() && product_text->find(id) != std::string::npos;
  }

  const bool recursive_;
  Discovery found_;
  std::map<fs::path, std::vector<fs::path>> content_teams_;
  std::map<fs::path, std::vector<fs::path>> content_domains_;
};

}  // namespace

std::optional<size_t> Discovery::total() const {
  if (standard_input || !json_lines.empty()) return std::nullopt;
  return bundles.size();
}

StatusOr<Discovery> Discover(const std::vector<std::string>& paths, bool recursive) {
  Finder finder(recursive);
  for (const std::string& path : paths) RETURN_IF_ERROR(finder.Add(path));
  return finder.Take();
}

}  // namespace souk::cli
