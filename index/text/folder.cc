// SPDX-License-Identifier: Apache-2.0
#include "index/text/folder.h"

#include <sstream>

#include "base/errors.h"
#include "index/files.h"

namespace souk::text {
namespace {

constexpr std::string_view kManifestName = "MANIFEST";
constexpr std::string_view kSegmentsPrefix = "segments";
constexpr std::string_view kFormat = "souk-text-index";

std::string Format(const Manifest& manifest) {
  std::ostringstream out;
  out << kFormat << '\n'
      << "schema " << manifest.schema << '\n'
      << "epoch " << manifest.epoch << '\n'
      << "revision " << manifest.revision << '\n'
      << "documents " << manifest.documents << '\n';
  for (const auto& [name, file] : manifest.files) {
    out << "file " << name << ' ' << file.size << ' ' << std::hex << file.checksum << std::dec << '\n';
  }
  std::string text = out.str();
  std::ostringstream checksum;
  checksum << "checksum " << std::hex << index::Checksum64(text) << '\n';
  return text + checksum.str();
}

}  // namespace

Status WriteManifest(const std::filesystem::path& directory, const Manifest& manifest) {
  return index::WriteFileAtomically(directory / kManifestName, Format(manifest));
}

StatusOr<Manifest> ReadManifest(const std::filesystem::path& directory) {
  ASSIGN_OR_RETURN(const std::string text, index::ReadWholeFile(directory / kManifestName));
  Manifest manifest;
  std::istringstream in(text);
  std::string word;
  in >> word;
  bool sound = word == kFormat;
  while (sound && in >> word) {
    if (word == "schema") {
      in >> manifest.schema;
    } else if (word == "epoch") {
      std::getline(in, manifest.epoch);  // may be empty
      manifest.epoch.erase(0, 1);
    } else if (word == "revision") {
      in >> manifest.revision;
    } else if (word == "documents") {
      in >> manifest.documents;
    } else if (word == "file") {
      std::string name;
      index::FileChecksum file;
      in >> name >> file.size >> std::hex >> file.checksum >> std::dec;
      manifest.files[name] = file;
    } else if (word == "checksum") {
      in >> word;
    } else {
      sound = false;
    }
  }
  // What was understood must give the very text again, its checksum included.
  if (!sound || text != Format(manifest)) return errors::DataLoss("the text index's manifest is damaged");
  return manifest;
}

std::vector<TextFault> CheckFiles(const std::filesystem::path& directory, const Manifest& manifest) {
  std::vector<TextFault> faults;
  for (const auto& [name, expected] : manifest.files) {
    const StatusOr<index::FileChecksum> found = index::ChecksumFile(directory / name);
    if (!found.ok()) {
      faults.push_back({name, "the file is missing or can't be read: " + found.status().message()});
    } else if (found->size != expected.size) {
      faults.push_back({name, "the file has " + std::to_string(found->size) + " bytes, committed were " +
                                  std::to_string(expected.size)});
    } else if (!(*found == expected)) {
      faults.push_back({name, "the file's checksum differs from what was committed"});
    }
  }
  return faults;
}

Status RemoveOtherCommits(const std::filesystem::path& directory, const Manifest& manifest) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kSegmentsPrefix) || manifest.files.contains(name)) continue;
    if (!std::filesystem::remove(entry.path(), error)) break;
  }
  if (error) return {Code::kUnavailable, "can't tidy " + directory.string() + ": " + error.message()};
  return Status::Ok();
}

Folder::~Folder() {
  if (!doomed_.load()) return;
  std::error_code ignored;  // what stays is removed at the next open
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace souk::text
