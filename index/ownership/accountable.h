// SPDX-License-Identifier: Apache-2.0
// Who is accountable for a line, a domain, a team: declared, else inherited from the domains above, else escalated to
// the governance team. Pure functions of the view; thread-safe. DATA_LOSS if a row can't be read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "souk/v1/ownership_service.pb.h"
#include "storage/view.h"

namespace souk::ownership {

// User names of the members who own and have not left, in order, each once. The role counts in any case.
std::vector<std::string> LiveOwners(const google::protobuf::RepeatedPtrField<v1::Member>& members);

// True if the line itself says who owns it: a team by name, or a person.
bool DeclaresOwner(const v1::DeclaredTeam& team);

// The team that a domain has by itself or from a domain above it.
struct DomainOwner {
  std::string team;  // "teams/x"; empty: no domain up to the root names one
  bool inherited = false;
  std::vector<std::string> steps;
};
StatusOr<DomainOwner> OwnerOfDomain(const storage::View& view, std::string_view domain_id);

// The identifier, the way to it and the revision are left to the caller.
StatusOr<v1::FindOwnerResponse> AccountableForLine(const storage::View& view, const store::v1::LineState& line);
StatusOr<v1::FindOwnerResponse> AccountableForDomain(const storage::View& view, std::string_view domain_id);
v1::FindOwnerResponse AccountableTeam(const v1::Team& team);

// The governance team's answer where nothing else is known.
v1::FindOwnerResponse Escalated();

}  // namespace souk::ownership
