// SPDX-License-Identifier: Apache-2.0
// Plans one registration against one view: what the line becomes, what must not change meanwhile, what is written.
// No effects of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "server/catalog/backends.h"
#include "server/catalog/candidate.h"
#include "server/catalog/round.h"
#include "souk/store/v1/records.pb.h"
#include "souk/v1/governance.pb.h"
#include "souk/v1/registry_service.pb.h"
#include "storage/record.h"

namespace souk::catalog {

struct RegistrationPlan {
  storage::Transaction transaction;  // no writes: nothing to do
  bool created = false;
  std::vector<v1::Finding> findings;                       // what only a look at the view shows
  v1::ProductState state = v1::PRODUCT_STATE_UNSPECIFIED;  // that the line gets
  std::shared_ptr<const v1::Verdict> verdict;              // null where nothing but the bundle had to be looked at
  storage::SharedLine existing;                            // the line as it was; null: it is new
  std::shared_ptr<const storage::UnpackedRecord> record;   // what is written of the line; null if it can't be folded
  std::optional<storage::Revision> unchanged_at;  // set where nothing needs to be written: of the line's last change
  // Somebody in front in the same round writes what this one stands on: it has to wait for the next one.
  bool must_wait = false;
};

// Adds what it writes to the round. NOT_FOUND for an unknown domain or team without create_missing, ABORTED for a stale
// etag or an upstream about to retire, ALREADY_EXISTS for collisions, FAILED_PRECONDITION for what the gate or the life
// cycle refuses.
StatusOr<RegistrationPlan> PlanRegistration(const Backends& parts, const CallContext& call, Candidate& candidate,
                                            Round& round);

// The line as the plan would make it, for validate_only.
store::v1::LineState ExpectedLine(const Backends& parts, const CallContext& call, const Candidate& candidate,
                                  const RegistrationPlan& plan);

}  // namespace souk::catalog
