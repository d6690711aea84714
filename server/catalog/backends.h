// SPDX-License-Identifier: Apache-2.0
// What the use cases stand on: references to the parts that server/server.cc owns. Everything outlives the handlers.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "index/lineage/lineage_graph.h"
#include "index/runner.h"
#include "index/text/text_index.h"
#include "server/catalog/call_context.h"
#include "server/catalog/under_way.h"
#include "storage/store.h"

namespace souk::catalog {

// Unique ids without coordination: a seed that differs for each start of each node, and a counter. Thread-safe.
class UniqueIds {
 public:
  explicit UniqueIds(std::string seed) : seed_(std::move(seed)) {}
  std::string Next() { return seed_ + "-" + std::to_string(counter_.fetch_add(1, std::memory_order_relaxed)); }

 private:
  std::string seed_;
  std::atomic<uint64_t> counter_{0};
};

struct Backends {
  storage::Store& store;
  text::TextIndex& text;
  lineage::LineageGraph& lineage;
  index::ProjectionRunner& text_runner;
  index::ProjectionRunner& lineage_runner;
  const Clock& clock;
  UniqueIds& ids;
  const Authorizer& authorizer;
  UnderWay& under_way;
};

}  // namespace souk::catalog
