// SPDX-License-Identifier: Apache-2.0
#include "governance/facts.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/roles.h"
#include "descriptor/text.h"
#include "governance/date.h"

namespace souk::governance {
namespace {

using descriptor::Lower;
using descriptor::Trimmed;

bool LooksLikeEmail(std::string_view text) {
  text = Trimmed(text);
  if (text.starts_with("mailto:")) text.remove_prefix(std::string_view("mailto:").size());
  const size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" \t") == std::string_view::npos;
}

// The standard's property names are case-insensitive.
bool IsSunset(const v1::ServiceLevel& level) {
  const std::string word = Lower(level.property());
  return word == "endoflife" || word == "endofsupport";
}

// A number or a duration has a digit; a frequency may be a word.
bool CanBeMeasured(std::string_view value) {
  static constexpr std::array<std::string_view, 9> kWords = {"continuous", "real-time", "realtime",  "hourly", "daily",
                                                             "weekly",     "monthly",   "quarterly", "yearly"};
  const std::string word = Lower(Trimmed(value));
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }) ||
         std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// The first date that the contract gives for the property.
std::optional<int64_t> DateOf(const v1::DataContract& contract, std::string_view property) {
  for (const v1::ServiceLevel& level : contract.service_levels()) {
    if (Lower(level.property()) != property) continue;
    if (const auto date = ParseDate(Trimmed(level.value()))) return date;
  }
  return std::nullopt;
}

bool HasRule(const google::protobuf::RepeatedPtrField<v1::SchemaProperty>& properties) {
  return std::any_of(properties.begin(), properties.end(), [](const v1::SchemaProperty& property) {
    return property.quality_size() > 0 || HasRule(property.properties()) || HasRule(property.items());
  });
}

}  // namespace

bool IsBlank(std::string_view text) { return Trimmed(text).empty(); }

OwnerState FindOwner(const v1::DataProduct& model) {
  const bool support = std::any_of(model.support().begin(), model.support().end(), [](const v1::Contact& contact) {
    return !IsBlank(contact.url()) || LooksLikeEmail(contact.channel());
  });
  OwnerState state = OwnerState::kNone;
  for (const v1::Member& member : model.team().members()) {
    if (!IsOwnerRole(member.role())) continue;
    OwnerState found = OwnerState::kLeft;
    if (IsBlank(member.date_out())) {
      const bool reachable = support || LooksLikeEmail(member.username());
      found = reachable ? OwnerState::kReachable : OwnerState::kUnreachable;
    }
    state = std::max(state, found);
  }
  return state;
}

bool IsDate(const v1::ServiceLevel& level) {
  return IsSunset(level) || Lower(level.property()) == "generalavailability";
}

bool IsMeasurable(const v1::ServiceLevel& level) {
  return !IsBlank(level.property()) && CanBeMeasured(level.value()) && !IsDate(level);
}

bool HasColumns(const v1::DataContract& contract) {
  return std::any_of(contract.schema().begin(), contract.schema().end(),
                     [](const v1::SchemaObject& object) { return object.properties_size() > 0; });
}

bool PromisesQuality(const v1::DataContract& contract) {
  return std::any_of(contract.service_levels().begin(), contract.service_levels().end(), IsMeasurable) ||
         std::any_of(contract.schema().begin(), contract.schema().end(), [](const v1::SchemaObject& object) {
           return object.quality_size() > 0 || HasRule(object.properties());
         });
}

std::optional<int64_t> SunsetOf(const v1::DataProduct& model) {
  std::optional<int64_t> first;
  for (const v1::DataContract& contract : model.contracts()) {
    const auto end = DateOf(contract, "endoflife");
    const auto sunset = end ? end : DateOf(contract, "endofsupport");
    if (sunset && (!first || *sunset < *first)) first = sunset;
  }
  return first;
}

}  // namespace souk::governance
