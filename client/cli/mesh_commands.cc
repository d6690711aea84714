// SPDX-License-Identifier: Apache-2.0
// admin domain list|get|set, admin team list|get|set. Setting reads first and changes only what was said; the etag
// makes sure that nobody else's change is lost.
#include "base/names.h"
#include "base/roles.h"
#include "client/cli/command_list.h"
#include "client/cli/paging.h"
#include "client/cli/text.h"
#include "client/cli/usage.h"

namespace souk::cli {
namespace {

std::string ProvenanceWord(v1::Provenance provenance) {
  if (provenance == v1::PROVENANCE_DECLARED) return "declared";
  return provenance == v1::PROVENANCE_INFERRED ? "inferred" : "";
}

void AddDomain(const v1::Domain& domain, Answer& answer) {
  answer.table.header = {"DOMAIN", "NAME", "PARENT", "OWNER", "MADE", "DESCRIPTION"};
  answer.table.rows.push_back({LastSegment(domain.name()), domain.display_name(), LastSegment(domain.parent()),
                               LastSegment(domain.owner_team()), ProvenanceWord(domain.provenance()),
                               domain.description()});
  answer.names.push_back(domain.name());
  answer.ids.push_back(LastSegment(domain.name()));
}

void AddTeam(const v1::Team& team, Answer& answer) {
  answer.table.header = {"TEAM", "NAME", "OWNERS", "MEMBERS", "MADE", "DESCRIPTION"};
  std::vector<std::string> owners;
  for (const v1::Member& member : team.members()) {
    if (IsOwnerRole(member.role()) && member.date_out().empty()) owners.push_back(member.username());
  }
  answer.table.rows.push_back({LastSegment(team.name()), team.display_name(), Join(owners, " "),
                               std::to_string(team.members_size()), ProvenanceWord(team.provenance()),
                               team.description()});
  answer.names.push_back(team.name());
  answer.ids.push_back(LastSegment(team.name()));
}

// "CHANNEL=URL"
StatusOr<v1::Contact> ParseContact(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
    return UsageError("--contact \"" + text + "\" is not CHANNEL=URL",
                      "Write for example email=mailto:team@example.com.");
  }
  v1::Contact contact;
  contact.set_channel(text.substr(0, equals));
  contact.set_url(text.substr(equals + 1));
  return contact;
}

// "USERNAME" or "USERNAME:ROLE"
v1::Member ParseMember(const std::string& text) {
  const size_t colon = text.rfind(':');
  v1::Member member;
  member.set_username(text.substr(0, colon));
  member.set_role(colon == std::string::npos ? "member" : text.substr(colon + 1));
  return member;
}

}  // namespace

StatusOr<int> RunDomainList(Session& session) {
  const PagedCall<v1::ListDomainsRequest, v1::ListDomainsResponse, v1::Domain> paged = {
      &client::Client::ListDomains, &v1::ListDomainsResponse::mutable_domains};
  ASSIGN_OR_RETURN(const v1::ListDomainsResponse response, AllPages(session, v1::ListDomainsRequest(), paged));
  Answer answer;
  answer.message = &response;
  for (const v1::Domain& domain : response.domains()) AddDomain(domain, answer);
  return session.Print(answer);
}

StatusOr<int> RunDomainGet(Session& session) {
  v1::GetDomainRequest request;
  request.set_name(session.word(0));
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(const v1::GetDomainResponse response, session.client().GetDomain(request, session.call()));
  Answer answer;
  answer.message = &response;
  AddDomain(response.domain(), answer);
  return session.Print(answer);
}

StatusOr<int> RunDomainSet(Session& session) {
  ASSIGN_OR_RETURN(const std::string id, ParseDomainName(session.word(0)));
  v1::GetDomainRequest read;
  read.set_name(DomainName(id));
  const StatusOr<v1::GetDomainResponse> known = session.client().GetDomain(read, session.call());
  if (!known.ok() && known.status().code() != Code::kNotFound) return known.status();
  v1::UpdateDomainRequest request;
  v1::Domain& domain = *request.mutable_domain();
  if (known.ok()) domain = known->domain();
  domain.set_name(DomainName(id));
  if (session.Has("display-name")) domain.set_display_name(session.Text("display-name"));
  if (session.Has("description")) domain.set_description(session.Text("description"));
  if (session.Has("parent")) domain.clear_parent();
  if (!session.Text("parent").empty()) {
    ASSIGN_OR_RETURN(const std::string parent, ParseDomainName(session.Text("parent")));
    domain.set_parent(DomainName(parent));
  }
  if (session.Has("owner-team")) {
    ASSIGN_OR_RETURN(const std::string team, ParseTeamName(session.Text("owner-team")));
    domain.set_owner_team(TeamName(team));
  }
  request.set_validate_only(session.Has("validate-only"));
  ASSIGN_OR_RETURN(const v1::UpdateDomainResponse response, session.client().UpdateDomain(request, session.call()));
  Answer answer;
  answer.message = &response;
  AddDomain(response.domain(), answer);
  session.Note(response.changed() ? "changed" : "unchanged");
  return session.Print(answer);
}

StatusOr<int> RunTeamList(Session& session) {
  const PagedCall<v1::ListTeamsRequest, v1::ListTeamsResponse, v1::Team> paged = {
      &client::Client::ListTeams, &v1::ListTeamsResponse::mutable_teams};
  ASSIGN_OR_RETURN(const v1::ListTeamsResponse response, AllPages(session, v1::ListTeamsRequest(), paged));
  Answer answer;
  answer.message = &response;
  for (const v1::Team& team : response.teams()) AddTeam(team, answer);
  return session.Print(answer);
}

StatusOr<int> RunTeamGet(Session& session) {
  v1::GetTeamRequest request;
  request.set_name(session.word(0));
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(const v1::GetTeamResponse response, session.client().GetTeam(request, session.call()));
  Answer answer;
  answer.message = &response;
  AddTeam(response.team(), answer);
  return session.Print(answer);
}

StatusOr<int> RunTeamSet(Session& session) {
  ASSIGN_OR_RETURN(const std::string id, ParseTeamName(session.word(0)));
  v1::GetTeamRequest read;
  read.set_name(TeamName(id));
  const StatusOr<v1::GetTeamResponse> known = session.client().GetTeam(read, session.call());
  if (!known.ok() && known.status().code() != Code::kNotFound) return known.status();
  v1::UpdateTeamRequest request;
  v1::Team& team = *request.mutable_team();
  if (known.ok()) team = known->team();
  team.set_name(TeamName(id));
  if (session.Has("display-name")) team.set_display_name(session.Text("display-name"));
  if (session.Has("description")) team.set_description(session.Text("description"));
  if (session.Has("contact")) team.clear_contacts();
  for (const std::string& text : session.Texts("contact")) {
    ASSIGN_OR_RETURN(*team.add_contacts(), ParseContact(text));
  }
  if (session.Has("member")) team.clear_members();
  for (const std::string& text : session.Texts("member")) *team.add_members() = ParseMember(text);
  request.set_validate_only(session.Has("validate-only"));
  ASSIGN_OR_RETURN(const v1::UpdateTeamResponse response, session.client().UpdateTeam(request, session.call()));
  Answer answer;
  answer.message = &response;
  AddTeam(response.team(), answer);
  session.Note(response.changed() ? "changed" : "unchanged");
  return session.Print(answer);
}

}  // namespace souk::cli
