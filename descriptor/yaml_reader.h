// SPDX-License-Identifier: Apache-2.0
// YAML bytes to a Tree. One document a stream; merge keys are followed; tags other than YAML's own are refused. Bytes
// must be clean UTF-8 (base/names.h). Never throws; a tree with problems is the answer to anything unreadable.
// Thread-safe.
#pragma once

#include <string_view>

#include "descriptor/document_tree.h"

namespace souk::descriptor {

Tree ReadYaml(std::string_view bytes);

}  // namespace souk::descriptor
