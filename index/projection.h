// SPDX-License-Identifier: Apache-2.0
// A projection: something derived from the store for asking, that can be thrown away and built again. Each knows the
// revision that it reflects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/change.h"
#include "storage/view.h"

namespace souk::index {

struct ProjectionStatus {
  storage::Revision applied = 0;  // what readers see
  storage::Revision durable = 0;  // what is safe on disk, in files of its own or as rows of the store
  uint64_t entries = 0;           // documents or nodes
  uint64_t size_bytes = 0;        // on disk or in memory; 0 means unknown
  std::string discarded = {};     // why what it had on disk was thrown away when it was opened; empty: it was not
};

class Projection {
 public:
  virtual ~Projection() = default;
  // "text", "lineage".
  virtual std::string_view name() const = 0;
  // Thread-safe.
  virtual ProjectionStatus status() const = 0;
  // Whole revisions in order; readers see them when it returns. Called from one thread. Idempotent: revisions at or
  // below applied may come again after a restart.
  virtual Status Apply(const std::vector<storage::Change>& changes) = 0;
  // Builds everything anew from the view, beside what serves, then swaps; afterwards applied == view.revision(). Called
  // from the applying thread; readers go on meanwhile.
  virtual Status Rebuild(const storage::View& view) = 0;
  // Makes what is applied durable, where that means anything. Called from the applying thread when there is time.
  virtual Status Persist() = 0;
};

}  // namespace souk::index
