// SPDX-License-Identifier: Apache-2.0
// JSON bytes to a Tree. Numbers keep their text as written. Bytes must be clean UTF-8 (base/names.h). Never throws; a
// tree with problems is the answer to anything unreadable. Thread-safe.
#pragma once

#include <string_view>

#include "descriptor/document_tree.h"

namespace souk::descriptor {

Tree ReadJson(std::string_view bytes);

}  // namespace souk::descriptor
