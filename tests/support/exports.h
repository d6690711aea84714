// SPDX-License-Identifier: Apache-2.0
// Exports in memory, for tests of what is made of them. Functions abort the test where they must not fail.
#pragma once

#include <functional>
#include <string>

#include "storage/history/export_reader.h"
#include "storage/history/import.h"
#include "storage/store.h"

namespace souk::testing {

// The export of a store, as it is now.
std::string Export(const storage::Store& store);
// Hands out the bytes in pieces of that size; `before` each, with what was handed out so far.
storage::history::ExportReader::Source SourceOf(std::string bytes, size_t piece_bytes = 4096,
                                                std::function<void(size_t handed_out)> before = {});
// Options with write ids that begin with a name.
storage::history::ImportOptions ImportAs(const std::string& name);
StatusOr<storage::history::ImportReport> Import(const std::string& bytes, storage::Store& store, const Clock& clock,
                                                const std::string& name = "import");

}  // namespace souk::testing
