// SPDX-License-Identifier: Apache-2.0
// The product's own part, and which contract compares with which. Versions are not compared: they follow from the rest.
#include "descriptor/diff.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/names.h"
#include "base/roles.h"
#include "descriptor/changes.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

template <typename Message>
using List = google::protobuf::RepeatedPtrField<Message>;

std::string PortName(const std::string& name, const std::string& version) {
  return version.empty() ? name : name + "@" + version;
}

void DiffInputPorts(const List<v1::InputPort>& before, const List<v1::InputPort>& after, Changes& changes) {
  const auto key_of = [](const v1::InputPort& port) {
    return PortName(port.name(), port.version()) + (port.contract_id().empty() ? "" : " " + port.contract_id());
  };
  std::set<std::string> old_keys;
  std::set<std::string> new_keys;
  for (const v1::InputPort& port : before) old_keys.insert(key_of(port));
  for (const v1::InputPort& port : after) new_keys.insert(key_of(port));
  for (const std::string& key : old_keys) {
    if (new_keys.count(key) > 0) continue;
    changes.Add("INPUT_PORT_REMOVED", JoinPath("inputPorts", key), v1::CHANGE_CLASS_MINOR,
                "it no longer reads " + Quoted(key), key);
  }
  for (const std::string& key : new_keys) {
    if (old_keys.count(key) > 0) continue;
    changes.Add("INPUT_PORT_ADDED", JoinPath("inputPorts", key), v1::CHANGE_CLASS_MINOR, "it now reads " + Quoted(key),
                {}, key);
  }
}

// A version that fits the old one: the same, or another of the same major number.
const v1::OutputPort* Counterpart(const v1::OutputPort& port, const List<v1::OutputPort>& olds,
                                  const List<v1::OutputPort>& news) {
  for (const v1::OutputPort& other : news) {
    if (other.name() == port.name() && other.version() == port.version()) return &other;
  }
  const auto major = MajorOf(port.version());
  for (const v1::OutputPort& other : news) {
    bool taken = false;
    for (const v1::OutputPort& old : olds) {
      taken = taken || (old.name() == other.name() && old.version() == other.version());
    }
    const auto other_major = MajorOf(other.version());
    if (!taken && other.name() == port.name() && major.ok() && other_major.ok() && *major == *other_major)
      return &other;
  }
  return nullptr;
}

// Two lines of a product differ in the major number of their ports: the only old and the only new port of one name are
// the same port then, so that its contract can be compared column by column.
const v1::OutputPort* OnlyNamesake(const v1::OutputPort& port, const List<v1::OutputPort>& olds,
                                   const List<v1::OutputPort>& news) {
  const auto same = [&](const v1::OutputPort& other) { return other.name() == port.name(); };
  if (std::count_if(olds.begin(), olds.end(), same) != 1 || std::count_if(news.begin(), news.end(), same) != 1) {
    return nullptr;
  }
  return &*std::find_if(news.begin(), news.end(), same);
}

// old contract id -> new contract id, for ports that both have.
using ContractMap = std::map<std::string, std::string>;

void DiffOutputPort(const v1::OutputPort& before, const v1::OutputPort& after, const std::string& path,
                    Changes& changes) {
  const std::string noun = "output port " + Quoted(before.name());
  const auto major = MajorOf(before.version());
  const auto other_major = MajorOf(after.version());
  const bool new_major = major.ok() && other_major.ok() && *major != *other_major;
  changes.Compare("OUTPUT_PORT_VERSION_CHANGED", JoinPath(path, "version"),
                  new_major ? v1::CHANGE_CLASS_BREAKING : v1::CHANGE_CLASS_PATCH, "the version of " + noun,
                  before.version(), after.version());
  changes.Compare("OUTPUT_PORT_SAME_TYPE", JoinPath(path, "type"),
                  before.type().empty() || after.type().empty() ? v1::CHANGE_CLASS_MINOR : v1::CHANGE_CLASS_BREAKING,
                  "the type of " + noun, before.type(), after.type());
  changes.Compare("OUTPUT_PORT_SAME_CONTRACT", JoinPath(path, "contractId"),
                  before.contract_id().empty() ? v1::CHANGE_CLASS_MINOR : v1::CHANGE_CLASS_BREAKING,
                  "the contract of " + noun, before.contract_id(), after.contract_id());
  changes.Compare("DESCRIPTION_CHANGED", JoinPath(path, "description"), v1::CHANGE_CLASS_PATCH,
                  "the description of " + noun, before.description(), after.description());
  changes.CompareWords("TAG", JoinPath(path, "tags"), "tag", before.tags(), after.tags());
}

ContractMap DiffOutputPorts(const List<v1::OutputPort>& before, const List<v1::OutputPort>& after, Changes& changes) {
  ContractMap contracts;
  std::set<const v1::OutputPort*> matched;
  for (const v1::OutputPort& port : before) {
    const std::string key = PortName(port.name(), port.version());
    const std::string path = JoinPath("outputPorts", key);
    const v1::OutputPort* other = Counterpart(port, before, after);
    if (other == nullptr) other = OnlyNamesake(port, before, after);
    if (other == nullptr || !matched.insert(other).second) {
      changes.Add("OUTPUT_PORT_NO_DELETE", path, v1::CHANGE_CLASS_BREAKING,
                  "output port " + Quoted(key) + " was removed", key);
      continue;
    }
    DiffOutputPort(port, *other, path, changes);
    contracts.emplace(port.contract_id(), other->contract_id());
  }
  for (const v1::OutputPort& port : after) {
    if (matched.count(&port) > 0) continue;
    const std::string key = PortName(port.name(), port.version());
    changes.Add("OUTPUT_PORT_ADDED", JoinPath("outputPorts", key), v1::CHANGE_CLASS_MINOR,
                "output port " + Quoted(key) + " was added", {}, key);
  }
  return contracts;
}

void DiffContracts(const List<v1::DataContract>& before, const List<v1::DataContract>& after,
                   const ContractMap& renamed, Changes& changes) {
  std::map<std::string, const v1::DataContract*> fresh;
  for (const v1::DataContract& contract : after) fresh.emplace(contract.id(), &contract);
  std::set<std::string> old_ids;
  for (const v1::DataContract& contract : before) old_ids.insert(contract.id());
  for (const v1::DataContract& contract : before) {
    const std::string path = JoinPath("contracts", contract.id());
    auto found = fresh.find(contract.id());
    if (found == fresh.end()) {
      const auto rename = renamed.find(contract.id());
      if (rename != renamed.end() && old_ids.count(rename->second) == 0) found = fresh.find(rename->second);
    }
    if (found == fresh.end()) {
      changes.Add("CONTRACT_NO_DELETE", path, v1::CHANGE_CLASS_BREAKING,
                  "the contract " + Quoted(contract.id()) + " was removed", contract.id());
      continue;
    }
    DiffContract(contract, *found->second, path, changes);
    fresh.erase(found);
  }
  for (const auto& [id, contract] : fresh) {
    changes.Add("CONTRACT_ADDED", JoinPath("contracts", id), v1::CHANGE_CLASS_MINOR,
                "the contract " + Quoted(id) + " was added", {}, contract->id());
  }
}

// "name <username> (role)", sorted, of those who have not left.
std::set<std::string> People(const v1::DeclaredTeam& team, bool owners) {
  std::set<std::string> people;
  for (const v1::Member& member : team.members()) {
    const bool owner = IsOwnerRole(member.role());
    if (member.date_out().empty() && owner == owners) {
      people.insert(owner || member.role().empty() ? member.username()
                                                   : member.username() + " (" + member.role() + ")");
    }
  }
  return people;
}

std::string Joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void DiffTeam(const v1::DataProduct& before, const v1::DataProduct& after, Changes& changes) {
  changes.Compare("OWNER_CHANGED", "team/name", v1::CHANGE_CLASS_PATCH, "the team", before.team().name(),
                  after.team().name());
  changes.Compare("OWNER_CHANGED", "team/members/owners", v1::CHANGE_CLASS_PATCH, "the owners",
                  Joined(People(before.team(), true)), Joined(People(after.team(), true)));
  changes.Compare("TEAM_CHANGED", "team/members", v1::CHANGE_CLASS_PATCH, "the rest of the team",
                  Joined(People(before.team(), false)), Joined(People(after.team(), false)));
  changes.Compare("DESCRIPTION_CHANGED", "team/description", v1::CHANGE_CLASS_PATCH, "the team's description",
                  before.team().description(), after.team().description());
  const auto ways = [](const v1::DataProduct& model) {
    std::set<std::string> set;
    for (const v1::Contact& contact : model.support()) set.insert(contact.channel() + " " + contact.url());
    return Joined(set);
  };
  changes.Compare("SUPPORT_CHANGED", "support", v1::CHANGE_CLASS_PATCH, "the support", ways(before), ways(after));
}

}  // namespace

std::vector<v1::Difference> Diff(const v1::DataProduct& before, const v1::DataProduct& after) {
  Changes changes;
  changes.Compare("ID_CHANGED", "id", v1::CHANGE_CLASS_MINOR, "the id", before.id(), after.id());
  changes.Compare("NAME_CHANGED", "name", v1::CHANGE_CLASS_PATCH, "the name", before.name(), after.name());
  changes.Compare("DOMAIN_CHANGED", "domain", v1::CHANGE_CLASS_PATCH, "the domain", before.domain(), after.domain());
  changes.Compare("STATUS_CHANGED", "status", v1::CHANGE_CLASS_PATCH, "the status", before.status(), after.status());
  changes.Compare("TYPE_CHANGED", "type", v1::CHANGE_CLASS_PATCH, "the type", before.type(), after.type());
  changes.CompareDescription("description", before.description(), after.description());
  changes.CompareWords("TAG", "tags", "tag", before.tags(), after.tags());
  changes.CompareWords("SYNONYM", "synonyms", "synonym", before.synonyms(), after.synonyms());
  DiffTeam(before, after, changes);
  DiffInputPorts(before.input_ports(), after.input_ports(), changes);
  const ContractMap renamed = DiffOutputPorts(before.output_ports(), after.output_ports(), changes);
  DiffContracts(before.contracts(), after.contracts(), renamed, changes);
  return changes.Take();
}

std::vector<v1::Difference> Diff(const v1::DataContract& before, const v1::DataContract& after) {
  Changes changes;
  DiffContract(before, after, "", changes);
  return changes.Take();
}

v1::ChangeClass Gravest(const std::vector<v1::Difference>& differences) {
  v1::ChangeClass gravest = v1::CHANGE_CLASS_UNSPECIFIED;
  for (const v1::Difference& difference : differences) gravest = std::max(gravest, difference.change_class());
  return gravest;
}

}  // namespace souk::descriptor
