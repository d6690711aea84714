// SPDX-License-Identifier: Apache-2.0
#include "governance/judge.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <string>
#include <utility>

#include "base/digest.h"
#include "base/limits.h"
#include "governance/breaking.h"
#include "governance/compatibility.h"
#include "governance/gate.h"
#include "governance/policy/evaluate.h"
#include "governance/waivers.h"

namespace souk::governance {
namespace {

std::string Canonical(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&out);
  }
  return bytes;
}

std::string HexDigest(const google::protobuf::Message& message) { return Hex(Sha256(Canonical(message))); }

// What the layers say, without who put it there and when.
std::string PolicyDigest(const v1::GovernanceContext& context) {
  v1::GovernanceContext said;
  for (const v1::Policy& policy : context.policies()) {
    v1::Policy& kept = *said.add_policies();
    kept.set_name(policy.name());
    kept.set_layer(policy.layer());
    kept.set_source(policy.source());
  }
  *said.mutable_rules() = context.rules();
  said.set_compatibility(context.compatibility());
  return HexDigest(said);
}

std::string ContextDigest(v1::GovernanceContext context) {
  context.clear_policies();
  context.clear_rules();
  context.clear_compatibility();
  return HexDigest(context);
}

v1::ProductState StateOf(const descriptor::ParsedBundle& bundle, v1::ProductState requested,
                         const v1::GovernanceContext& context) {
  if (requested != v1::PRODUCT_STATE_UNSPECIFIED) return requested;
  if (bundle.state != v1::PRODUCT_STATE_UNSPECIFIED) return bundle.state;
  return context.has_previous() ? context.previous_state() : v1::PRODUCT_STATE_DRAFT;
}

}  // namespace

v1::Verdict JudgeBundle(const descriptor::ParsedBundle& bundle, v1::ProductState requested,
                        const v1::GovernanceContext& context) {
  const Breakage breakage = FindBreakage(bundle.model, context);
  const v1::ProductState state = StateOf(bundle, requested, context);
  std::vector<v1::Finding> findings = TryRules(bundle.model, state, &context, bundle.locations, &breakage);
  for (v1::Finding& finding : EvaluatePolicies(bundle.model, state, context, bundle.locations)) {
    findings.push_back(std::move(finding));
  }
  ApplyWaivers(context, findings);
  SortFindings(bundle.model, findings);
  v1::Verdict verdict;
  verdict.set_fit_for_active(findings.empty() || findings.front().severity() != v1::SEVERITY_ERROR);
  if (findings.size() > limits::kFindingsMax) findings.resize(limits::kFindingsMax);
  for (v1::Finding& finding : findings) *verdict.add_findings() = std::move(finding);
  verdict.set_compatibility(ModeOr(context.compatibility()));
  for (const v1::BreakingChange& change : breakage.changes) *verdict.add_breaking_changes() = change;
  verdict.set_changes_digest(breakage.changes_digest);
  for (const v1::AffectedConsumer& affected : breakage.affected) *verdict.add_affected() = affected;
  verdict.set_descriptor_digest(Hex(bundle.content_digest));
  verdict.set_policy_digest(PolicyDigest(context));
  verdict.set_context_digest(ContextDigest(context));
  verdict.set_digest(HexDigest(verdict));
  return verdict;
}

}  // namespace souk::governance
