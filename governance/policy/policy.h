// SPDX-License-Identifier: Apache-2.0
// A policy's source: a head of comment lines that says what it is, then one SELECT that returns a row for each
// violation.
//
//   -- id: columns-of-money-have-a-unit
//   -- title: A column of money says its currency
//   -- severity: warning
//   -- owner: teams/data-governance
//   -- rationale: Sums of mixed currencies went into a report.
//   -- layer: domains/payments          else global
//   -- applies-to: active, deprecated   the states that it judges; these two where it isn't said
//   -- waivable: no                     else yes
//   -- warn-from: 2026-10-01            only counted before; told as a warning from then on
//   -- block-from: 2027-01-01           enforced with its severity from then on
//   SELECT 'column ' || path || ' has no unit' AS message, place FROM columns WHERE …
//
// Pure functions; thread-safe; any bytes may be given.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "souk/v1/governance.pb.h"

namespace souk::governance {

// The policy with all that its head says, name and digest included. INVALID_ARGUMENT (BAD_DOCUMENT) with every defect,
// by line: the head, and the SELECT as the engine reads it (engine.h). `path` is what the findings call the source.
StatusOr<v1::Policy> ParsePolicy(const std::string& source, std::string_view path = {});

// How far it is enforced on a day.
v1::EnforcementStage StageOn(const v1::Policy& policy, std::string_view day);

// True if it judges a line that shall have that state. One that is not in service yet is judged as if it were.
bool AppliesTo(const v1::Policy& policy, v1::ProductState state);

}  // namespace souk::governance
