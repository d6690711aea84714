// SPDX-License-Identifier: Apache-2.0
// What a built-in rule may look at, and where it says what it found. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "descriptor/bundle.h"
#include "governance/breaking.h"
#include "souk/v1/governance.pb.h"

namespace souk::governance {

using Locations = descriptor::Locations;

class Case {
 public:
  struct Rule {
    std::string_view id;
    v1::Severity severity;
    bool waivable;
    void (*judge)(Case&);
  };

  // Everything outlives the case. Without a context (null) only the model is judged.
  Case(const v1::DataProduct& model_in, v1::ProductState requested_in, const v1::GovernanceContext* context_in,
       const Breakage* breakage_in, const Locations& locations, std::vector<v1::Finding>& findings)
      : model(model_in),
        requested(requested_in),
        context(context_in),
        breakage(breakage_in),
        locations_(locations),
        findings_(findings) {}

  const v1::DataProduct& model;
  const v1::ProductState requested;
  const v1::GovernanceContext* const context;
  const Breakage* const breakage;  // null without a context

  // Runs the rule, its findings with that weight.
  void Try(const Rule& rule, v1::Severity severity);

  // At a node of the product document, or the nearest one that is there; with the rule's weight, or a lesser one.
  void Find(const std::string& pointer, std::string message, std::string remedy,
            v1::Severity at_most = v1::SEVERITY_ERROR);
  void Find(const v1::SourceLocation& location, std::string message, std::string remedy,
            v1::Severity at_most = v1::SEVERITY_ERROR);

 private:
  const Locations& locations_;
  std::vector<v1::Finding>& findings_;
  const Rule* rule_ = nullptr;
  v1::Severity severity_ = v1::SEVERITY_UNSPECIFIED;
};

}  // namespace souk::governance
