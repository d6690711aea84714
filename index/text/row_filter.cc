// SPDX-License-Identifier: Apache-2.0
#include "index/text/row_filter.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "base/names.h"
#include "index/text/document.h"

namespace souk::text {
namespace {

constexpr std::string_view kStateField = "state";
constexpr std::string_view kNameField = "name";

struct FieldKind {
  std::string_view field;
  ValueKind kind;
  bool facet;
};
constexpr std::array<FieldKind, 8> kFieldKinds = {{
    {"domain", ValueKind::kDomain, true},
    {"team", ValueKind::kTeam, true},
    {"owner", ValueKind::kOwner, false},
    {"tag", ValueKind::kTag, true},
    {"type", ValueKind::kType, true},
    {"platform", ValueKind::kPlatform, true},
    {"classification", ValueKind::kClassification, true},
    {"column", ValueKind::kColumn, false},
}};

std::optional<FieldKind> KindOf(std::string_view field) {
  for (const FieldKind& entry : kFieldKinds) {
    if (entry.field == field) return entry;
  }
  return std::nullopt;
}

}  // namespace

const std::vector<std::string>& FilterFields() {
  static const std::vector<std::string> fields = [] {
    std::vector<std::string> names = {std::string(kStateField), std::string(kNameField)};
    for (const FieldKind& entry : kFieldKinds) names.emplace_back(entry.field);
    return names;
  }();
  return fields;
}

RowFilter::RowFilter(Filter filter, const Snapshot& snapshot, const Visibility& visibility)
    : filter_(std::move(filter)),
      snapshot_(&snapshot),
      visibility_(&visibility),
      retired_too_(filter_.Names(kStateField)),
      known_(filter_.comparisons() * kValueKindCount) {}

StatusOr<RowFilter> RowFilter::Make(std::string_view filter, const Snapshot& snapshot, const Visibility& visibility) {
  ASSIGN_OR_RETURN(Filter parsed, Filter::Parse(filter, FilterFields()));
  return RowFilter(std::move(parsed), snapshot, visibility);
}

bool RowFilter::Visible(uint32_t slot) const {
  return visibility_->AllowsAll() || visibility_->Allows(snapshot_->RowOf(slot).Line(*snapshot_->dictionaries));
}

bool RowFilter::Matches(uint32_t slot) {
  const Row& row = snapshot_->RowOf(slot);
  if (!retired_too_ && row.state() == v1::PRODUCT_STATE_RETIRED) return false;
  if (!Visible(slot)) return false;
  if (filter_.empty()) return true;
  return filter_.Evaluate([&](const Comparison& comparison) { return Compare(comparison, row); });
}

bool RowFilter::Compare(const Comparison& comparison, const Row& row) {
  if (!comparison.field.empty()) return CompareField(comparison, comparison.field, row);
  const std::vector<std::string>& fields = FilterFields();
  return std::any_of(fields.begin(), fields.end(),
                     [&](const std::string& field) { return CompareField(comparison, field, row); });
}

bool RowFilter::CompareField(const Comparison& comparison, std::string_view field, const Row& row) {
  if (field == kStateField) return comparison.Matches(StateName(row.state()));
  if (field == kNameField) return CompareName(comparison, row);
  const std::optional<FieldKind> entry = KindOf(field);
  if (!entry) return false;
  if (entry->kind == ValueKind::kColumn) return CompareColumns(comparison, row);
  const std::span<const uint32_t> values = row.Values(entry->kind);
  return std::any_of(values.begin(), values.end(),
                     [&](uint32_t id) { return CompareValue(comparison, entry->kind, id); });
}

bool RowFilter::CompareName(const Comparison& comparison, const Row& row) const {
  if (comparison.Matches(row.display_name()) || comparison.Matches(row.product_id())) return true;
  // Whole names only where they were meant: "domain" is a word of every resource name.
  if (comparison.value.find('/') == std::string::npos) return false;
  const LineName line = row.Line(*snapshot_->dictionaries);
  return comparison.Matches(line.ToString()) || comparison.Matches(line.Product()) ||
         comparison.Matches(line.Short()) || comparison.Matches(line.domain + "/" + line.product);
}

bool RowFilter::CompareColumns(const Comparison& comparison, const Row& row) {
  const std::span<const uint32_t> columns = row.Values(ValueKind::kColumn);
  const bool whole = comparison.value.find('.') != std::string::npos;  // "orders.customer_id"
  for (uint32_t i = 0; i < columns.size(); ++i) {
    if (CompareValue(comparison, ValueKind::kColumn, columns[i])) return true;
    if (whole && comparison.Matches(row.ColumnName(i, *snapshot_->dictionaries))) return true;
  }
  return false;
}

bool RowFilter::CompareValue(const Comparison& comparison, ValueKind kind, uint32_t id) {
  std::vector<Known>& known = known_[comparison.index * kValueKindCount + static_cast<size_t>(kind)];
  if (id >= known.size()) known.resize((*snapshot_->dictionaries)[kind].size(), Known::kUnknown);
  if (known[id] == Known::kUnknown) {
    const std::string& text = (*snapshot_->dictionaries)[kind].Text(id);
    bool matches = comparison.Matches(text);
    if (kind == ValueKind::kDomain) matches = matches || comparison.Matches(DomainName(text));
    if (kind == ValueKind::kTeam) {
      const std::string slug = Slug(text);
      matches = matches || comparison.Matches(slug) || comparison.Matches(TeamName(slug));
    }
    known[id] = matches ? Known::kYes : Known::kNo;
  }
  return known[id] == Known::kYes;
}

StatusOr<FacetCounter> FacetCounter::Make(const v1::SearchRequest& request, const Snapshot& snapshot) {
  FacetCounter counter;
  counter.snapshot_ = &snapshot;
  if (static_cast<size_t>(request.facets_size()) > limits::kFacetsMax) {
    return errors::TooMany("facets", static_cast<size_t>(request.facets_size()), limits::kFacetsMax);
  }
  for (const std::string& field : request.facets()) {
    Counts counts;
    counts.field = field;
    counts.state = field == kStateField;
    const std::optional<FieldKind> entry = KindOf(field);
    if (!counts.state && !(entry && entry->facet)) {
      std::string known(kStateField);
      for (const FieldKind& kind : kFieldKinds) known += kind.facet ? ", " + std::string(kind.field) : "";
      return errors::BadField("facets", "'" + field + "' can't be counted", "Count any of " + known + ".");
    }
    if (entry) counts.kind = entry->kind;
    counts.by_id.resize(counts.state ? UINT8_MAX + 1 : (*snapshot.dictionaries)[counts.kind].size());
    counter.facets_.push_back(std::move(counts));
  }
  return counter;
}

void FacetCounter::Add(const Row& row) {
  for (Counts& counts : facets_) {
    if (counts.state) {
      ++counts.by_id[row.state()];
      continue;
    }
    for (const uint32_t id : row.Values(counts.kind)) ++counts.by_id[id];
  }
}

void FacetCounter::Finish(v1::SearchResponse& response) const {
  for (const Counts& counts : facets_) {
    std::vector<std::pair<uint64_t, std::string>> values;
    for (uint32_t id = 0; id < counts.by_id.size(); ++id) {
      if (counts.by_id[id] == 0) continue;
      values.emplace_back(counts.by_id[id], counts.state ? std::string(StateName(static_cast<uint8_t>(id)))
                                                         : (*snapshot_->dictionaries)[counts.kind].Text(id));
    }
    std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    v1::Facet& facet = *response.add_facets();
    facet.set_field(counts.field);
    facet.set_truncated(values.size() > limits::kFacetValuesMax);
    for (size_t i = 0; i < std::min(values.size(), limits::kFacetValuesMax); ++i) {
      v1::FacetValue& value = *facet.add_values();
      value.set_value(values[i].second);
      value.set_count(values[i].first);
    }
  }
}

}  // namespace souk::text
