// SPDX-License-Identifier: Apache-2.0
// Holds the files of a user to the keys that are known: a misspelt key must not pass for an absent one. Pure functions.
#pragma once

#include <span>
#include <string_view>

#include "descriptor/fields.h"

namespace souk::cli {

// Notes each key of the entry that is none of the known ones, where it stands, with the nearest known one.
void CheckKeys(const descriptor::Fields& entry, std::span<const std::string_view> known);

// The known word that a misspelt one was probably meant to be; empty if none is near. Upper case, '_' and '-' make no
// difference: displayName is near display_name.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace souk::cli
