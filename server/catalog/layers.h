// SPDX-License-Identifier: Apache-2.0
// What the ledger keeps of governance, as a view shows it: the layers' settings, waivers, acknowledgements. Pure
// functions of the view; thread-safe. DATA_LOSS for a value that can't be read: governance fails closed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "souk/v1/governance_service.pb.h"
#include "storage/view.h"

namespace souk::catalog {

// The layers that a domain lies in and that are set: "global" first, then the domains from the root down to it. A
// domain that nobody has described has itself only.
StatusOr<std::vector<v1::RuleSettings>> LayersOf(const storage::View& view, std::string_view domain_id);
// The same without the last: what the domain inherits. Nothing for "global".
StatusOr<std::vector<v1::RuleSettings>> LayersAbove(const storage::View& view, std::string_view layer);
// One layer; empty but for its name where it is not set.
StatusOr<v1::RuleSettings> LayerSettings(const storage::View& view, std::string_view layer);

// Policies in key order, from the prefix (all: storage::kLayersBegin), until visit returns false.
Status ForEachPolicy(const storage::View& view, const std::string& prefix,
                     const std::function<bool(const std::string& key, const v1::Policy&)>& visit);
// Those of all layers that a domain lies in, the outermost first.
StatusOr<std::vector<v1::Policy>> PoliciesOf(const storage::View& view, std::string_view domain_id);

// Waivers in key order, by line, from the prefix (storage/ledger_keys.h), until visit returns false. Ended ones too.
Status ForEachWaiver(const storage::View& view, const std::string& prefix,
                     const std::function<bool(const std::string& key, const v1::Waiver&)>& visit);

// Of a line, by consumer.
StatusOr<std::vector<v1::Acknowledgement>> AcknowledgementsOf(const storage::View& view, std::string_view line);

// Lines with a waiver, and whether any layer is set.
struct Governed {
  bool any_layer = false;
  std::vector<std::string> lines;  // sorted

  bool Touches(const std::string& line) const;
};
StatusOr<Governed> WhatIsGoverned(const storage::View& view);

}  // namespace souk::catalog
