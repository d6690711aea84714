// SPDX-License-Identifier: Apache-2.0
// What the rows share: the settings, a scratch folder, the corpus, and nodes' data that are loaded once. One thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "client/lib/client.h"
#include "tests/bench/corpus.h"

namespace souk::bench {

struct Settings {
  std::filesystem::path root;    // of the repository
  std::filesystem::path out;     // takes the results; its file system is the one that is measured
  std::filesystem::path corpus;  // the mozilla-mesh
  bool quick = false;            // shorter, with wider scatter: to see that it works
  bool large = false;            // 100,000 products too
  int rounds = 5;                // alternations of a row
};

// What became of a bulk import.
struct Import {
  double seconds = 0;  // until all of it was searchable
  size_t accepted = 0;
};

class Workbench {
 public:
  // Makes the scratch folder; clears away what a run that was killed left behind.
  explicit Workbench(Settings settings);
  ~Workbench();
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  const Settings& settings() const { return settings_; }
  // An unused path inside the scratch folder.
  std::filesystem::path Fresh(const std::string& stem);

  // The mozilla-mesh, or as many products made from our sample mesh.
  StatusOr<const Corpus*> Mesh();
  // Large enough for every row to be steady, small enough for a quick run: 2,190 products, or fewer.
  size_t MeshProducts(const Corpus& mesh) const;
  // Of `products` with the JSON form of the mesh; amplify.py of the corpus writes it. NOT_FOUND where that is absent.
  StatusOr<client::BulkSource> JsonMesh(size_t products) const;

  // A node's data folder that holds so many products. Callers that write take a copy.
  StatusOr<std::filesystem::path> Loaded(size_t products);
  StatusOr<std::filesystem::path> CopyOfLoaded(size_t products);

  // Imports everything as `souk register` does, and waits until the last is searchable. INTERNAL if an item is refused.
  static StatusOr<Import> ImportAll(client::Client& client, const client::BulkSource& source);

 private:
  Settings settings_;
  std::filesystem::path scratch_;
  int fresh_ = 0;
  std::unique_ptr<Corpus> mesh_;
  std::map<size_t, std::filesystem::path> loaded_;
};

}  // namespace souk::bench
