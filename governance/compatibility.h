// SPDX-License-Identifier: Apache-2.0
// Compatibility modes, in the meaning that schema registries give them. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "souk/v1/governance.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::governance {

// The mode that holds where none is said: forward, for consumers follow after the producer.
v1::CompatibilityMode ModeOr(v1::CompatibilityMode mode);

// True if the difference breaks the readers that the mode protects.
bool Breaks(const v1::Difference& difference, v1::CompatibilityMode mode);

// True where every earlier version of the line counts, not only the last.
bool IsTransitive(v1::CompatibilityMode mode);

// "forward", "backward-transitive" and so on.
std::string_view ModeWord(v1::CompatibilityMode mode);
std::optional<v1::CompatibilityMode> ModeOfWord(std::string_view word);

// What the mode promises, one clause: "a reader of the old schema reads new data".
std::string_view ModePromise(v1::CompatibilityMode mode);

}  // namespace souk::governance
