// SPDX-License-Identifier: Apache-2.0
// The gate at the node: what is judged against a view, in the context that the view gives. What a verdict says of
// layers, waivers and acknowledgements is guarded in the transaction. Free functions; thread-safe as far as their
// arguments are.
#pragma once

#include "base/status.h"
#include "server/catalog/backends.h"
#include "server/catalog/candidate.h"
#include "server/catalog/registration.h"
#include "server/catalog/round.h"
#include "souk/v1/governance.pb.h"

namespace souk::catalog {

// Findings and fitness of a candidate, whose line is as plan.existing says. The whole context is looked at only where
// it may matter: then plan.verdict is set.
Status JudgeCandidate(const Backends& parts, Candidate& candidate, Round& round, RegistrationPlan& plan);

// The line as it is, as if it had that state.
StatusOr<v1::Verdict> JudgeState(const Backends& parts, const storage::View& view, const store::v1::LineState& line,
                                 v1::ProductState state, storage::Transaction& transaction);

// True if a waiver says that the line may end although it is read.
StatusOr<bool> MayLeaveReaders(const Backends& parts, const storage::View& view, const store::v1::LineState& line,
                               storage::Transaction& transaction);

}  // namespace souk::catalog
