// SPDX-License-Identifier: Apache-2.0
// The known word that a misspelt one was probably meant to be. Pure function.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace souk::cli {

// Empty if none is near. Upper case, '_' and '-' make no difference: displayName is near display_name.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> known);

// What to do about a word that is none of the known ones.
std::string NearestRemedy(std::string_view word, std::span<const std::string_view> known);

}  // namespace souk::cli
