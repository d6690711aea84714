// SPDX-License-Identifier: Apache-2.0
// Plans one registration against one view: what the line becomes, what must not change meanwhile, what is written.
// No effects of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "descriptor/bundle.h"
#include "server/catalog/backends.h"
#include "server/catalog/round.h"
#include "souk/store/v1/records.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::catalog {

// A registration that was read and judged, before any view is looked at.
struct Candidate {
  const v1::RegisterProductRequest* request = nullptr;
  LineName line;
  v1::ProductState state = v1::PRODUCT_STATE_UNSPECIFIED;  // what the descriptor's status asks for
  // As far as the candidate says it: model and documents. Planning fills in the rest and gives it to the record, so
  // that a further try begins with ReadCandidate.
  store::v1::Registration registration;
  google::protobuf::RepeatedPtrField<v1::Finding> findings;  // of the gate
  std::string content_digest;
  std::vector<Violation> warnings;
  descriptor::Locations locations;  // of the product document
  bool fit_for_active = false;
  std::string request_content;  // digest of what is asked for, for the request id

  const v1::DataProduct& model() const { return registration.model(); }
};

// INVALID_ARGUMENT as ParseBundle says, and for a state that is none.
StatusOr<Candidate> ReadCandidate(const v1::RegisterProductRequest& request);

struct RegistrationPlan {
  storage::Transaction transaction;  // no writes: nothing to do
  bool created = false;
  std::vector<v1::Finding> findings;                       // what only a look at the view shows
  v1::ProductState state = v1::PRODUCT_STATE_UNSPECIFIED;  // that the line gets
  storage::SharedLine existing;                            // the line as it was; null: it is new
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
