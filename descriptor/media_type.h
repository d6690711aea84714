// SPDX-License-Identifier: Apache-2.0
// In which syntax a document is written, and how it is labelled. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "souk/v1/product.pb.h"

namespace souk::descriptor {

enum class Syntax { kYaml, kJson };

// By media type, else by the path's ending, else by content ('{' opens JSON). Empty for a media type of another kind.
std::optional<Syntax> SyntaxOf(const v1::Document& document);

// "application/odps+yaml;version=1.0.0"; standard is "odps" or "odcs", api_version is as written ("v1.0.0").
std::string MediaType(std::string_view standard, std::string_view api_version, Syntax syntax);

}  // namespace souk::descriptor
