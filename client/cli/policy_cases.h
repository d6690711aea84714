// SPDX-License-Identifier: Apache-2.0
// The cases of a policy, which lie beside it: NAME.test/CASE/ has a bundle, expected.txt, perhaps context.json. One
// thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "souk/v1/governance.pb.h"

namespace souk::cli {

struct PolicyCase {
  std::string policy;                 // path of the source
  std::string name;                   // of the case; empty: the policy itself is what is told of
  Status broken;                      // not OK: the policy or the case can't be read
  std::vector<std::string> expected;  // messages, sorted
  std::vector<std::string> found;

  bool Passes() const { return broken.ok() && expected == found; }
};

// Policies among files and folders, those of subfolders too, by path; the bundles of cases are none. NOT_FOUND.
StatusOr<std::vector<std::filesystem::path>> FindPolicies(const std::vector<std::string>& paths);

// The policy in a file.
StatusOr<v1::Policy> ReadPolicy(const std::filesystem::path& path);

// Runs all cases of a policy. One that has none is told of as broken.
std::vector<PolicyCase> RunCases(const std::filesystem::path& policy);

}  // namespace souk::cli
