// SPDX-License-Identifier: Apache-2.0
// Who is accountable, worked out from a view's owner rows, which the fold writes in the same batch as the state: the
// ownership index reflects exactly the view's revision. Inherited owners are derived at each question and never copied
// into a child. Pure functions of the view; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "souk/v1/ownership_service.pb.h"
#include "storage/view.h"

namespace souk::ownership {

// The last resort when nobody else is known.
inline constexpr std::string_view kGovernanceTeam = "data-governance";

// Every line that an identifier may mean, resolved in the fixed order (resource name, short form, descriptor id, contract id,
// physical name, dataset): one line, NOT_FOUND, or INVALID_ARGUMENT listing the candidates. A product without major means its newest live line
// (the newest of all if none lives). Works on historic views too (by walking the lines).
StatusOr<LineName> ResolveLine(const storage::View& view, std::string_view identifier);

// Owner of a product, domain, team, contract, table, topic, dataset, column. Never empty once the identifier is known.
// response.revision is left empty.
StatusOr<v1::FindOwnerResponse> FindOwner(const storage::View& view, std::string_view identifier);
v1::FindOwnerResponse OwnerOfLine(const storage::View& view, const store::v1::LineState& line);

// Lines owned by a team ("teams/x", its id, or its name) or a person, in name order, after `start_after`.
StatusOr<std::vector<v1::OwnedProduct>> ListOwned(const storage::View& view, std::string_view owner);

}  // namespace souk::ownership
