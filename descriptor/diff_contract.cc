// SPDX-License-Identifier: Apache-2.0
// Contracts: objects, servers, promises. A contract's own version is not compared: it follows from the rest.
#include <charconv>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "descriptor/changes.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

template <typename Message>
using List = google::protobuf::RepeatedPtrField<Message>;

const std::string& PhysicalName(const v1::SchemaObject& object) {
  return object.physical_name().empty() ? object.name() : object.physical_name();
}

std::string KeyOf(const v1::SchemaObject& object) {
  std::string key;
  for (const v1::SchemaProperty& property : object.properties()) {
    if (property.primary_key()) key += (key.empty() ? "" : ", ") + property.name();
  }
  return key;
}

void DiffObject(const v1::SchemaObject& before, const v1::SchemaObject& after, const std::string& path,
                Changes& changes) {
  const std::string noun = Quoted(before.name());
  changes.Compare("OBJECT_NAME_CHANGED", JoinPath(path, "name"), v1::CHANGE_CLASS_MINOR, "the name of " + noun,
                  before.name(), after.name());
  changes.Compare("OBJECT_SAME_PHYSICAL_NAME", JoinPath(path, "physicalName"), v1::CHANGE_CLASS_BREAKING,
                  "the physical name of " + noun, PhysicalName(before), PhysicalName(after));
  changes.Compare("OBJECT_PHYSICAL_TYPE_CHANGED", JoinPath(path, "physicalType"), v1::CHANGE_CLASS_PATCH,
                  "the physical type of " + noun, before.physical_type(), after.physical_type());
  changes.Compare("BUSINESS_NAME_CHANGED", JoinPath(path, "businessName"), v1::CHANGE_CLASS_PATCH,
                  "the business name of " + noun, before.business_name(), after.business_name());
  changes.Compare("DESCRIPTION_CHANGED", JoinPath(path, "description"), v1::CHANGE_CLASS_PATCH,
                  "the description of " + noun, before.description(), after.description());
  const std::string key = KeyOf(before);
  changes.Compare("KEY_SAME", JoinPath(path, "primaryKey"),
                  key.empty() ? v1::CHANGE_CLASS_MINOR : v1::CHANGE_CLASS_BREAKING, "the primary key of " + noun, key,
                  KeyOf(after));
  changes.CompareWords("TAG", JoinPath(path, "tags"), "tag", before.tags(), after.tags());
  DiffQuality(before.quality(), after.quality(), JoinPath(path, "quality"), changes);
  DiffProperties(before.properties(), after.properties(), JoinPath(path, "properties"), changes);
}

// "orders_v2" and "orders" are one object in two lines.
std::string_view WithoutVersion(std::string_view name) {
  const size_t digits = name.find_last_not_of("0123456789");
  const bool versioned = digits != std::string_view::npos && digits > 0 && digits + 1 < name.size() &&
                         name[digits] == 'v' && name[digits - 1] == '_';
  return versioned ? name.substr(0, digits - 1) : name;
}

// Finds the object of the same name, else the one of the same physical name, or of the same name but for its version,
// that no other old object has by name.
class Objects {
 public:
  Objects(const List<v1::SchemaObject>& olds, const List<v1::SchemaObject>& news) {
    std::set<std::string_view> old_names;
    for (const v1::SchemaObject& object : olds) old_names.insert(object.name());
    for (const v1::SchemaObject& object : news) {
      by_name_.try_emplace(object.name(), &object);
      if (old_names.contains(object.name())) continue;
      if (!object.physical_name().empty()) by_physical_name_.try_emplace(object.physical_name(), &object);
      by_bare_name_.try_emplace(WithoutVersion(object.name()), &object);
    }
  }

  // Null if there is none.
  const v1::SchemaObject* Counterpart(const v1::SchemaObject& object) const {
    if (const auto found = by_name_.find(object.name()); found != by_name_.end()) return found->second;
    const auto physical = by_physical_name_.find(object.physical_name());
    if (physical != by_physical_name_.end()) return physical->second;
    const auto bare = by_bare_name_.find(WithoutVersion(object.name()));
    return bare == by_bare_name_.end() ? nullptr : bare->second;
  }

 private:
  std::map<std::string_view, const v1::SchemaObject*> by_name_;
  std::map<std::string_view, const v1::SchemaObject*> by_physical_name_;
  std::map<std::string_view, const v1::SchemaObject*> by_bare_name_;
};

void DiffSchema(const List<v1::SchemaObject>& before, const List<v1::SchemaObject>& after, const std::string& path,
                Changes& changes) {
  const Objects objects(before, after);
  std::set<const v1::SchemaObject*> matched;
  for (const v1::SchemaObject& object : before) {
    const std::string inner = JoinPath(path, object.name());
    const v1::SchemaObject* other = objects.Counterpart(object);
    if (other == nullptr || !matched.insert(other).second) {
      changes.Add("OBJECT_NO_DELETE", inner, v1::CHANGE_CLASS_BREAKING, Quoted(object.name()) + " was removed",
                  object.name());
    } else {
      DiffObject(object, *other, inner, changes);
    }
  }
  for (const v1::SchemaObject& object : after) {
    if (matched.count(&object) > 0) continue;
    changes.Add("OBJECT_ADDED", JoinPath(path, object.name()), v1::CHANGE_CLASS_MINOR,
                Quoted(object.name()) + " was added", {}, object.name());
  }
}

std::string Place(const v1::Server& server) {
  std::string place = server.type();
  const std::map<std::string, std::string> fields(server.fields().begin(), server.fields().end());
  for (const auto& [key, value] : fields) place += " " + key + "=" + value;
  return place;
}

void DiffServers(const List<v1::Server>& before, const List<v1::Server>& after, const std::string& path,
                 Changes& changes) {
  std::map<std::string, const v1::Server*> fresh;
  const auto key_of = [](const v1::Server& server) {
    return server.server().empty() ? server.type() : server.server();
  };
  for (const v1::Server& server : after) fresh.emplace(key_of(server), &server);
  for (const v1::Server& server : before) {
    const std::string key = key_of(server);
    const auto found = fresh.find(key);
    if (found == fresh.end()) {
      changes.Add("SERVER_NO_DELETE", JoinPath(path, key), v1::CHANGE_CLASS_BREAKING,
                  "the server " + Quoted(key) + " was removed", Place(server));
      continue;
    }
    changes.Compare("SERVER_SAME", JoinPath(path, key), v1::CHANGE_CLASS_BREAKING, "the server " + Quoted(key),
                    Place(server), Place(*found->second));
    changes.Compare("SERVER_ENVIRONMENT_CHANGED", JoinPath(JoinPath(path, key), "environment"), v1::CHANGE_CLASS_PATCH,
                    "the environment of " + Quoted(key), server.environment(), found->second->environment());
    fresh.erase(found);
  }
  for (const auto& [key, server] : fresh) {
    changes.Add("SERVER_ADDED", JoinPath(path, key), v1::CHANGE_CLASS_MINOR, "the server " + Quoted(key) + " was added",
                {}, Place(*server));
  }
}

// +1: more is better for the reader; -1: less is; 0: unknown.
int Direction(std::string_view property) {
  const std::string word = Lower(property);
  for (const std::string_view more : {"availability", "throughput", "retention"}) {
    if (word == more) return 1;
  }
  for (const std::string_view less :
       {"latency", "frequency", "errorrate", "timetodetect", "timetonotify", "timetorepair"}) {
    if (word == less) return -1;
  }
  return 0;
}

bool ParseDecimal(std::string_view text, double& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool Weaker(const v1::ServiceLevel& before, const v1::ServiceLevel& after) {
  double old_value = 0;
  double new_value = 0;
  const int direction = Direction(before.property());
  if (direction == 0 || before.unit() != after.unit()) return false;
  if (!ParseDecimal(before.value(), old_value) || !ParseDecimal(after.value(), new_value)) return false;
  return direction > 0 ? new_value < old_value : new_value > old_value;
}

std::string Promise(const v1::ServiceLevel& level) {
  std::string promise = level.value();
  if (!level.value_ext().empty()) promise += ".." + level.value_ext();
  if (!level.unit().empty()) promise += " " + level.unit();
  return promise;
}

void DiffServiceLevels(const List<v1::ServiceLevel>& before, const List<v1::ServiceLevel>& after,
                       const std::string& path, Changes& changes) {
  using Key = std::pair<std::string, std::string>;
  const auto key_of = [](const v1::ServiceLevel& level) {
    return Key(level.property(), level.element() + (level.driver().empty() ? "" : " (" + level.driver() + ")"));
  };
  const auto name_of = [](const Key& key) { return key.second.empty() ? key.first : key.first + " " + key.second; };
  std::map<Key, const v1::ServiceLevel*> fresh;
  for (const v1::ServiceLevel& level : after) fresh.emplace(key_of(level), &level);
  for (const v1::ServiceLevel& level : before) {
    const Key key = key_of(level);
    const auto found = fresh.find(key);
    const std::string name = name_of(key);
    if (found == fresh.end()) {
      changes.Add("SLA_REMOVED", JoinPath(path, name), v1::CHANGE_CLASS_MINOR, "the promise " + name + " was removed",
                  Promise(level));
      continue;
    }
    changes.Compare(Weaker(level, *found->second) ? "SLA_WEAKENED" : "SLA_CHANGED", JoinPath(path, name),
                    v1::CHANGE_CLASS_MINOR, "the promise " + name, Promise(level), Promise(*found->second));
    fresh.erase(found);
  }
  for (const auto& [key, level] : fresh) {
    changes.Add("SLA_ADDED", JoinPath(path, name_of(key)), v1::CHANGE_CLASS_MINOR,
                "the promise " + name_of(key) + " was added", {}, Promise(*level));
  }
}

}  // namespace

void DiffQuality(const List<v1::QualityRule>& before, const List<v1::QualityRule>& after, const std::string& path,
                 Changes& changes) {
  const auto key_of = [](const v1::QualityRule& rule) {
    std::string key;
    for (const std::string* part : {&rule.name(), &rule.type(), &rule.metric(), &rule.dimension(), &rule.query(),
                                    &rule.expectation(), &rule.description()}) {
      if (!part->empty()) key += (key.empty() ? "" : " ") + *part;
    }
    return key;
  };
  std::multiset<std::string> fresh;
  for (const v1::QualityRule& rule : after) fresh.insert(key_of(rule));
  for (const v1::QualityRule& rule : before) {
    const std::string key = key_of(rule);
    if (const auto found = fresh.find(key); found != fresh.end()) {
      fresh.erase(found);
    } else {
      changes.Add("QUALITY_RULE_REMOVED", path, v1::CHANGE_CLASS_MINOR,
                  "the quality rule " + Quoted(key) + " was removed", key);
    }
  }
  for (const std::string& key : fresh) {
    changes.Add("QUALITY_RULE_ADDED", path, v1::CHANGE_CLASS_MINOR, "the quality rule " + Quoted(key) + " was added",
                {}, key);
  }
}

void DiffContract(const v1::DataContract& before, const v1::DataContract& after, const std::string& path,
                  Changes& changes) {
  changes.Compare("CONTRACT_SAME_ID", JoinPath(path, "id"), v1::CHANGE_CLASS_BREAKING,
                  "the contract's id, which consumers name,", before.id(), after.id());
  const auto word = [&](std::string_view field, const std::string& old_text, const std::string& new_text) {
    changes.Compare("CONTRACT_WORDS_CHANGED", JoinPath(path, field), v1::CHANGE_CLASS_PATCH,
                    "the contract's " + std::string(field), old_text, new_text);
  };
  word("name", before.name(), after.name());
  word("status", before.status(), after.status());
  word("domain", before.domain(), after.domain());
  word("dataProduct", before.data_product(), after.data_product());
  changes.CompareDescription(JoinPath(path, "description"), before.description(), after.description());
  changes.CompareWords("TAG", JoinPath(path, "tags"), "tag", before.tags(), after.tags());
  DiffServers(before.servers(), after.servers(), JoinPath(path, "servers"), changes);
  DiffSchema(before.schema(), after.schema(), JoinPath(path, "schema"), changes);
  DiffServiceLevels(before.service_levels(), after.service_levels(), JoinPath(path, "slaProperties"), changes);
}

}  // namespace souk::descriptor
