// SPDX-License-Identifier: Apache-2.0
// The products that are measured on: a folder of real descriptors, or our own sample mesh where that is absent.
// Immutable after it was loaded; thread-safe.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/lib/bulk.h"
#include "souk/v1/product.pb.h"
#include "souk/v1/registry_service.pb.h"
#include "tests/bench/lucene_peer.h"

namespace souk::bench {

class Corpus {
 public:
  // Every folder below `directory` that has a product.odps.yaml. NOT_FOUND if there is none.
  static StatusOr<Corpus> Load(const std::filesystem::path& directory, std::string name);

  const std::string& name() const { return name_; }
  // Where its files are.
  const std::filesystem::path& directory() const { return directory_; }
  size_t size() const { return bundles_.size(); }
  // Any index: past the end come copies, each with names and ids of its own.
  v1::Bundle At(size_t index) const;
  // `products` of them as files, one folder a product.
  Status Write(const std::filesystem::path& directory, size_t products) const;

 private:
  Corpus(std::string name, std::filesystem::path directory)
      : name_(std::move(name)), directory_(std::move(directory)) {}

  std::string name_;
  std::filesystem::path directory_;
  std::vector<v1::Bundle> bundles_;
};

// The same bundle as another product: `suffix` (of "-", letters, digits) goes behind the domain and every id, `word`
// behind the name.
v1::Bundle Renamed(const v1::Bundle& bundle, std::string_view suffix, std::string_view word);

// As `souk register --create-missing --on-findings=draft` asks.
v1::RegisterProductRequest RequestOf(v1::Bundle bundle);

// The first `products` of the corpus, and copies beyond its end.
client::BulkSource SourceOf(const Corpus& corpus, size_t products);
// The output of a program that writes {"odps":…,"odcs":…} lines. Any error ends the source early: count the items.
client::BulkSource JsonLinesOf(const std::string& shell_command);

// The text that a bundle offers to a search index, field by field. Empty for a bundle that can't be read.
PeerText TextOf(const v1::Bundle& bundle);

}  // namespace souk::bench
