// SPDX-License-Identifier: Apache-2.0
// What a change breaks, and for whom: the differences that the mode forbids, and the consumers that they reach. Pure
// functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "souk/v1/governance.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::governance {

struct Breakage {
  // Against the line itself, in service: the change needs consent. Against an older major otherwise: they must migrate.
  bool within_line = false;
  v1::ChangeClass gravest = v1::CHANGE_CLASS_UNSPECIFIED;  // of all that changed within the line
  std::vector<v1::BreakingChange> changes;                 // in path order
  std::string changes_digest;                              // empty without changes
  std::vector<v1::AffectedConsumer> affected;              // as the context orders them

  bool AllAcknowledged() const;
};

// Nothing for a line that is new, or was never in service: nobody reads it yet.
Breakage FindBreakage(const v1::DataProduct& model, const v1::GovernanceContext& context);

}  // namespace souk::governance
