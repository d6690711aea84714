// SPDX-License-Identifier: Apache-2.0
// How far the mesh keeps to the rules: every live line judged as it is, by the settings of its layers and its waivers.
#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/limits.h"
#include "governance/gate.h"
#include "governance/layers.h"
#include "governance/policy/evaluate.h"
#include "governance/policy/policy.h"
#include "governance/waivers.h"
#include "index/ownership/accountable.h"
#include "server/catalog/governance.h"
#include "server/catalog/governance_context.h"
#include "server/catalog/layers.h"
#include "server/catalog/reading.h"
#include "storage/ledger_keys.h"

namespace souk::catalog {
namespace {

constexpr size_t kUnfitNamedMax = 20;
constexpr uint32_t kLinesBetweenLooks = 64;  // at the caller's deadline

// What is counted of a domain.
struct Count {
  v1::DomainCompliance sums;
  std::map<std::pair<std::string, v1::Severity>, uint32_t> rules;  // lines that break them
  std::vector<std::pair<uint32_t, std::string>> unfit;             // errors, line

  // `observed`: policies that it breaks, which are only counted yet.
  void Add(const store::v1::LineState& line, const std::vector<v1::Finding>& findings,
           const std::vector<std::string>& observed) {
    std::map<std::pair<std::string, v1::Severity>, bool> seen;
    uint32_t errors = 0;
    bool waived = false;
    for (const v1::Finding& finding : findings) {
      waived = waived || !finding.waiver().empty();
      if (finding.severity() == v1::SEVERITY_INFO) continue;
      if (finding.severity() == v1::SEVERITY_ERROR) ++errors;
      seen[{finding.rule(), finding.severity()}] = true;
    }
    for (const std::string& policy : observed) seen[{policy, v1::SEVERITY_INFO}] = true;
    for (const auto& [rule, unused] : seen) ++rules[rule];
    const bool in_service = line.state() == v1::PRODUCT_STATE_ACTIVE || line.state() == v1::PRODUCT_STATE_DEPRECATED;
    sums.set_lines(sums.lines() + 1);
    sums.set_in_service(sums.in_service() + (in_service ? 1 : 0));
    sums.set_fit(sums.fit() + (errors == 0 ? 1 : 0));
    sums.set_waived(sums.waived() + (waived ? 1 : 0));
    if (errors > 0) unfit.emplace_back(errors, line.name());
  }

  v1::DomainCompliance Take() {
    for (const auto& [rule, lines] : rules) {
      v1::RuleCount& count = *sums.add_rules();
      count.set_rule(rule.first);
      count.set_severity(rule.second);
      count.set_lines(lines);
    }
    std::stable_sort(sums.mutable_rules()->begin(), sums.mutable_rules()->end(),
                     [](const v1::RuleCount& a, const v1::RuleCount& b) {
                       return std::tuple(-a.severity(), -static_cast<int64_t>(a.lines())) <
                              std::tuple(-b.severity(), -static_cast<int64_t>(b.lines()));
                     });
    std::stable_sort(unfit.begin(), unfit.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (size_t i = 0; i < std::min(unfit.size(), kUnfitNamedMax); ++i) sums.add_unfit(unfit[i].second);
    return std::move(sums);
  }
};

class Report {
 public:
  Report(const Backends& parts, const storage::View& view, const CallContext& call)
      : view_(view), call_(call), day_(DayOf(parts.clock.NowUs())) {}

  Status Run(const std::string& parent) {
    RETURN_IF_ERROR(
        ForEachWaiver(view_, std::string(storage::kWaivers), [&](const std::string&, const v1::Waiver& waiver) {
          if (governance::HoldsOn(waiver, day_)) waivers_[waiver.line()].push_back(waiver);
          return true;
        }));
    Status status;
    uint32_t seen = 0;
    RETURN_IF_ERROR(view_.ForEachLine("", "", [&](const store::v1::LineState& line) {
      if (++seen % kLinesBetweenLooks == 0) status = call_.Check("ReportCompliance");
      if (status.ok() && line.state() != v1::PRODUCT_STATE_RETIRED) status = Judge(line, parent);
      return status.ok();
    }));
    return status;
  }

  Status Fill(v1::ReportComplianceResponse& response) {
    *response.mutable_total() = total_.Take();
    for (auto& [domain, count] : domains_) {
      v1::DomainCompliance& told = *response.add_domains();
      told = count.Take();
      told.set_domain(DomainName(domain));
      ASSIGN_OR_RETURN(const ownership::DomainOwner owner, ownership::OwnerOfDomain(view_, domain));
      told.set_team(owner.team);
    }
    response.set_day(day_);
    return Status::Ok();
  }

 private:
  // What holds in a domain, and whether it lies in the part that is asked for.
  struct Place {
    bool asked = true;
    v1::GovernanceContext context;
  };

  StatusOr<const Place*> PlaceOf(const std::string& domain, const std::string& parent) {
    const auto known = places_.find(domain);
    if (known != places_.end()) return &known->second;
    Place place;
    ASSIGN_OR_RETURN(const std::vector<v1::RuleSettings> layers, LayersOf(view_, domain));
    v1::RuleSettings merged = governance::MergedSettings(layers);
    place.context.mutable_rules()->Swap(merged.mutable_rules());
    place.context.set_day(day_);
    ASSIGN_OR_RETURN(const std::vector<v1::Policy> policies, PoliciesOf(view_, domain));
    for (const v1::Policy& policy : policies) *place.context.add_policies() = policy;
    if (!parent.empty()) {
      ASSIGN_OR_RETURN(place.asked, IsBelow(DomainName(domain), parent));
    }
    return &places_.emplace(domain, std::move(place)).first->second;
  }

  StatusOr<bool> IsBelow(std::string domain, const std::string& parent) const {
    for (size_t level = 0; !domain.empty() && level <= limits::kDomainDepthMax; ++level) {
      if (domain == parent) return true;
      ASSIGN_OR_RETURN(const std::string id, ParseDomainName(domain));
      ASSIGN_OR_RETURN(const auto state, view_.FindDomain(id));
      domain = state ? state->domain().parent() : std::string();
    }
    return false;
  }

  Status Judge(const store::v1::LineState& line, const std::string& parent) {
    ASSIGN_OR_RETURN(const LineName name, ParseLineName(line.name()));
    ASSIGN_OR_RETURN(const Place* place, PlaceOf(name.domain, parent));
    if (!place->asked) return Status::Ok();
    std::vector<v1::Finding> findings = governance::TryRules(line.model(), line.state(), &place->context, {});
    for (v1::Finding& finding : governance::EvaluatePolicies(line.model(), line.state(), place->context, {})) {
      findings.push_back(std::move(finding));
    }
    std::vector<std::string> observed;
    for (const v1::Policy& policy : place->context.policies()) {
      const bool counts = governance::StageOn(policy, day_) == v1::ENFORCEMENT_STAGE_OBSERVE &&
                          governance::AppliesTo(policy, line.state());
      if (counts && !governance::EvaluatePolicy(policy, line.model(), line.state(), place->context, {}).empty()) {
        observed.push_back(policy.name());
      }
    }
    if (const auto waivers = waivers_.find(line.name()); waivers != waivers_.end()) {
      v1::GovernanceContext context;
      context.set_line(line.name());
      context.set_day(day_);
      for (const v1::Waiver& waiver : waivers->second) *context.add_waivers() = waiver;
      governance::ApplyWaivers(context, findings);
    }
    total_.Add(line, findings, observed);
    domains_[name.domain].Add(line, findings, observed);
    return Status::Ok();
  }

  const storage::View& view_;
  const CallContext& call_;
  const std::string day_;
  std::map<std::string, std::vector<v1::Waiver>> waivers_;  // that hold, by line
  std::map<std::string, Place> places_;                     // by domain
  Count total_;
  std::map<std::string, Count> domains_;
};

}  // namespace

StatusOr<v1::ReportComplianceResponse> Governance::ReportCompliance(const v1::ReportComplianceRequest& request,
                                                                    const CallContext& call) const {
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  std::string parent;
  if (!request.parent().empty()) {
    ASSIGN_OR_RETURN(const std::string id, ParseDomainName(request.parent()));
    ASSIGN_OR_RETURN(const auto domain, view.FindDomain(id));
    if (!domain) return errors::UnknownDomain(id);
    parent = DomainName(id);
  }
  Report report(parts_, view, call);
  RETURN_IF_ERROR(report.Run(parent));
  v1::ReportComplianceResponse response;
  RETURN_IF_ERROR(report.Fill(response));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

}  // namespace souk::catalog
