// SPDX-License-Identifier: Apache-2.0
// What a policy's box lets in and out, apart from the database itself. Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace souk::governance {

// True for a function whose answer follows from its arguments alone.
bool IsAllowedFunction(std::string_view function);

// Line and column of a byte of a text, from 1.
std::pair<uint32_t, uint32_t> PositionIn(std::string_view text, size_t offset);

// True if it is nothing but white space, semicolons and comments.
bool IsEmptySql(std::string_view rest);

// Text of a policy's making, fit to be shown: of a bounded length, clean UTF-8, without control characters.
std::string Told(std::string text);

}  // namespace souk::governance
