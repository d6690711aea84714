// SPDX-License-Identifier: Apache-2.0
#include "index/ownership/ownership.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/errors.h"
#include "base/names.h"
#include "index/ownership/accountable.h"
#include "index/ownership/identifiers.h"

namespace souk::ownership {
namespace {

constexpr std::string_view kDomains = "domains/";
constexpr std::string_view kTeams = "teams/";

// A domain may have products although nobody has described it.
StatusOr<bool> DomainIsKnown(const storage::View& view, const std::string& domain_id) {
  ASSIGN_OR_RETURN(const auto entity, view.FindDomain(domain_id));
  bool known = entity != nullptr;
  if (known) return true;
  RETURN_IF_ERROR(view.ForEachLine(domain_id, "", [&known](const store::v1::LineState& /*line*/) {
    known = true;
    return false;
  }));
  return known;
}

// Empty if the identifier is not that of a domain.
StatusOr<std::optional<v1::FindOwnerResponse>> OwnerByDomain(const storage::View& view, std::string_view identifier) {
  if (!identifier.starts_with(kDomains)) return std::optional<v1::FindOwnerResponse>();
  const auto domain_id = ParseDomainName(identifier);
  if (!domain_id.ok()) return std::optional<v1::FindOwnerResponse>();
  ASSIGN_OR_RETURN(const bool known, DomainIsKnown(view, *domain_id));
  if (!known) return errors::NotFound("domain", identifier);
  ASSIGN_OR_RETURN(auto response, AccountableForDomain(view, *domain_id));
  return std::optional(std::move(response));
}

// Empty if the identifier is not that of a team. A team may be known only because products name it.
StatusOr<std::optional<v1::FindOwnerResponse>> OwnerByTeam(const storage::View& view, std::string_view identifier) {
  if (!identifier.starts_with(kTeams)) return std::optional<v1::FindOwnerResponse>();
  const auto team_id = ParseTeamName(identifier);
  if (!team_id.ok()) return std::optional<v1::FindOwnerResponse>();
  ASSIGN_OR_RETURN(const auto entity, view.FindTeam(*team_id));
  if (entity && entity->has_team()) return std::optional(AccountableTeam(entity->team()));
  ASSIGN_OR_RETURN(const auto owned, ListOwned(view, identifier));
  if (owned.empty()) return std::optional<v1::FindOwnerResponse>();
  v1::FindOwnerResponse response;
  response.set_team(std::string(identifier));
  response.set_derivation(v1::OWNER_DERIVATION_DECLARED);
  response.add_derived_via("nobody has described the team; products name it, for example " + owned.front().name());
  return std::optional(std::move(response));
}

}  // namespace

StatusOr<LineName> ResolveLine(const storage::View& view, std::string_view identifier) {
  ASSIGN_OR_RETURN(const ResolvedLine resolved, ResolveIdentifier(view, identifier));
  return ParseLineName(resolved.line->name());
}

StatusOr<storage::SharedLine> ResolveState(const storage::View& view, std::string_view identifier) {
  ASSIGN_OR_RETURN(ResolvedLine resolved, ResolveIdentifier(view, identifier));
  return std::move(resolved.line);
}

StatusOr<v1::FindOwnerResponse> FindOwner(const storage::View& view, std::string_view identifier) {
  ASSIGN_OR_RETURN(auto response, OwnerByDomain(view, identifier));
  if (!response) {
    ASSIGN_OR_RETURN(response, OwnerByTeam(view, identifier));
  }
  if (!response) {
    ASSIGN_OR_RETURN(ResolvedLine resolved, ResolveIdentifier(view, identifier));
    ASSIGN_OR_RETURN(response, AccountableForLine(view, *resolved.line));
    // How the line was found comes before why its owner is who it is.
    const int reasons = response->derived_via_size();
    auto& steps = *response->mutable_derived_via();
    for (std::string& step : resolved.steps) steps.Add(std::move(step));
    std::rotate(steps.pointer_begin(), steps.pointer_begin() + reasons, steps.pointer_end());
  }
  response->set_identifier(std::string(identifier));
  return *std::move(response);
}

v1::FindOwnerResponse OwnerOfLine(const storage::View& view, const store::v1::LineState& line) {
  auto response = AccountableForLine(view, line);
  if (response.ok()) return *std::move(response);
  v1::FindOwnerResponse escalated = Escalated();
  escalated.set_product(line.name());
  escalated.add_derived_via("because of: " + response.status().ToString());
  return escalated;
}

}  // namespace souk::ownership
