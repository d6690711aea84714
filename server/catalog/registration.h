// SPDX-License-Identifier: Apache-2.0
// Plans one registration against one view: what the line becomes, what must not change meanwhile, what is written.
// No effects of its own; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "descriptor/bundle.h"
#include "governance/gate.h"
#include "server/catalog/backends.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::catalog {

// A registration that was read and judged, before any view is looked at.
struct Candidate {
  const v1::RegisterProductRequest* request = nullptr;
  descriptor::ParsedBundle bundle;
  governance::Verdict verdict;
  std::string request_content;  // digest of what is asked for, for the request id
};

// INVALID_ARGUMENT as ParseBundle says, and for a state that is none.
StatusOr<Candidate> ReadCandidate(const v1::RegisterProductRequest& request);

// What reading and judging it found.
std::vector<v1::Finding> FindingsOf(const Candidate& candidate);

struct RegistrationPlan {
  storage::Transaction transaction;  // no writes: nothing to do
  bool created = false;
  std::vector<v1::Finding> findings;  // for the answer
  store::v1::LineState expected;      // the line as it would be (state, model), for validate_only
  std::optional<storage::Revision>
      unchanged_at;  // set where nothing needs to be written: revision of the line's last change
};

// NOT_FOUND for an unknown domain or team without create_missing, ABORTED for a stale etag or an upstream about to
// retire, ALREADY_EXISTS for collisions, FAILED_PRECONDITION for what the gate or the life cycle refuses.
StatusOr<RegistrationPlan> PlanRegistration(const Backends& parts, const CallContext& call, const Candidate& candidate,
                                            const storage::View& view);

}  // namespace souk::catalog
