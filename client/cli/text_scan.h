// SPDX-License-Identifier: Apache-2.0
// Looks into a document without parsing it whole: its kind, its id, the raw members of a JSON line. What it finds only
// decides how a file is handed on; the node reads the bytes for real. Pure functions; any bytes may be given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace souk::cli {

// The scalar that a top-level field has, unquoted ("DataProduct" for `kind`); empty if there is none. YAML in block
// style, or JSON.
std::string TopLevelScalar(std::string_view text, std::string_view field);

struct JsonMember {
  std::string_view key;    // as written, without the quotes
  std::string_view value;  // as written
};

// The members of one JSON object, their values untouched. INVALID_ARGUMENT if its outline is not JSON.
StatusOr<std::vector<JsonMember>> JsonMembers(std::string_view object);

// The elements of one JSON array, untouched. INVALID_ARGUMENT as above.
StatusOr<std::vector<std::string_view>> JsonElements(std::string_view array);

// Documents of a YAML stream, split at lines that are "---".
std::vector<std::string> SplitYamlStream(std::string_view text);

}  // namespace souk::cli
