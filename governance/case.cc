// SPDX-License-Identifier: Apache-2.0
#include "governance/case.h"

#include <algorithm>
#include <utility>

#include "descriptor/locate.h"

namespace souk::governance {

void Case::Try(const Rule& rule, v1::Severity severity) {
  rule_ = &rule;
  severity_ = severity;
  rule.judge(*this);
}

void Case::Find(const std::string& pointer, std::string message, std::string remedy, v1::Severity at_most) {
  Find(descriptor::Locate(locations_, pointer), std::move(message), std::move(remedy), at_most);
}

void Case::Find(const v1::SourceLocation& location, std::string message, std::string remedy, v1::Severity at_most) {
  v1::Finding& finding = findings_.emplace_back();
  finding.set_rule(std::string(rule_->id));
  finding.set_layer("built-in");
  finding.set_severity(std::min(severity_, at_most));
  *finding.mutable_location() = location;
  finding.set_message(std::move(message));
  finding.set_remedy(std::move(remedy));
  finding.set_waivable(rule_->waivable);
}

}  // namespace souk::governance
