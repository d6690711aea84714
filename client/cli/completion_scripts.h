// SPDX-License-Identifier: Apache-2.0
// The adaptors that make a shell ask `souk __complete WORD... CURRENT`. Each takes one candidate a line ("value TAB
// help"), a value being the whole of the current word, or ":files" or ":dirs" where the shell knows better. Constants.
#pragma once

#include <string_view>

namespace souk::cli {

// Bash splits words at the characters of COMP_WORDBREAKS (':', '=' and '@' among them) and replaces only what stands
// behind the last one; the adaptor puts the words together again, and takes off the candidates what stays.
extern const std::string_view kBashCompletion;
extern const std::string_view kZshCompletion;
extern const std::string_view kFishCompletion;

}  // namespace souk::cli
