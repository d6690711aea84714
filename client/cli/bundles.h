// SPDX-License-Identifier: Apache-2.0
// Finds what there is to register: bundles in folders, single descriptors with their contracts, JSON Lines, standard
// input; and the files of domains and teams beside them. Files are read when their turn comes, not before. One thread.
//
//   product.odps.yaml, *.odps.{yaml,yml,json}, or kind: DataProduct    a product
//   *.odcs.{yaml,yml,json}, or kind: DataContract                      a contract
//   kind: Teams, kind: Domains                                         teams, domains
//   *.jsonl                                                            {"odps":{…},"odcs":{…} or […]} a line
//
// All contracts of a folder with one product are that product's; in a folder with several products, a contract belongs
// to each product whose text names its id.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "souk/v1/product.pb.h"

namespace souk::cli {

struct BundleFiles {
  std::filesystem::path folder;
  std::string product;                 // file name
  std::vector<std::string> contracts;  // file names
};

struct Discovery {
  std::vector<BundleFiles> bundles;
  std::vector<std::filesystem::path> json_lines;
  std::vector<std::filesystem::path> teams;
  std::vector<std::filesystem::path> domains;
  bool standard_input = false;
  std::vector<std::string> orphans;  // contracts that no product beside them names

  // Number of bundles, unless lines or standard input make it unknown.
  std::optional<size_t> total() const;
};

// NOT_FOUND for a path that is not there, INVALID_ARGUMENT for one that holds nothing to register.
StatusOr<Discovery> Discover(const std::vector<std::string>& paths, bool recursive);

// One thing to register, or why it could not be read.
struct BundleInput {
  std::string origin;   // what a message names: "shop/orders", "big.jsonl:12"
  std::string product;  // what a person would call it: the product file, or the origin
  StatusOr<v1::Bundle> bundle;
};

class BundleReader {
 public:
  BundleReader(Discovery discovery, std::istream& standard_input);

  // The next one, or nothing at the end.
  std::optional<BundleInput> Next();

 private:
  std::optional<BundleInput> Take();
  std::optional<BundleInput> NextLine(std::istream& stream, const std::string& name);
  std::optional<BundleInput> NextOfStandardInput();

  Discovery discovery_;
  std::istream& standard_input_;
  size_t bundle_ = 0;
  size_t file_ = 0;
  std::ifstream lines_;  // open file of json_lines_[file_ - 1]
  size_t line_number_ = 0;
  bool input_is_lines_ = false;
};

// The documents of one line {"odps":…,"odcs":…}. INVALID_ARGUMENT if it is not one.
StatusOr<v1::Bundle> ParseBundleLine(std::string_view line);

// Reads a whole file. NOT_FOUND, INVALID_ARGUMENT (a device or a pipe, too large, unreadable).
StatusOr<std::string> ReadFile(const std::filesystem::path& path, size_t bytes_max);

}  // namespace souk::cli
