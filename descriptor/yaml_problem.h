// SPDX-License-Identifier: Apache-2.0
// libyaml's words for what is wrong with a document, in ours. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace souk::descriptor {

struct YamlProblem {
  std::string message;
  std::string remedy;
};

// problem and context are libyaml's, either may be empty; the context began in context_line (0: unknown, or the line of
// the problem itself).
YamlProblem ExplainYaml(std::string_view problem, std::string_view context, size_t context_line);

}  // namespace souk::descriptor
