// SPDX-License-Identifier: Apache-2.0
// Questions that rules ask of a model. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "souk/v1/product.pb.h"

namespace souk::governance {

bool IsBlank(std::string_view text);

// How far the product's accountable person can be found. A member with a leaving date has left: there is no clock here.
enum class OwnerState { kNone, kLeft, kUnreachable, kReachable };
OwnerState FindOwner(const v1::DataProduct& model);

// At least one column.
bool HasColumns(const v1::DataContract& contract);

// A service level that tells a day: an end of life or of support, general availability.
bool IsDate(const v1::ServiceLevel& level);

// A service level with a name and a value that can be measured: a number, a duration, a frequency in words. Days can't.
bool IsMeasurable(const v1::ServiceLevel& level);

// A quality rule at any level, or a service level that can be measured.
bool PromisesQuality(const v1::DataContract& contract);

// When the first of the contracts ends, in microseconds since 1970: its end of life, else its end of support, as far as
// that is a date ("2027-05-01", "2027-05-01T12:00:00Z").
std::optional<int64_t> SunsetOf(const v1::DataProduct& model);

}  // namespace souk::governance
