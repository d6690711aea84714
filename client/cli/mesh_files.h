// SPDX-License-Identifier: Apache-2.0
// Reads files of teams and of domains. Pure functions. Any bytes may be given: the answer is a list or INVALID_ARGUMENT
// with every defect and its line.
//
//   kind: Teams                                  kind: Domains
//   teams:                                       domains:
//   - id: checkout                               - id: sales
//     display_name: Checkout                       display_name: Sales
//     description: …                               description: …
//     contacts: [{channel: …, url: …}]             parent: commerce
//     members: [{username: …, name: …, role: …}]   owner_team: checkout
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "souk/v1/domain.pb.h"

namespace souk::cli {

// `path` is named in errors.
StatusOr<std::vector<v1::Team>> ParseTeams(const std::string& text, const std::string& path);
// Parents come before their children, as far as they are in the same file.
StatusOr<std::vector<v1::Domain>> ParseDomains(const std::string& text, const std::string& path);

}  // namespace souk::cli
