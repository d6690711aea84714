// SPDX-License-Identifier: Apache-2.0
#include "client/cli/mesh_files.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <set>

#include "base/errors.h"
#include "base/names.h"

namespace souk::cli {
namespace {

// Reads entries and gathers every defect instead of stopping at the first.
class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  // Calls `read` for each entry of the list `field`. INVALID_ARGUMENT with all defects.
  Status ReadList(const std::string& text, const std::string& field,
                  const std::function<void(const YAML::Node&)>& read) {
    try {
      const YAML::Node root = YAML::Load(text);
      if (!root.IsMap() || !root[field].IsDefined() || !root[field].IsSequence()) {
        Defect(root, "there is no list \"" + field + "\"", "Write a list of entries under " + field + ":.");
      } else {
        for (const YAML::Node& entry : root[field]) {
          if (entry.IsMap()) {
            read(entry);
          } else {
            Defect(entry, "an entry is not a map", "Write \"- id: ...\" and the fields below it.");
          }
        }
      }
    } catch (const YAML::Exception& error) {
      DefectAt(error.mark, error.msg, "Check the YAML there.");
    }
    return defects_.empty() ? Status::Ok() : errors::BadDocument(std::move(defects_));
  }

  // The field's text; empty if it is absent or null.
  std::string Text(const YAML::Node& entry, const std::string& field) {
    const YAML::Node value = entry[field];
    if (!value.IsDefined() || value.IsNull()) return {};
    if (value.IsScalar()) return value.Scalar();
    Defect(value, field + " is not a text", "Write one value.");
    return {};
  }

  std::string Required(const YAML::Node& entry, const std::string& field) {
    std::string text = Text(entry, field);
    if (text.empty()) Defect(entry, field + " is missing", "Add " + field + ": to the entry.");
    return text;
  }

  // `name_of` makes the resource name of an id; a whole resource name may stand there too.
  std::string Name(const YAML::Node& entry, const std::string& field, std::string (*name_of)(std::string_view),
                   StatusOr<std::string> (*parse)(std::string_view), bool required) {
    const std::string text = required ? Required(entry, field) : Text(entry, field);
    if (text.empty()) return {};
    const StatusOr<std::string> id = parse(text);
    if (id.ok()) return name_of(*id);
    Defect(entry[field], id.status().message(), id.status().detail().remedy);
    return {};
  }

  void ForEach(const YAML::Node& entry, const std::string& field, const std::function<void(const YAML::Node&)>& read) {
    const YAML::Node list = entry[field];
    if (!list.IsDefined() || list.IsNull()) return;
    if (!list.IsSequence()) return Defect(list, field + " is not a list", "Write one \"- \" entry for each.");
    for (const YAML::Node& item : list) {
      if (item.IsMap()) {
        read(item);
      } else {
        Defect(item, "an entry of " + field + " is not a map", "Write its fields by name.");
      }
    }
  }

 private:
  void Defect(const YAML::Node& node, const std::string& message, const std::string& remedy) {
    DefectAt(node.Mark(), message, remedy);
  }

  void DefectAt(const YAML::Mark& mark, const std::string& message, const std::string& remedy) {
    Violation& violation = defects_.emplace_back();
    violation.rule = "mesh-file";
    violation.path = path_;
    violation.line = mark.is_null() ? 0 : static_cast<uint32_t>(mark.line) + 1;
    violation.column = mark.is_null() ? 0 : static_cast<uint32_t>(mark.column) + 1;
    violation.message = message;
    violation.remedy = remedy;
  }

  const std::string path_;
  std::vector<Violation> defects_;
};

v1::Team TeamOf(const YAML::Node& entry, Reader& reader) {
  v1::Team team;
  team.set_name(reader.Name(entry, "id", TeamName, ParseTeamName, true));
  team.set_display_name(reader.Text(entry, "display_name"));
  team.set_description(reader.Text(entry, "description"));
  reader.ForEach(entry, "contacts", [&](const YAML::Node& item) {
    v1::Contact* contact = team.add_contacts();
    contact->set_channel(reader.Required(item, "channel"));
    contact->set_url(reader.Required(item, "url"));
    contact->set_description(reader.Text(item, "description"));
  });
  reader.ForEach(entry, "members", [&](const YAML::Node& item) {
    v1::Member* member = team.add_members();
    member->set_username(reader.Required(item, "username"));
    member->set_name(reader.Text(item, "name"));
    member->set_role(reader.Text(item, "role"));
    member->set_date_in(reader.Text(item, "date_in"));
    member->set_date_out(reader.Text(item, "date_out"));
    member->set_description(reader.Text(item, "description"));
  });
  return team;
}

v1::Domain DomainOf(const YAML::Node& entry, Reader& reader) {
  v1::Domain domain;
  domain.set_name(reader.Name(entry, "id", DomainName, ParseDomainName, true));
  domain.set_display_name(reader.Text(entry, "display_name"));
  domain.set_description(reader.Text(entry, "description"));
  domain.set_parent(reader.Name(entry, "parent", DomainName, ParseDomainName, false));
  domain.set_owner_team(reader.Name(entry, "owner_team", TeamName, ParseTeamName, false));
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
  Reader reader(path);
  RETURN_IF_ERROR(
      reader.ReadList(text, "teams", [&](const YAML::Node& entry) { teams.push_back(TeamOf(entry, reader)); }));
  return teams;
}

StatusOr<std::vector<v1::Domain>> ParseDomains(const std::string& text, const std::string& path) {
  std::vector<v1::Domain> domains;
  Reader reader(path);
  RETURN_IF_ERROR(
      reader.ReadList(text, "domains", [&](const YAML::Node& entry) { domains.push_back(DomainOf(entry, reader)); }));
  return ParentsFirst(std::move(domains));
}

}  // namespace souk::cli
