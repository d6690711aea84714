// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "descriptor/columns.h"
#include "descriptor/text.h"
#include "governance/facts.h"
#include "governance/rules.h"

namespace souk::governance {
namespace {

using descriptor::Lower;
using descriptor::Quoted;
using descriptor::Trimmed;

// Names that somebody meant to replace.
constexpr std::array<std::string_view, 10> kPlaceholders = {"test", "tbd", "todo",       "foo",         "untitled",
                                                            "name", "new", "my product", "new product", "data product"};

// Properties whose value is a number of some unit.
constexpr std::array<std::string_view, 5> kWithUnit = {"latency", "retention", "timetodetect", "timetonotify",
                                                       "timetorepair"};

bool IsNumber(std::string_view text) {
  text = Trimmed(text);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

void JudgeSunset(Case& door) {
  if (door.requested != v1::PRODUCT_STATE_DEPRECATED) return;
  if (SunsetOf(door.model) || (door.context != nullptr && door.context->has_sunset_time())) return;
  door.Find("/status", "the product is deprecated, but does not say until when it is served",
            "Add endOfLife or endOfSupport with a date to the slaProperties of its contract, or set the date with souk "
            "state --sunset.");
}

void JudgeNames(Case& door) {
  const std::string& name = door.model.name();
  const std::string word = Lower(Trimmed(name));
  if (std::find(kPlaceholders.begin(), kPlaceholders.end(), word) != kPlaceholders.end()) {
    door.Find("/name", "the name " + Quoted(name) + " says nothing about the product",
              "Name it after what it holds, as its readers would call it.");
  } else if (!name.empty() && Trimmed(name).size() != name.size() && !word.empty()) {
    door.Find("/name", "the name " + Quoted(name) + " has white space at an end", "Write it without.");
  }
  const std::string& id = door.model.id();
  if (id.find_first_of(" \t\r\n") != std::string::npos) {
    door.Find(
        "/id", "the id " + Quoted(id) + " has white space in it",
        "Use letters, digits, dots, dashes or colons: scripts and addresses carry it. A new id is a new product to "
        "those who know the old one, so change it before anybody reads it.");
  }
}

void JudgeMeasures(Case& door) {
  for (const v1::DataContract& contract : door.model.contracts()) {
    for (int i = 0; i < contract.service_levels_size(); ++i) {
      const v1::ServiceLevel& level = contract.service_levels(i);
      const std::string property = Lower(level.property());
      const v1::SourceLocation& location = level.location();
      if (!IsDate(level) && !IsMeasurable(level)) {
        door.Find(location,
                  "the promise " + Quoted(level.property()) + " has the value " + Quoted(level.value()) +
                      ", which can't be measured",
                  "Give a number with its unit, a duration, or a frequency in words such as daily.");
      } else if (std::find(kWithUnit.begin(), kWithUnit.end(), property) != kWithUnit.end() && IsBlank(level.unit()) &&
                 IsNumber(level.value())) {
        door.Find(location, "the promise " + Quoted(level.property()) + " of " + Quoted(level.value()) + " has no unit",
                  "Set unit: d, h, m or s, or y.");
      }
    }
  }
}

void JudgeColumnDocs(Case& door) {
  struct Count {
    int columns = 0;
    int undocumented = 0;
  };
  std::map<const v1::SchemaObject*, Count> counts;
  descriptor::ForEachColumn(door.model, [&](const descriptor::ColumnVisit& visit) {
    Count& count = counts[&visit.object];
    ++count.columns;
    if (IsBlank(visit.property.description())) ++count.undocumented;
  });
  for (const v1::DataContract& contract : door.model.contracts()) {
    for (const v1::SchemaObject& object : contract.schema()) {
      const Count count = counts[&object];
      if (count.undocumented == 0) continue;
      door.Find(object.location(),
                std::to_string(count.undocumented) + " of " + std::to_string(count.columns) + " columns of " +
                    Quoted(object.name()) + " have no description",
                "Say what the values mean, units included.");
    }
  }
}

}  // namespace souk::governance
