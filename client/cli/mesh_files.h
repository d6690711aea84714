// SPDX-License-Identifier: Apache-2.0
// Reads files of teams and of domains. Pure functions. Any bytes may be given: the answer is a list or INVALID_ARGUMENT
// with every defect, its line and its column; a key that is none of these is a defect.
//
//   kind: Teams                                  kind: Domains
//   teams:                                       domains:
//   - id: checkout                               - id: sales
//     display_name: Checkout                       display_name: Sales
//     description: …                               description: …
//     contacts: [{channel: …, url: …}]             parent: commerce
//     members: [{username: …, name: …, role: …}]   owner_team: checkout
//
// An entry sets what it names. A field that it does not name stays as the node has it; one that it names and leaves
// empty (null, "", []) is emptied; a list that it names takes the place of the whole list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::cli {

// One request for each entry, its update_mask naming what the entry names. `path` is named in errors.
StatusOr<std::vector<v1::UpdateTeamRequest>> ParseTeams(const std::string& text, const std::string& path);
// Parents come before their children, as far as they are in the same file.
StatusOr<std::vector<v1::UpdateDomainRequest>> ParseDomains(const std::string& text, const std::string& path);

}  // namespace souk::cli
