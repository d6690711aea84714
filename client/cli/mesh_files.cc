// SPDX-License-Identifier: Apache-2.0
#include "client/cli/mesh_files.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "base/errors.h"
#include "base/names.h"
#include "client/cli/known_keys.h"
#include "descriptor/document.h"
#include "descriptor/fields.h"

namespace souk::cli {
namespace {

using descriptor::Fields;

constexpr std::array<std::string_view, 5> kTeamKeys = {"id", "display_name", "description", "contacts", "members"};
constexpr std::array<std::string_view, 3> kContactKeys = {"channel", "url", "description"};
constexpr std::array<std::string_view, 6> kMemberKeys = {"username", "name",     "role",
                                                         "date_in",  "date_out", "description"};
constexpr std::array<std::string_view, 5> kDomainKeys = {"id", "display_name", "description", "parent", "owner_team"};

// The fields of the message that the entry names; the message's name stands for the entry's id.
google::protobuf::FieldMask MaskOf(const Fields& entry) {
  google::protobuf::FieldMask mask;
  for (const descriptor::Member& member : entry.node().members) {
    mask.add_paths(member.key == "id" ? "name" : std::string(member.key));
  }
  return mask;
}

// Calls `read` for each entry of the list `field`. INVALID_ARGUMENT with all defects.
Status ReadList(const std::string& text, const std::string& path, std::string_view field,
                const std::function<void(const Fields&)>& read) {
  descriptor::Reading reading;
  reading.path = path;
  const descriptor::Tree tree = descriptor::ReadTree(text, descriptor::Syntax::kYaml, reading);
  if (tree.root != nullptr) {
    const Fields root(reading, *tree.root);
    CheckKeys(root, std::array<std::string_view, 2>{"kind", field});
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

v1::UpdateTeamRequest TeamOf(const Fields& entry) {
  CheckKeys(entry, kTeamKeys);
  v1::UpdateTeamRequest request;
  *request.mutable_update_mask() = MaskOf(entry);
  v1::Team& team = *request.mutable_team();
  Require(entry, "id");
  team.set_name(Name(entry, "id", TeamName, ParseTeamName));
  team.set_display_name(Text(entry, "display_name"));
  team.set_description(Text(entry, "description"));
  entry.Each("contacts", [&](const Fields& item) {
    CheckKeys(item, kContactKeys);
    v1::Contact* contact = team.add_contacts();
    contact->set_channel(Required(item, "channel"));
    contact->set_url(Required(item, "url"));
    contact->set_description(Text(item, "description"));
  });
  entry.Each("members", [&](const Fields& item) {
    CheckKeys(item, kMemberKeys);
    v1::Member* member = team.add_members();
    member->set_username(Required(item, "username"));
    member->set_name(Text(item, "name"));
    member->set_role(Text(item, "role"));
    member->set_date_in(Text(item, "date_in"));
    member->set_date_out(Text(item, "date_out"));
    member->set_description(Text(item, "description"));
  });
  return request;
}

v1::UpdateDomainRequest DomainOf(const Fields& entry) {
  CheckKeys(entry, kDomainKeys);
  v1::UpdateDomainRequest request;
  *request.mutable_update_mask() = MaskOf(entry);
  v1::Domain& domain = *request.mutable_domain();
  Require(entry, "id");
  domain.set_name(Name(entry, "id", DomainName, ParseDomainName));
  domain.set_display_name(Text(entry, "display_name"));
  domain.set_description(Text(entry, "description"));
  domain.set_parent(Name(entry, "parent", DomainName, ParseDomainName));
  domain.set_owner_team(Name(entry, "owner_team", TeamName, ParseTeamName));
  return request;
}

// Children wait for their parent; what waits for itself in a ring goes as it stands, for the node to refuse.
std::vector<v1::UpdateDomainRequest> ParentsFirst(std::vector<v1::UpdateDomainRequest> requests) {
  std::vector<v1::UpdateDomainRequest> ordered;
  std::set<std::string> waiting;
  for (const v1::UpdateDomainRequest& request : requests) waiting.insert(request.domain().name());
  while (!requests.empty()) {
    auto ready = std::find_if(requests.begin(), requests.end(), [&](const v1::UpdateDomainRequest& request) {
      return waiting.count(request.domain().parent()) == 0;
    });
    if (ready == requests.end()) ready = requests.begin();
    waiting.erase(ready->domain().name());
    ordered.push_back(std::move(*ready));
    requests.erase(ready);
  }
  return ordered;
}

}  // namespace

StatusOr<std::vector<v1::UpdateTeamRequest>> ParseTeams(const std::string& text, const std::string& path) {
  std::vector<v1::UpdateTeamRequest> teams;
  RETURN_IF_ERROR(ReadList(text, path, "teams", [&](const Fields& entry) { teams.push_back(TeamOf(entry)); }));
  return teams;
}

StatusOr<std::vector<v1::UpdateDomainRequest>> ParseDomains(const std::string& text, const std::string& path) {
  std::vector<v1::UpdateDomainRequest> domains;
  RETURN_IF_ERROR(ReadList(text, path, "domains", [&](const Fields& entry) { domains.push_back(DomainOf(entry)); }));
  return ParentsFirst(std::move(domains));
}

}  // namespace souk::cli
