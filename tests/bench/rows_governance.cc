// SPDX-License-Identifier: Apache-2.0
// The rows of governance: what a verdict and a comparison of schemas cost, on one thread.
#include <string>
#include <utility>
#include <vector>

#include "descriptor/diff.h"
#include "governance/compatibility.h"
#include "governance/judge.h"
#include "governance/policy/evaluate.h"
#include "governance/policy/policy.h"
#include "tests/bench/row.h"

namespace souk::bench {
namespace {

constexpr int kWideColumns = 5000;
constexpr int kGateColumns = 60;
constexpr int kGateRepeats = 200;
constexpr int kWhatIfColumns = 30;
constexpr int kEvery = 50;  // of the wide schema's columns, one in so many changes

v1::DataContract ContractOf(int columns, bool changed) {
  v1::DataContract contract;
  contract.set_id("wide");
  v1::SchemaObject& object = *contract.add_schema();
  object.set_name("wide");
  for (int i = 0; i < columns; ++i) {
    const bool edited = changed && i % kEvery == 0;
    v1::SchemaProperty& property = *object.add_properties();
    property.set_name("column_" + std::to_string(i) + (edited && i % 2 == 0 ? "_new" : ""));
    property.set_logical_type(edited && i % 2 == 1 ? "integer" : "string");
    property.set_physical_type("STRING");
    property.set_description("What column " + std::to_string(i) + " holds, in one sentence.");
  }
  return contract;
}

// A product in service that gains a column, and loses none.
descriptor::ParsedBundle ProductOf(int columns) {
  descriptor::ParsedBundle bundle;
  v1::DataProduct& model = bundle.model;
  model.set_id("bench.wide.v1");
  model.set_name("Wide");
  model.set_domain("bench");
  model.set_version("1.1.0");
  model.mutable_description()->set_purpose("What the gate looks at.");
  model.mutable_team()->set_name("bench");
  v1::Member& owner = *model.mutable_team()->add_members();
  owner.set_username("ada@example.com");
  owner.set_role("owner");
  *model.add_contracts() = ContractOf(columns, false);
  v1::OutputPort& port = *model.add_output_ports();
  port.set_name("wide");
  port.set_version("1.0.0");
  port.set_contract_id("wide");
  bundle.content_digest = std::string(32, 'd');
  bundle.line = {"bench", "wide", 1};
  return bundle;
}

// Ten that look at columns, owners, promises and what changed.
StatusOr<google::protobuf::RepeatedPtrField<v1::Policy>> TenPolicies() {
  google::protobuf::RepeatedPtrField<v1::Policy> policies;
  int number = 0;
  for (const char* select :
       {"SELECT path AS message, place FROM columns WHERE description IS NULL",
        "SELECT path AS message, place FROM columns WHERE path <> lower(path)",
        "SELECT c.path AS message, c.place FROM columns c JOIN columns d ON c.path = d.path AND c.place <> d.place",
        "SELECT path AS message, place FROM columns WHERE logical_type = 'number' AND path NOT LIKE '%\\_%' ESCAPE "
        "'\\'",
        "SELECT username AS message, place FROM owners WHERE date_out IS NOT NULL",
        "SELECT name AS message FROM product WHERE purpose IS NULL",
        "SELECT name AS message, place FROM ports WHERE kind = 'output' AND contract IS NULL",
        "SELECT 'no promise' AS message FROM product WHERE NOT EXISTS (SELECT 1 FROM slos)",
        "SELECT message, place FROM changes WHERE breaks_old_readers",
        "SELECT line AS message FROM consumers WHERE state = 'retired'"}) {
    const std::string head =
        "-- id: p" + std::to_string(number++) + "\n-- title: t\n-- severity: warning\n-- owner: o\n";
    ASSIGN_OR_RETURN(*policies.Add(), governance::ParsePolicy(head + select));
  }
  return policies;
}

}  // namespace

StatusOr<std::vector<Line>> RunDiff(Workbench& bench) {
  Line line = ValueLine("diff", "ms", 50, 50, std::to_string(kWideColumns) + " columns, made");
  const v1::DataContract before = ContractOf(kWideColumns, false);
  const v1::DataContract after = ContractOf(kWideColumns, true);
  size_t breaking = 0;
  RETURN_IF_ERROR(Repeat(
      bench.settings().rounds,
      [&]() -> StatusOr<double> {
        const Stopwatch watch;
        breaking = 0;
        for (const v1::Difference& difference : descriptor::Diff(before, after)) {
          breaking += governance::Breaks(difference, v1::COMPATIBILITY_MODE_FORWARD) ? 1 : 0;
        }
        return watch.seconds() * kMillisecondsInSecond;
      },
      line));
  line.note = std::to_string(breaking) + " breaking changes found";
  return std::vector<Line>{std::move(line)};
}

StatusOr<std::vector<Line>> RunGate(Workbench& bench) {
  Line line = ValueLine("gate", "us", 1000, 1000, std::to_string(kGateColumns) + " columns, made");
  const descriptor::ParsedBundle bundle = ProductOf(kGateColumns + 1);
  v1::GovernanceContext context;
  context.set_line(bundle.line.ToString());
  context.set_day("2026-11-25");
  *context.mutable_previous() = ProductOf(kGateColumns).model;
  context.set_previous_state(v1::PRODUCT_STATE_ACTIVE);
  int findings = 0;
  int found = 0;
  RETURN_IF_ERROR(Repeat(
      bench.settings().rounds,
      [&]() -> StatusOr<double> {
        const Stopwatch watch;
        for (int i = 0; i < kGateRepeats; ++i) {
          findings = governance::JudgeBundle(bundle, v1::PRODUCT_STATE_ACTIVE, context).findings_size();
        }
        return watch.seconds() * kMicrosecondsInSecond / kGateRepeats;
      },
      line));
  Line policies = ValueLine("gate.policies", "us", 1000, 1000, line.corpus);
  ASSIGN_OR_RETURN(*context.mutable_policies(), TenPolicies());
  RETURN_IF_ERROR(Repeat(
      bench.settings().rounds,
      [&]() -> StatusOr<double> {
        const Stopwatch watch;
        for (int i = 0; i < kGateRepeats; ++i) {
          found = governance::JudgeBundle(bundle, v1::PRODUCT_STATE_ACTIVE, context).findings_size();
        }
        return watch.seconds() * kMicrosecondsInSecond / kGateRepeats;
      },
      policies));
  policies.note = "the same with ten policies in SQL; findings: " + std::to_string(found);
  line.note = "all built-in rules against the version before, digests included; findings: " + std::to_string(findings);
  return std::vector<Line>{std::move(line), std::move(policies)};
}

StatusOr<std::vector<Line>> RunWhatIf(Workbench& bench) {
  constexpr int kProducts = 10'000;
  Line line = ValueLine("whatif", "s", 5, 5, std::to_string(kProducts) + " products of 30 columns, made");
  ASSIGN_OR_RETURN(const auto policies, TenPolicies());
  const descriptor::ParsedBundle bundle = ProductOf(kWhatIfColumns);
  const v1::GovernanceContext context;
  RETURN_IF_ERROR(Repeat(
      bench.settings().rounds,
      [&]() -> StatusOr<double> {
        const Stopwatch watch;
        for (int i = 0; i < kProducts; ++i) {
          governance::EvaluatePolicy(policies[i % 2 == 0 ? 0 : 1], bundle.model, v1::PRODUCT_STATE_ACTIVE, context, {});
        }
        return watch.seconds();
      },
      line));
  line.note = "one policy over each product, one thread";
  return std::vector<Line>{std::move(line)};
}

}  // namespace souk::bench
