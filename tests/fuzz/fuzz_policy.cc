// SPDX-License-Identifier: Apache-2.0
// Policies of arbitrary text: a policy or a refusal that can be shown; and whatever is taken comes to an end over a
// product, twice the same way.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/names.h"
#include "governance/policy/evaluate.h"
#include "governance/policy/policy.h"

namespace {

void Must(bool holds) {
  if (!holds) std::abort();
}

souk::v1::DataProduct Product() {
  souk::v1::DataProduct model;
  model.set_name("Orders");
  model.set_domain("sales");
  model.set_version("1.0.0");
  souk::v1::DataContract& contract = *model.add_contracts();
  contract.set_id("c");
  souk::v1::SchemaObject& object = *contract.add_schema();
  object.set_name("orders");
  for (const char* name : {"id", "amount", "Käufer"}) object.add_properties()->set_name(name);
  return model;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  google::protobuf::SetLogHandler(nullptr);
  static const souk::v1::DataProduct model = Product();
  const std::string text(reinterpret_cast<const char*>(data), size);
  // What has no head of its own gets one, so that the SELECT is reached.
  const bool head = text.starts_with("--");
  const auto policy = souk::governance::ParsePolicy(
      head ? text : "-- id: p\n-- title: t\n-- severity: error\n-- owner: o\n" + text, "p.sql");
  if (!policy.ok()) {
    for (const souk::Violation& violation : policy.status().detail().violations) {
      Must(souk::IsCleanUtf8(violation.message) && !violation.remedy.empty() && violation.line > 0);
    }
    return 0;
  }
  souk::v1::GovernanceContext context;
  context.set_day("2026-11-25");
  const auto once = souk::governance::EvaluatePolicy(*policy, model, souk::v1::PRODUCT_STATE_ACTIVE, context, {});
  const auto twice = souk::governance::EvaluatePolicy(*policy, model, souk::v1::PRODUCT_STATE_ACTIVE, context, {});
  Must(once.size() == twice.size());
  for (size_t i = 0; i < once.size(); ++i) {
    Must(souk::IsCleanUtf8(once[i].message()) && once[i].SerializeAsString() == twice[i].SerializeAsString());
  }
  return 0;
}
