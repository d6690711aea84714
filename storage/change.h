// SPDX-License-Identifier: Apache-2.0
// Folded changes: what the indexes and the watch streams consume. Values; safe to share once made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "souk/store/v1/records.pb.h"
#include "storage/ledger.h"

namespace souk::storage {

// States are decoded once and shared, never copied: by changes, by the cache of rows, by views. Null: there is none.
using SharedLine = std::shared_ptr<const store::v1::LineState>;
using SharedEntity = std::shared_ptr<const store::v1::EntityState>;
// A state in the form in which it is sent.
using SharedBytes = std::shared_ptr<const std::string>;

// One entity changed.
struct EntityDelta {
  std::string entity;  // resource name of the line, domain or team
  std::string action;  // "register", "set-state", "retire", "update-domain", "update-team"
  std::string actor;
  std::string reason;
  uint64_t number = 0;     // of the record within the entity
  SharedLine line;         // state after the change; null for domains and teams
  SharedEntity other;      // domain or team after the change; null for lines
  size_t state_bytes = 0;  // of that state as it is stored
};

// One whole revision.
struct Change {
  Revision revision = 0;
  int64_t time_us = 0;
  std::vector<EntityDelta> deltas;  // may be empty: a revision that touched no entity (a mark)
};

}  // namespace souk::storage
