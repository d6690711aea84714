// SPDX-License-Identifier: Apache-2.0
#include "client/cli/mesh_files.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/errors.h"
#include "base/names.h"
#include "descriptor/document.h"
#include "descriptor/fields.h"

namespace souk::cli {
namespace {

using descriptor::Fields;

// Calls `read` for each entry of the list `field`. INVALID_ARGUMENT with all defects.
Status ReadList(const std::string& text, const std::string& path, std::string_view field,
                const std::function<void(const Fields&)>& read) {
  descriptor::Reading reading;
  reading.path = path;
  const descriptor::Tree tree = descriptor::ReadTree(text, descriptor::Syntax::kYaml, reading);
  if (tree.root != nullptr) {
    const Fields root(reading, *tree.root);
    if (!root.Has(field)) {
      root.Note("", "required", "there is no list \"" + std::string(field) + "\"",
                "Write a list of entries under " + std::string(field) + ":.");
    }
    root.Each(field, read);
  }
  return reading.violations.empty() ? Status::Ok() : errors::BadDocument(std::move(reading.violations));
}

std::string Text(const Fields& entry, std::string_view field) { return std::string(entry.Scalar(field)); }

// Notes that the field is missing, or an empty text.
void Require(const Fields& entry, std::string_view field) {
  const descriptor::Node* value = entry.node().Find(field);
  const bool blank = value != nullptr && value->kind == descriptor::Node::Kind::kScalar && value->text.empty();
  if (entry.Has(field) && !blank) return;
  entry.Note("", "required", std::string(field) + " is missing", "Add " + std::string(field) + ": to the entry.");
}

std::string Required(const Fields& entry, std::string_view field) {
  Require(entry, field);
  return Text(entry, field);
}

// `name_of` makes the resource name of an id; a whole resource name may stand there too.
std::string Name(const Fields& entry, std::string_view field, std::string (*name_of)(std::string_view),
                 StatusOr<std::string> (*parse)(std::string_view)) {
  const std::string text = Text(entry, field);
  if (text.empty()) return {};
  const StatusOr<std::string> id = parse(text);
  if (id.ok()) return name_of(*id);
  entry.Note(field, "resource-name", id.status().message(), id.status().detail().remedy);
  return {};
}

v1::Team TeamOf(const Fields& entry) {
  v1::Team team;
  Require(entry, "id");
  team.set_name(Name(entry, "id", TeamName, ParseTeamName));
  team.set_display_name(Text(entry, "display_name"));
  team.set_description(Text(entry, "description"));
  entry.Each("contacts", [&](const Fields& item) {
    v1::Contact* contact = team.add_contacts();
    contact->set_channel(Required(item, "channel"));
    contact->set_url(Required(item, "url"));
    contact->set_description(Text(item, "description"));
  });
  entry.Each("members", [&](const Fields& item) {
    v1::Member* member = team.add_members();
    member->set_username(Required(item, "username"));
    member->set_name(Text(item, "name"));
    member->set_role(Text(item, "role"));
    member->set_date_in(Text(item, "date_in"));
    member->set_date_out(Text(item, "date_out"));
    member->set_description(Text(item, "description"));
  });
  return team;
}

v1::Domain DomainOf(const Fields& entry) {
  v1::Domain domain;
  Require(entry, "id");
  domain.set_name(Name(entry, "id", DomainName, ParseDomainName));
  domain.set_display_name(Text(entry, "display_name"));
  domain.set_description(Text(entry, "description"));
  domain.set_parent(Name(entry, "parent", DomainName, ParseDomainName));
  domain.set_owner_team(Name(entry, "owner_team", TeamName, ParseTeamName));
  return domain;
}

// Children wait for their parent; what waits for itself in a ring goes as it stands, for the node to refuse.
std::vector<v1::Domain> ParentsFirst(std::vector<v1::Domain> domains) {
  std::vector<v1::Domain> ordered;
  std::set<std::string> waiting;
  for (const v1::Domain& domain : domains) waiting.insert(domain.name());
  while (!domains.empty()) {
    auto ready = std::find_if(domains.begin(), domains.end(),
                              [&](const v1::Domain& domain) { return waiting.count(domain.parent()) == 0; });
    if (ready == domains.end()) ready = domains.begin();
    waiting.erase(ready->name());
    ordered.push_back(std::move(*ready));
    domains.erase(ready);
  }
  return ordered;
}

}  // namespace

StatusOr<std::vector<v1::Team>> ParseTeams(const std::string& text, const std::string& path) {
  std::vector<v1::Team> teams;
  RETURN_IF_ERROR(ReadList(text, path, "teams", [&](const Fields& entry) { teams.push_back(TeamOf(entry)); }));
  return teams;
}

StatusOr<std::vector<v1::Domain>> ParseDomains(const std::string& text, const std::string& path) {
  std::vector<v1::Domain> domains;
  RETURN_IF_ERROR(ReadList(text, path, "domains", [&](const Fields& entry) { domains.push_back(DomainOf(entry)); }));
  return ParentsFirst(std::move(domains));
}

}  // namespace souk::cli
