// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "descriptor/columns.h"
#include "descriptor/text.h"
#include "governance/facts.h"
#include "governance/rules.h"

namespace souk::governance {
namespace {

using descriptor::Lower;
using descriptor::Quoted;

constexpr size_t kNamesTold = 3;

// Names of columns that hold data about a person, in words.
constexpr std::array<std::string_view, 22> kPersonal = {
    "email",  "e mail",     "phone",       "phone number", "mobile number", "msisdn",
    "ssn",    "passport",   "iban",        "birthdate",    "birth date",    "date of birth",
    "dob",    "surname",    "first name",  "last name",    "full name",     "home address",
    "street", "ip address", "credit card", "card number"};

// Words of a classification or a tag that say so.
constexpr std::array<std::string_view, 5> kClasses = {"pii", "personal", "phi", "sensitive", "gdpr"};

// "billingEmail_2" to "billing email 2".
std::string Words(std::string_view name) {
  std::string words;
  bool lower_before = false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool starts = std::isupper(byte) != 0 && lower_before;
    if (std::isalnum(byte) == 0 || starts) {
      if (!words.empty() && words.back() != ' ') words += ' ';
    }
    if (std::isalnum(byte) != 0) words += static_cast<char>(std::tolower(byte));
    lower_before = std::islower(byte) != 0;
  }
  return words;
}

bool HasWords(const std::string& text, std::string_view words) {
  return (" " + text + " ").find(" " + std::string(words) + " ") != std::string::npos;
}

bool SoundsPersonal(std::string_view name) {
  const std::string words = Words(name);
  return std::any_of(kPersonal.begin(), kPersonal.end(),
                     [&](std::string_view known) { return HasWords(words, known); });
}

bool SaysPersonal(std::string_view text) {
  const std::string words = Words(text);
  return std::any_of(kClasses.begin(), kClasses.end(), [&](std::string_view known) { return HasWords(words, known); });
}

bool IsPersonal(const v1::SchemaProperty& property) {
  return SaysPersonal(property.classification()) || std::any_of(property.tags().begin(), property.tags().end(),
                                                                [](const std::string& t) { return SaysPersonal(t); });
}

bool PromisesRetention(const v1::DataContract& contract) {
  return std::any_of(contract.service_levels().begin(), contract.service_levels().end(),
                     [](const v1::ServiceLevel& level) { return Lower(level.property()) == "retention"; });
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamesTold); ++i) text += (i > 0 ? ", " : "") + Quoted(names[i]);
  if (names.size() > kNamesTold) text += " and " + std::to_string(names.size() - kNamesTold) + " more";
  return text;
}

struct Columns {
  std::vector<std::string> names;
  v1::SourceLocation first;

  void Add(const descriptor::ColumnVisit& visit) {
    if (names.empty()) first = visit.property.location();
    names.push_back(visit.path);
  }
};

}  // namespace

void JudgePersonalColumns(Case& door) {
  std::map<const v1::SchemaObject*, Columns> found;
  descriptor::ForEachColumn(door.model, [&](const descriptor::ColumnVisit& visit) {
    if (!IsBlank(visit.property.classification()) || IsPersonal(visit.property)) return;
    if (SoundsPersonal(visit.property.name())) found[&visit.object].Add(visit);
  });
  for (const v1::DataContract& contract : door.model.contracts()) {
    for (const v1::SchemaObject& object : contract.schema()) {
      const auto columns = found.find(&object);
      if (columns == found.end()) continue;
      door.Find(columns->second.first,
                Listed(columns->second.names) + " of " + Quoted(object.name()) +
                    (columns->second.names.size() == 1 ? " sounds" : " sound") +
                    " like data about people, but has no classification",
                "Set classification, for example pii; or public, if it is none.");
    }
  }
}

void JudgeRetention(Case& door) {
  std::map<const v1::DataContract*, Columns> personal;
  descriptor::ForEachColumn(door.model, [&](const descriptor::ColumnVisit& visit) {
    if (IsPersonal(visit.property)) personal[&visit.contract].Add(visit);
  });
  for (const v1::DataContract& contract : door.model.contracts()) {
    const auto columns = personal.find(&contract);
    if (columns == personal.end() || PromisesRetention(contract)) continue;
    door.Find(columns->second.first,
              "the contract " + Quoted(contract.id()) + " has data about people (" + Listed(columns->second.names) +
                  "), but does not say how long it is kept",
              "Add retention to its slaProperties, with a value and a unit.");
  }
}

}  // namespace souk::governance
