// SPDX-License-Identifier: Apache-2.0
// Who is accountable, worked out from a view's owner rows, which the fold writes in the same batch as the state: the
// ownership index reflects exactly the view's revision. Inherited owners are derived at each question and never copied
// into a child. Pure functions of the view; thread-safe. DATA_LOSS if a row can't be read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "souk/v1/ownership_service.pb.h"
#include "storage/change.h"
#include "storage/view.h"

namespace souk::ownership {

// The last resort when nobody else is known.
inline constexpr std::string_view kGovernanceTeam = "data-governance";

// The line that an identifier means. Kinds are tried in a fixed order: resource name or short form, descriptor id,
// contract id, physical name, dataset (with or without a column); then, as a help, what stands before a '#' (a column)
// and what a URL begins with. Ambiguity is judged within the first kind that matches: lines of one product collapse to
// the newest live one (the newest of all if none lives), and retired lines lose against live ones.
// NOT_FOUND; INVALID_ARGUMENT with the candidates; INVALID_ARGUMENT for an empty or over-long identifier.
// Works on historic views too (by walking the lines).
StatusOr<LineName> ResolveLine(const storage::View& view, std::string_view identifier);
// The same with the line's state, which was read on the way; never null.
StatusOr<storage::SharedLine> ResolveState(const storage::View& view, std::string_view identifier);

// The column that "#column" behind any such identifier (a table, a contract, a product) names. Empty if the identifier
// names no column that way. NOT_FOUND if none of its datasets has that column, INVALID_ARGUMENT with the candidates if
// several do; errors of ResolveLine.
StatusOr<std::optional<DatasetName>> ResolveColumn(const storage::View& view, std::string_view identifier);

// Owner of a product, domain, team, contract, table, topic, dataset, column. Never empty once the identifier is known.
// response.revision is left empty. Errors of ResolveLine.
StatusOr<v1::FindOwnerResponse> FindOwner(const storage::View& view, std::string_view identifier);
// The same for a line that is at hand. A domain or team that can't be read counts as unknown, and derived_via says so.
v1::FindOwnerResponse OwnerOfLine(const storage::View& view, const store::v1::LineState& line);

// Lines that are not retired and whose owner, by OwnerOfLine, is the team ("teams/x", its id, or its name) or the
// person, in name order; those that only escalate to the team are nobody's and left out. Empty for an owner nobody
// knows.
StatusOr<std::vector<v1::OwnedProduct>> ListOwned(const storage::View& view, std::string_view owner);

}  // namespace souk::ownership
