// SPDX-License-Identifier: Apache-2.0
// Small words on text that several readers share. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace souk::descriptor {

// Text of a stranger in quotes, cut to a readable length at a character's border, control characters blanked.
std::string Quoted(std::string_view text);

// Without white space at both ends.
std::string_view Trimmed(std::string_view text);

// ASCII only.
std::string Lower(std::string_view text);

// True if text has a control character (C0, DEL): such a name could fool a terminal.
bool HasControl(std::string_view text);

}  // namespace souk::descriptor
