// SPDX-License-Identifier: Apache-2.0
// Filters and facets over the columns in memory. What was compared with one value is remembered by the value's number,
// so a filter over many lines compares text only once for each distinct value. For one call on one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/visibility.h"
#include "index/text/filter.h"
#include "index/text/snapshot.h"
#include "souk/v1/discovery_service.pb.h"

namespace souk::text {

// Fields that a filter may name: state, domain, name, team, owner, tag, type, platform, classification, column.
const std::vector<std::string>& FilterFields();

// Decides which lines are part of an answer: visible, not retired unless the filter speaks of states, and matching.
class RowFilter {
 public:
  // INVALID_ARGUMENT (BAD_FILTER).
  static StatusOr<RowFilter> Make(std::string_view filter, const Snapshot& snapshot, const Visibility& visibility);

  bool Matches(uint32_t slot);
  bool Visible(uint32_t slot) const;
  bool sees_all() const { return visibility_->AllowsAll(); }
  // True: what Matches says depends on nothing but whether the line is retired.
  bool only_hides_retired() const { return sees_all() && filter_.empty(); }

 private:
  enum class Known : uint8_t { kNo, kYes, kUnknown };

  RowFilter(Filter filter, const Snapshot& snapshot, const Visibility& visibility);

  bool Compare(const Comparison& comparison, const Row& row);
  bool CompareField(const Comparison& comparison, std::string_view field, const Row& row);
  bool CompareName(const Comparison& comparison, const Row& row) const;
  bool CompareColumns(const Comparison& comparison, const Row& row);
  // One value of a kind, in each form in which people write it; remembered.
  bool CompareValue(const Comparison& comparison, ValueKind kind, uint32_t id);

  Filter filter_;
  const Snapshot* snapshot_;
  const Visibility* visibility_;
  bool retired_too_;
  // By comparison and kind, then by value.
  std::vector<std::vector<Known>> known_;
};

// Counts values over the lines of an answer.
class FacetCounter {
 public:
  // INVALID_ARGUMENT for an unknown field or too many.
  static StatusOr<FacetCounter> Make(const v1::SearchRequest& request, const Snapshot& snapshot);

  void Add(const Row& row);
  void Finish(v1::SearchResponse& response) const;

 private:
  struct Counts {
    std::string field;
    bool state = false;
    ValueKind kind = ValueKind::kTag;
    std::vector<uint64_t> by_id;
  };

  std::vector<Counts> facets_;
  const Snapshot* snapshot_ = nullptr;
};

}  // namespace souk::text
