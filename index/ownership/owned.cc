// SPDX-License-Identifier: Apache-2.0
// What a team or a person owns: FindOwner turned round. Candidates come from the rows and from the domains that the
// owner stands for; each is then asked who owns it, so that both directions agree.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/errors.h"
#include "base/names.h"
#include "index/ownership/accountable.h"
#include "index/ownership/ownership.h"

namespace souk::ownership {
namespace {

using store::v1::EntityState;
using store::v1::LineState;

constexpr std::string_view kTeams = "teams/";

// Whom the caller may mean.
struct Meant {
  std::string person;              // empty: a team only
  std::set<std::string> teams;     // ids of the teams that the text names
  std::set<std::string> teams_of;  // ids of the teams of whom the person is an owner
  bool member = false;             // the person is in some team, whatever the role
};

StatusOr<Meant> WhoIsMeant(const storage::View& view, std::string_view owner) {
  Meant meant;
  const bool team_only = owner.starts_with(kTeams);
  if (team_only) {
    const auto id = ParseTeamName(owner);
    if (id.ok()) meant.teams.insert(*id);
    return meant;
  }
  meant.person = std::string(owner);
  if (std::string id = Slug(owner); !id.empty()) meant.teams.insert(std::move(id));
  RETURN_IF_ERROR(view.ForEachTeam("", [&](const EntityState& entity) {
    const v1::Team& team = entity.team();
    const auto id = ParseTeamName(team.name());
    if (!id.ok()) return true;
    const auto& members = team.members();
    meant.member = meant.member || std::any_of(members.begin(), members.end(),
                                               [&](const v1::Member& member) { return member.username() == owner; });
    if (team.display_name() == owner) meant.teams.insert(*id);
    const std::vector<std::string> owners = LiveOwners(team.members());
    if (std::find(owners.begin(), owners.end(), owner) != owners.end()) meant.teams_of.insert(*id);
    return true;
  }));
  return meant;
}

// Lines that may be owned, by name, each read once.
class Candidates {
 public:
  explicit Candidates(const storage::View& view) : view_(view) {}

  Status AddAll() {
    return view_.ForEachLine("", "", [this](const LineState& line) {
      Add(line);
      return true;
    });
  }

  Status AddByRows(const std::string& owner) {
    ASSIGN_OR_RETURN(const auto rows, view_.OwnedBy(owner));
    for (const storage::OwnedLine& row : rows) {
      if (lines_.contains(row.line.ToString())) continue;
      ASSIGN_OR_RETURN(auto line, view_.FindLine(row.line));
      if (line) Add(*line);
    }
    return Status::Ok();
  }

  // Lines that leave it to their domain to say who owns them.
  Status AddByDomains(const std::set<std::string>& team_ids) {
    std::vector<std::string> domains;
    Status broken;
    RETURN_IF_ERROR(view_.ForEachDomain("", [&](const EntityState& entity) {
      const auto id = ParseDomainName(entity.domain().name());
      if (!id.ok()) return true;
      const auto owner = OwnerOfDomain(view_, *id);
      if (!owner.ok()) broken = owner.status();
      const auto team = owner.ok() ? ParseTeamName(owner->team) : StatusOr<std::string>(owner.status());
      if (team.ok() && team_ids.contains(*team)) domains.push_back(*id);
      return broken.ok();
    }));
    RETURN_IF_ERROR(broken);
    for (const std::string& domain : domains) {
      RETURN_IF_ERROR(view_.ForEachLine(domain, "", [this](const LineState& line) {
        if (Slug(line.model().team().name()).empty()) Add(line);
        return true;
      }));
    }
    return Status::Ok();
  }

  const std::map<std::string, LineState>& lines() const { return lines_; }
  // True if a line, retired ones included, was found that may be owned.
  bool named() const { return named_; }

 private:
  void Add(const LineState& line) {
    named_ = true;
    if (line.state() != v1::PRODUCT_STATE_RETIRED) lines_.try_emplace(line.name(), line);
  }

  const storage::View& view_;
  std::map<std::string, LineState> lines_;
  bool named_ = false;
};

// True if somebody has described a team that is meant, or in which the person is a member.
StatusOr<bool> IsDescribed(const storage::View& view, const Meant& meant) {
  for (const std::string& id : meant.teams) {
    ASSIGN_OR_RETURN(const auto team, view.FindTeam(id));
    if (team) return true;
  }
  return meant.member;
}

// True if a team has the line because nobody else is known for one, although its owners may be.
StatusOr<bool> TeamIsEscalated(const storage::View& view, const LineState& line) {
  if (!Slug(line.model().team().name()).empty()) return false;
  ASSIGN_OR_RETURN(const LineName name, ParseLineName(line.name()));
  ASSIGN_OR_RETURN(const DomainOwner owner, OwnerOfDomain(view, name.domain));
  return owner.team.empty();
}

// "team", "owner", or nothing.
StatusOr<std::string> RelationOf(const storage::View& view, const Meant& meant, const LineState& line) {
  ASSIGN_OR_RETURN(const v1::FindOwnerResponse owner, AccountableForLine(view, line));
  if (owner.derivation() == v1::OWNER_DERIVATION_ESCALATED) return std::string();
  const auto team = ParseTeamName(owner.team());
  if (team.ok() && meant.teams.contains(*team)) {
    ASSIGN_OR_RETURN(const bool escalated, TeamIsEscalated(view, line));
    if (!escalated) return std::string("team");
  }
  const bool is_owner = !meant.person.empty() &&
                        std::find(owner.owners().begin(), owner.owners().end(), meant.person) != owner.owners().end();
  return std::string(is_owner ? "owner" : "");
}

}  // namespace

StatusOr<std::vector<v1::OwnedProduct>> ListOwned(const storage::View& view, std::string_view owner) {
  ASSIGN_OR_RETURN(const Meant meant, WhoIsMeant(view, owner));
  Candidates candidates(view);
  if (view.historic()) {
    RETURN_IF_ERROR(candidates.AddAll());
  } else {
    std::set<std::string> teams = meant.teams;
    teams.insert(meant.teams_of.begin(), meant.teams_of.end());
    for (const std::string& team : teams) RETURN_IF_ERROR(candidates.AddByRows(team));
    if (!meant.person.empty()) RETURN_IF_ERROR(candidates.AddByRows(meant.person));
    RETURN_IF_ERROR(candidates.AddByDomains(teams));
  }
  std::vector<v1::OwnedProduct> owned;
  for (const auto& [name, line] : candidates.lines()) {
    ASSIGN_OR_RETURN(std::string relation, RelationOf(view, meant, line));
    if (relation.empty()) continue;
    v1::OwnedProduct& product = owned.emplace_back();
    product.set_name(name);
    product.set_id(line.model().id());
    product.set_relation(std::move(relation));
  }
  // All lines of a past view are candidates: there, a retired line's owner is known by what is owned only.
  if (!owned.empty() || (candidates.named() && !view.historic())) return owned;
  ASSIGN_OR_RETURN(const bool described, IsDescribed(view, meant));
  if (!described) return errors::NotFound("team or person", owner);
  return owned;
}

}  // namespace souk::ownership
