// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/door.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "descriptor/bundle.h"
#include "governance/gate.h"
#include "governance/judge.h"
#include "governance/rules.h"
#include "governance/waivers.h"
#include "server/catalog/governance_context.h"
#include "server/catalog/layers.h"
#include "server/catalog/reading.h"
#include "server/catalog/upstreams.h"
#include "storage/ledger_keys.h"

namespace souk::catalog {
namespace {

// What the gate has to say of the upstreams that the view shows.
Status JudgeUpstreams(const Candidate& candidate, const storage::View& view, RegistrationPlan& plan) {
  ASSIGN_OR_RETURN(const std::vector<v1::Upstream> upstreams, UpstreamsOf(candidate.model(), view));
  if (upstreams.empty()) return Status::Ok();
  v1::GovernanceContext context;
  for (const v1::Upstream& upstream : upstreams) *context.add_upstreams() = upstream;
  plan.findings = governance::TryUpstreamRules(candidate.model(), context, candidate.locations);
  return Status::Ok();
}

// True where more than the bundle and its upstreams decides: a line that somebody may read changes, a new major follows
// one that somebody may read, a layer or a waiver has a say, or somebody wants to see the whole verdict.
bool NeedsContext(const Candidate& candidate, const Governed& governed, const storage::SharedLine& existing) {
  if (candidate.request->validate_only() || governed.Touches(candidate.line.ToString())) return true;
  if (!existing) return candidate.line.major > 1;
  return existing->version_was_active() && existing->content_digest() != candidate.content_digest;
}

}  // namespace

Status JudgeCandidate(const Backends& parts, Candidate& candidate, Round& round, RegistrationPlan& plan) {
  const storage::View& view = round.view;
  if (!round.governed) {
    ASSIGN_OR_RETURN(round.governed, WhatIsGoverned(view));
  }
  if (!NeedsContext(candidate, *round.governed, plan.existing)) {
    GuardLayers(view, plan.transaction);
    return JudgeUpstreams(candidate, view, plan);
  }
  // The candidate's own locations are cut short.
  const v1::RegisterProductRequest& request = *candidate.request;
  ASSIGN_OR_RETURN(const descriptor::ParsedBundle bundle, descriptor::ParseBundle(request.bundle()));
  ASSIGN_OR_RETURN(const v1::GovernanceContext context,
                   AssembleContext(view, candidate.line, bundle.model, parts.clock.NowUs()));
  GuardContext(view, context, plan.transaction);
  auto verdict = std::make_shared<v1::Verdict>(governance::JudgeBundle(bundle, request.state(), context));
  verdict->set_revision(Token(parts, view.revision()));
  candidate.findings = verdict->findings();
  candidate.fit_for_active = verdict->fit_for_active();
  plan.verdict = std::move(verdict);
  return Status::Ok();
}

StatusOr<v1::Verdict> JudgeState(const Backends& parts, const storage::View& view, const store::v1::LineState& line,
                                 v1::ProductState state, storage::Transaction& transaction) {
  descriptor::ParsedBundle bundle;
  ASSIGN_OR_RETURN(bundle.line, ParseLineName(line.name()));
  bundle.model = line.model();
  bundle.content_digest = line.content_digest();
  ASSIGN_OR_RETURN(const v1::GovernanceContext context,
                   AssembleContext(view, bundle.line, bundle.model, parts.clock.NowUs()));
  GuardContext(view, context, transaction);
  return governance::JudgeBundle(bundle, state, context);
}

StatusOr<bool> MayLeaveReaders(const Backends& parts, const storage::View& view, const store::v1::LineState& line,
                               storage::Transaction& transaction) {
  const std::string day = DayOf(parts.clock.NowUs());
  bool excused = false;
  RETURN_IF_ERROR(
      ForEachWaiver(view, storage::WaiverPrefix(line.name()), [&](const std::string& key, const v1::Waiver& waiver) {
        if (waiver.rule() != governance::kReadersRule || !governance::HoldsOn(waiver, day)) return true;
        transaction.guards.push_back({key, "", view.revision()});
        excused = true;
        return false;
      }));
  return excused;
}

}  // namespace souk::catalog
