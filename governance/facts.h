// SPDX-License-Identifier: Apache-2.0
// Questions that rules ask of a model. Pure functions; thread-safe.
#pragma once

#include <string_view>

#include "souk/v1/product.pb.h"

namespace souk::governance {

bool IsBlank(std::string_view text);

// How far the product's accountable person can be found. A member with a leaving date has left: there is no clock here.
enum class OwnerState { kNone, kLeft, kUnreachable, kReachable };
OwnerState FindOwner(const v1::DataProduct& model);

// At least one column.
bool HasColumns(const v1::DataContract& contract);

// A quality rule at any level, or a service level with a value that can be measured: ends of life and the date of
// general availability are dates, not qualities.
bool PromisesQuality(const v1::DataContract& contract);

// An end of support or of life with a value.
bool HasSunset(const v1::DataContract& contract);

}  // namespace souk::governance
