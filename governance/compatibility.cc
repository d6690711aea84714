// SPDX-License-Identifier: Apache-2.0
#include "governance/compatibility.h"

#include <algorithm>
#include <array>

namespace souk::governance {
namespace {

struct Mode {
  v1::CompatibilityMode mode;
  std::string_view word;
  bool old_readers;
  bool new_readers;
  bool transitive;
  std::string_view promise;
};

constexpr std::string_view kForward = "a reader of the old schema reads new data";
constexpr std::string_view kBackward = "a reader of the new schema reads old data";
constexpr std::string_view kFull = "readers of the old and of the new schema read each other's data";

constexpr std::array<Mode, 7> kModes = {{
    {v1::COMPATIBILITY_MODE_NONE, "none", false, false, false, "any change passes"},
    {v1::COMPATIBILITY_MODE_BACKWARD, "backward", false, true, false, kBackward},
    {v1::COMPATIBILITY_MODE_FORWARD, "forward", true, false, false, kForward},
    {v1::COMPATIBILITY_MODE_FULL, "full", true, true, false, kFull},
    {v1::COMPATIBILITY_MODE_BACKWARD_TRANSITIVE, "backward-transitive", false, true, true, kBackward},
    {v1::COMPATIBILITY_MODE_FORWARD_TRANSITIVE, "forward-transitive", true, false, true, kForward},
    {v1::COMPATIBILITY_MODE_FULL_TRANSITIVE, "full-transitive", true, true, true, kFull},
}};

const Mode& Of(v1::CompatibilityMode mode) {
  const v1::CompatibilityMode meant = ModeOr(mode);
  return *std::find_if(kModes.begin(), kModes.end(), [&](const Mode& known) { return known.mode == meant; });
}

}  // namespace

v1::CompatibilityMode ModeOr(v1::CompatibilityMode mode) {
  const bool known =
      std::any_of(kModes.begin(), kModes.end(), [&](const Mode& candidate) { return candidate.mode == mode; });
  return known ? mode : v1::COMPATIBILITY_MODE_FORWARD;
}

bool Breaks(const v1::Difference& difference, v1::CompatibilityMode mode) {
  const Mode& asked = Of(mode);
  return (asked.old_readers && difference.breaks_old_readers()) ||
         (asked.new_readers && difference.breaks_new_readers());
}

bool IsTransitive(v1::CompatibilityMode mode) { return Of(mode).transitive; }

std::string_view ModeWord(v1::CompatibilityMode mode) { return Of(mode).word; }

std::optional<v1::CompatibilityMode> ModeOfWord(std::string_view word) {
  const auto found = std::find_if(kModes.begin(), kModes.end(), [&](const Mode& known) { return known.word == word; });
  if (found == kModes.end()) return std::nullopt;
  return found->mode;
}

std::string_view ModePromise(v1::CompatibilityMode mode) { return Of(mode).promise; }

}  // namespace souk::governance
