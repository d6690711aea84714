// SPDX-License-Identifier: Apache-2.0
// The door before a real mesh: how many of its products could be active as they are, and what the others lack. The
// counts were found by an independent reading of the same rules.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <set>

#include "governance/gate.h"
#include "tests/descriptor/documents.h"

namespace souk::governance {
namespace {

TEST(MeshGateTest, CountsWhatCouldBeActive) {
  const std::filesystem::path root = descriptor::Corpora() / "mozilla-mesh";
  if (!std::filesystem::exists(root)) GTEST_SKIP() << root << " is absent";
  size_t products = 0;
  size_t fit = 0;
  std::map<std::string, size_t> lacking;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().filename() != descriptor::kProductPath) continue;
    const auto parsed = descriptor::ParseBundle(descriptor::ReadFolder(entry.path().parent_path()));
    ASSERT_TRUE(parsed.ok()) << entry.path() << parsed.status().ToString();
    const Verdict verdict = Judge(parsed->model, parsed->state, parsed->locations);
    ++products;
    fit += verdict.fit_for_active ? 1 : 0;
    std::set<std::string> rules;
    for (const v1::Finding& finding : verdict.findings) {
      EXPECT_GT(finding.location().line(), 0U) << entry.path() << finding.rule();
      EXPECT_FALSE(finding.location().path().empty());
      if (finding.severity() == v1::SEVERITY_ERROR) rules.insert(finding.rule());
    }
    for (const std::string& rule : rules) ++lacking[rule];
  }
  std::printf("%zu products, %zu fit for active\n", products, fit);
  for (const auto& [rule, count] : lacking) std::printf("%s %zu\n", rule.c_str(), count);
  EXPECT_EQ(products, 2190U);
  EXPECT_EQ(fit, 826U);
  const std::map<std::string, size_t> want = {
      {"contract-required", 1080}, {"docs-required", 198}, {"owner-required", 519}, {"quality-required", 1251}};
  EXPECT_EQ(lacking, want);
}

}  // namespace
}  // namespace souk::governance
