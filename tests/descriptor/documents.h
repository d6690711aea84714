// SPDX-License-Identifier: Apache-2.0
// Documents for the tests of descriptor/ and governance/: a small product and contract to edit, and the public corpora
// beside the repository. Pure functions but for reading files.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "descriptor/bundle.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

inline constexpr std::string_view kProductPath = "product.odps.yaml";
inline constexpr std::string_view kContractPath = "contract.odcs.yaml";

// A complete product that may be active, and its contract.
std::string ProductText();
std::string ContractText();

// Replaces the one occurrence of what; fails the test if there is another number of them.
std::string Replaced(std::string text, std::string_view what, std::string_view with);

v1::Bundle BundleOf(std::initializer_list<std::pair<std::string_view, std::string>> documents);
// The product and contract as they stand.
v1::Bundle BundleOf(std::string product, std::string contract);

// The violation of a rule, or one with the rule "none".
Violation Find(const std::vector<Violation>& violations, std::string_view rule);
// "/pointer:line:column" of the violation of a rule in the error of a bundle; "accepted" or "no such rule" otherwise.
std::string PlaceOf(const StatusOr<ParsedBundle>& parsed, std::string_view rule);

std::string ReadFile(const std::filesystem::path& path);
// Beside the repository; may be absent.
std::filesystem::path Corpora();
// All documents of a folder: one bundle.
v1::Bundle ReadFolder(const std::filesystem::path& folder);

}  // namespace souk::descriptor
