// SPDX-License-Identifier: Apache-2.0
#include "index/ownership/accountable.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "base/names.h"
#include "base/roles.h"
#include "index/ownership/ownership.h"

namespace souk::ownership {
namespace {

using Members = google::protobuf::RepeatedPtrField<v1::Member>;

constexpr std::string_view kMailScheme = "mailto:";
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kNanosPerMicro = 1'000;

void AddContact(const v1::Contact& contact, v1::FindOwnerResponse& response) {
  const auto& known = response.contacts();
  const bool is_known = std::any_of(known.begin(), known.end(), [&contact](const v1::Contact& other) {
    return other.url() == contact.url() && other.channel() == contact.channel();
  });
  if (!is_known) *response.add_contacts() = contact;
}

// An e-mail user name is a way to reach its owner, unless it is told already.
void AddMail(const std::string& owner, v1::FindOwnerResponse& response) {
  if (owner.find('@') == std::string::npos) return;
  const std::string url = std::string(kMailScheme) + owner;
  for (const v1::Contact& contact : response.contacts()) {
    if (contact.url() == url || contact.url() == owner) return;
  }
  v1::Contact contact;
  contact.set_channel("email");
  contact.set_url(url);
  AddContact(contact, response);
}

void AddLiveMembers(const Members& members, v1::FindOwnerResponse& response) {
  for (const v1::Member& member : members) {
    if (member.date_out().empty()) *response.add_members() = member;
  }
}

void SetOwners(const Members& members, v1::FindOwnerResponse& response) {
  for (std::string& owner : LiveOwners(members)) response.add_owners(std::move(owner));
}

// Null if nobody has described it.
StatusOr<std::shared_ptr<const v1::Team>> FindTeam(const storage::View& view, std::string_view team_name) {
  using Found = std::shared_ptr<const v1::Team>;
  const auto id = ParseTeamName(team_name);
  if (!id.ok()) return Found();
  ASSIGN_OR_RETURN(const storage::SharedEntity entity, view.FindTeam(*id));
  return entity && entity->has_team() ? Found(entity, &entity->team()) : Found();
}

// Adds what the team's own entry says, where the answer does not have it yet.
Status AddTeam(const storage::View& view, v1::FindOwnerResponse& response) {
  ASSIGN_OR_RETURN(const auto team, FindTeam(view, response.team()));
  if (team) {
    // Who answers as the last resort does not own it: they are members and contacts, never owners.
    const bool escalated = response.derivation() == v1::OWNER_DERIVATION_ESCALATED;
    for (const std::string& owner : LiveOwners(team->members())) {
      if (escalated) AddMail(owner, response);
    }
    if (response.owners().empty() && !escalated) {
      SetOwners(team->members(), response);
      if (!response.owners().empty()) response.add_derived_via("the owners are those of " + response.team());
    }
    if (response.members().empty()) AddLiveMembers(team->members(), response);
    for (const v1::Contact& contact : team->contacts()) AddContact(contact, response);
  }
  for (const std::string& owner : response.owners()) AddMail(owner, response);
  return Status::Ok();
}

void AddSteps(const std::vector<std::string>& steps, v1::FindOwnerResponse& response) {
  for (const std::string& step : steps) response.add_derived_via(step);
}

// The team of a domain, or the governance team. Sets the derivation unless there is one.
Status SetTeamOfDomain(const storage::View& view, std::string_view domain_id, v1::FindOwnerResponse& response) {
  ASSIGN_OR_RETURN(const DomainOwner owner, OwnerOfDomain(view, domain_id));
  AddSteps(owner.steps, response);
  const bool unknown = response.derivation() == v1::OWNER_DERIVATION_UNSPECIFIED;
  if (!owner.team.empty()) {
    response.set_team(owner.team);
    if (unknown) response.set_derivation(v1::OWNER_DERIVATION_INHERITED);
    return Status::Ok();
  }
  const v1::FindOwnerResponse governance = Escalated();
  response.set_team(governance.team());
  for (const std::string& step : governance.derived_via()) response.add_derived_via(step);
  if (unknown) response.set_derivation(v1::OWNER_DERIVATION_ESCALATED);
  return Status::Ok();
}

Status SetDeclared(const storage::View& view, const v1::DeclaredTeam& team, std::string_view domain_id,
                   v1::FindOwnerResponse& response) {
  response.set_derivation(v1::OWNER_DERIVATION_DECLARED);
  SetOwners(team.members(), response);
  AddLiveMembers(team.members(), response);
  const std::string team_id = Slug(team.name());
  if (team_id.empty()) {
    response.add_derived_via("the product names its owners, but no team");
    return SetTeamOfDomain(view, domain_id, response);
  }
  response.set_team(TeamName(team_id));
  response.add_derived_via("the product names its team \"" + team.name() + "\"");
  if (response.owners().empty()) response.add_derived_via("of whom no live member is an owner");
  return Status::Ok();
}

}  // namespace

std::vector<std::string> LiveOwners(const Members& members) {
  std::vector<std::string> owners;
  for (const v1::Member& member : members) {
    const bool owns = IsOwnerRole(member.role()) && member.date_out().empty() && !member.username().empty();
    if (owns && std::find(owners.begin(), owners.end(), member.username()) == owners.end()) {
      owners.push_back(member.username());
    }
  }
  return owners;
}

bool DeclaresOwner(const v1::DeclaredTeam& team) {
  return !Slug(team.name()).empty() || !LiveOwners(team.members()).empty();
}

StatusOr<DomainOwner> OwnerOfDomain(const storage::View& view, std::string_view domain_id) {
  DomainOwner owner;
  std::set<std::string> seen;
  std::string at(domain_id);
  while (seen.insert(at).second) {
    ASSIGN_OR_RETURN(const auto entity, view.FindDomain(at));
    if (!entity || !entity->has_domain()) {
      owner.steps.push_back("nothing is known of " + DomainName(at));
      return owner;
    }
    const v1::Domain& domain = entity->domain();
    if (!domain.owner_team().empty()) {
      owner.team = domain.owner_team();
      owner.inherited = seen.size() > 1;
      owner.steps.push_back(DomainName(at) + " is owned by " + owner.team);
      return owner;
    }
    owner.steps.push_back(DomainName(at) + " names no owner");
    const auto parent = ParseDomainName(domain.parent());
    if (!parent.ok()) return owner;  // a root
    at = *parent;
  }
  owner.steps.push_back("the domains above it form a circle");
  return owner;
}

StatusOr<v1::FindOwnerResponse> AccountableForLine(const storage::View& view, const store::v1::LineState& line) {
  v1::FindOwnerResponse response;
  response.set_product(line.name());
  response.mutable_confirm_time()->set_seconds(line.update_us() / kMicrosPerSecond);
  response.mutable_confirm_time()->set_nanos(
      static_cast<int32_t>(line.update_us() % kMicrosPerSecond * kNanosPerMicro));
  ASSIGN_OR_RETURN(const LineName name, ParseLineName(line.name()));
  const v1::DataProduct& model = line.model();
  if (DeclaresOwner(model.team())) {
    RETURN_IF_ERROR(SetDeclared(view, model.team(), name.domain, response));
  } else {
    response.add_derived_via("the product names no team");
    RETURN_IF_ERROR(SetTeamOfDomain(view, name.domain, response));
  }
  for (const v1::Contact& contact : model.support()) AddContact(contact, response);
  RETURN_IF_ERROR(AddTeam(view, response));
  return response;
}

StatusOr<v1::FindOwnerResponse> AccountableForDomain(const storage::View& view, std::string_view domain_id) {
  v1::FindOwnerResponse response;
  ASSIGN_OR_RETURN(const DomainOwner owner, OwnerOfDomain(view, domain_id));
  if (!owner.team.empty() && !owner.inherited) response.set_derivation(v1::OWNER_DERIVATION_DECLARED);
  RETURN_IF_ERROR(SetTeamOfDomain(view, domain_id, response));
  ASSIGN_OR_RETURN(const auto entity, view.FindDomain(domain_id));
  if (entity && entity->domain().has_update_time()) *response.mutable_confirm_time() = entity->domain().update_time();
  RETURN_IF_ERROR(AddTeam(view, response));
  return response;
}

v1::FindOwnerResponse AccountableTeam(const v1::Team& team) {
  v1::FindOwnerResponse response;
  response.set_team(team.name());
  response.set_derivation(v1::OWNER_DERIVATION_DECLARED);
  response.add_derived_via(team.name() + " is itself a team");
  SetOwners(team.members(), response);
  AddLiveMembers(team.members(), response);
  for (const v1::Contact& contact : team.contacts()) AddContact(contact, response);
  for (const std::string& owner : response.owners()) AddMail(owner, response);
  if (team.has_update_time()) *response.mutable_confirm_time() = team.update_time();
  return response;
}

v1::FindOwnerResponse Escalated() {
  v1::FindOwnerResponse response;
  response.set_team(TeamName(kGovernanceTeam));
  response.set_derivation(v1::OWNER_DERIVATION_ESCALATED);
  response.add_derived_via("nobody else is known, so the governance team answers");
  return response;
}

}  // namespace souk::ownership
