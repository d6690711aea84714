// SPDX-License-Identifier: Apache-2.0
// Columns. Every type change breaks: a reader that holds an integer can't take a number, and the other way round its
// text and width change. REQUIRED to optional breaks too: nulls may come.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "descriptor/changes.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

using Properties = google::protobuf::RepeatedPtrField<v1::SchemaProperty>;

// Two spellings of one physical type.
std::string CanonicalType(std::string_view physical_type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kAliases = {{{"int64", "integer"},
                                                                                      {"int", "integer"},
                                                                                      {"float64", "float"},
                                                                                      {"bool", "boolean"},
                                                                                      {"struct", "record"},
                                                                                      {"decimal", "numeric"},
                                                                                      {"bigdecimal", "bignumeric"}}};
  std::string type = Lower(Trimmed(physical_type));
  for (const auto& [alias, canonical] : kAliases) {
    if (type == alias) return std::string(canonical);
  }
  return type;
}

const std::string& PhysicalName(const v1::SchemaProperty& property) {
  return property.physical_name().empty() ? property.name() : property.physical_name();
}

void Flag(Changes& changes, std::string path, bool before, bool after, std::pair<std::string_view, std::string> lost,
          std::pair<std::string_view, std::string> won, v1::ChangeClass lost_class) {
  if (before && !after) {
    changes.Add(lost.first, std::move(path), lost_class, std::move(lost.second), "true", "false");
  } else if (!before && after) {
    changes.Add(won.first, std::move(path), v1::CHANGE_CLASS_MINOR, std::move(won.second), "false", "true");
  }
}

// True if the type is another: what is inside is then not compared.
bool DiffType(const v1::SchemaProperty& before, const v1::SchemaProperty& after, const std::string& path,
              const std::string& noun, Changes& changes) {
  if (before.logical_type() != after.logical_type()) {
    const v1::ChangeClass change_class =
        before.logical_type().empty() ? v1::CHANGE_CLASS_MINOR : v1::CHANGE_CLASS_BREAKING;
    changes.Compare("COLUMN_SAME_TYPE", JoinPath(path, "logicalType"), change_class, "the type of " + noun,
                    before.logical_type(), after.logical_type());
    if (change_class == v1::CHANGE_CLASS_BREAKING) return true;
  }
  if (CanonicalType(before.physical_type()) == CanonicalType(after.physical_type())) return false;
  const bool stated_only = before.physical_type().empty() || after.physical_type().empty();
  changes.Compare("COLUMN_SAME_PHYSICAL_TYPE", JoinPath(path, "physicalType"),
                  stated_only ? v1::CHANGE_CLASS_MINOR : v1::CHANGE_CLASS_BREAKING, "the physical type of " + noun,
                  before.physical_type(), after.physical_type());
  return false;
}

void DiffWords(const v1::SchemaProperty& before, const v1::SchemaProperty& after, const std::string& path,
               const std::string& noun, Changes& changes) {
  changes.Compare("BUSINESS_NAME_CHANGED", JoinPath(path, "businessName"), v1::CHANGE_CLASS_PATCH,
                  "the business name of " + noun, before.business_name(), after.business_name());
  changes.Compare("DESCRIPTION_CHANGED", JoinPath(path, "description"), v1::CHANGE_CLASS_PATCH,
                  "the description of " + noun, before.description(), after.description());
  changes.Compare("CLASSIFICATION_CHANGED", JoinPath(path, "classification"), v1::CHANGE_CLASS_MINOR,
                  "the classification of " + noun, before.classification(), after.classification());
  changes.CompareWords("TAG", JoinPath(path, "tags"), "tag", before.tags(), after.tags());
  changes.CompareWords("SOURCE_OBJECT", JoinPath(path, "transformSourceObjects"), "source",
                       before.transform_source_objects(), after.transform_source_objects());
}

void DiffProperty(const v1::SchemaProperty& before, const v1::SchemaProperty& after, const std::string& path,
                  const std::string& noun, Changes& changes) {
  changes.Compare("COLUMN_SAME_PHYSICAL_NAME", JoinPath(path, "physicalName"), v1::CHANGE_CLASS_BREAKING,
                  "the physical name of " + noun, PhysicalName(before), PhysicalName(after));
  Flag(changes, JoinPath(path, "required"), before.required(), after.required(),
       {"COLUMN_REQUIRED_TO_OPTIONAL", noun + " may now be null"},
       {"COLUMN_OPTIONAL_TO_REQUIRED", noun + " is never null any more"}, v1::CHANGE_CLASS_BREAKING);
  Flag(changes, JoinPath(path, "unique"), before.unique(), after.unique(),
       {"COLUMN_UNIQUE_TO_REPEATED", "values of " + noun + " may now repeat"},
       {"COLUMN_REPEATED_TO_UNIQUE", "values of " + noun + " are now unique"}, v1::CHANGE_CLASS_BREAKING);
  Flag(changes, JoinPath(path, "partitioned"), before.partitioned(), after.partitioned(),
       {"PARTITIONING_CHANGED", "the data is no longer partitioned by " + noun},
       {"PARTITIONING_CHANGED", "the data is now partitioned by " + noun}, v1::CHANGE_CLASS_MINOR);
  DiffWords(before, after, path, noun, changes);
  DiffQuality(before.quality(), after.quality(), JoinPath(path, "quality"), changes);
  DiffConstraints(before.constraints(), after.constraints(), JoinPath(path, "logicalTypeOptions"), noun, changes);
  if (DiffType(before, after, path, noun, changes)) return;
  DiffProperties(before.properties(), after.properties(), JoinPath(path, "properties"), changes);
  if (before.items_size() > 0 && after.items_size() > 0) {
    DiffProperty(before.items(0), after.items(0), JoinPath(path, "items"), "the elements of " + noun, changes);
  } else if (before.items_size() > 0) {
    changes.Add("COLUMN_SAME_TYPE", JoinPath(path, "items"), v1::CHANGE_CLASS_BREAKING,
                "the elements of " + noun + " are no longer described");
  } else if (after.items_size() > 0) {
    changes.Add("COLUMN_SAME_TYPE", JoinPath(path, "items"), v1::CHANGE_CLASS_MINOR,
                "the elements of " + noun + " are now described");
  }
}

// Columns that went, and what may be the same under a new name: never assumed, only said. Two columns look alike if
// they have the same type and, written without case and separators, the same name, or the same description.
class Renames {
 public:
  Renames(const std::vector<const v1::SchemaProperty*>& removed,
          const std::map<std::string_view, const v1::SchemaProperty*>& added) {
    if (removed.empty()) return;
    for (const auto& [name, property] : added) {
      for (const std::string& look : LooksOf(*property)) {
        const auto [known, first] = by_look_.try_emplace(look, property);
        if (!first) known->second = nullptr;  // two look like it: no suspicion
      }
    }
  }

  std::string Suspicion(const v1::SchemaProperty& removed) const {
    for (const std::string& look : LooksOf(removed)) {
      const auto found = by_look_.find(look);
      if (found == by_look_.end() || found->second == nullptr) continue;
      return "; it may be " + Quoted(found->second->name()) + " now, which looks like it";
    }
    return {};
  }

 private:
  static std::vector<std::string> LooksOf(const v1::SchemaProperty& property) {
    const std::string type = property.logical_type() + " " + CanonicalType(property.physical_type()) + " ";
    std::string letters;
    for (const char c : Lower(property.name())) {
      if (c != '_' && c != '-' && c != '.' && c != ' ') letters += c;
    }
    std::vector<std::string> looks = {type + "named " + letters};
    if (!property.description().empty()) looks.push_back(type + "described " + property.description());
    return looks;
  }

  std::map<std::string, const v1::SchemaProperty*> by_look_;
};

}  // namespace

void DiffProperties(const Properties& before, const Properties& after, const std::string& path, Changes& changes) {
  std::map<std::string_view, const v1::SchemaProperty*> fresh;
  for (const v1::SchemaProperty& property : after) fresh.emplace(property.name(), &property);
  std::vector<const v1::SchemaProperty*> removed;
  for (const v1::SchemaProperty& property : before) {
    const auto found = fresh.find(property.name());
    if (found == fresh.end()) {
      removed.push_back(&property);
      continue;
    }
    DiffProperty(property, *found->second, JoinPath(path, property.name()), "column " + Quoted(property.name()),
                 changes);
    fresh.erase(found);
  }
  const Renames renames(removed, fresh);
  for (const v1::SchemaProperty* property : removed) {
    changes.Add("COLUMN_NO_DELETE", JoinPath(path, property->name()), v1::CHANGE_CLASS_BREAKING,
                "column " + Quoted(property->name()) + " was removed" + renames.Suspicion(*property), property->name());
  }
  for (const auto& [name, property] : fresh) {
    changes.Add(property->required() ? "COLUMN_ADDED_REQUIRED" : "COLUMN_ADDED", JoinPath(path, name),
                v1::CHANGE_CLASS_MINOR, "column " + Quoted(name) + " was added", {}, property->name());
  }
}

}  // namespace souk::descriptor
