// SPDX-License-Identifier: Apache-2.0
// libyaml's words for what is wrong with a document, in ours. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace souk::descriptor {

struct YamlProblem {
  std::string message;
  std::string remedy;
  bool at_context = false;  // to be shown where the context began: the problem was only met at the document's end
};

// problem and context are libyaml's, either may be empty; the context began in context_line, the problem was
// met in line.
YamlProblem ExplainYaml(std::string_view problem, std::string_view context, size_t context_line, size_t line);

}  // namespace souk::descriptor
