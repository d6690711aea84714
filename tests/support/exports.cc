// SPDX-License-Identifier: Apache-2.0
#include "tests/support/exports.h"

#include <cstdlib>
#include <memory>
#include <utility>

#include "base/visibility.h"
#include "storage/history/export_writer.h"

namespace souk::testing {

std::string Export(const storage::Store& store) {
  const AllowAll everything;
  std::string bytes;
  const Status status =
      storage::history::ExportHistory(store.Current(everything), store.epoch(), [&](std::string_view piece) {
        bytes += piece;
        return Status::Ok();
      });
  if (!status.ok()) std::abort();
  return bytes;
}

storage::history::ExportReader::Source SourceOf(std::string bytes, size_t piece_bytes,
                                                std::function<void(size_t handed_out)> before) {
  return [bytes = std::move(bytes), piece_bytes, before = std::move(before), at = size_t{0}]() mutable {
    if (before) before(at);
    std::string piece = bytes.substr(at, piece_bytes);
    at += piece.size();
    return StatusOr<std::string>(std::move(piece));
  };
}

storage::history::ImportOptions ImportAs(const std::string& name) {
  storage::history::ImportOptions options;
  options.actor = name;
  options.next_id = [name, count = std::make_shared<int>(0)] { return name + "-" + std::to_string(++*count); };
  return options;
}

StatusOr<storage::history::ImportReport> Import(const std::string& bytes, storage::Store& store, const Clock& clock,
                                                const std::string& name) {
  storage::history::ExportReader reader(SourceOf(bytes));
  return storage::history::ImportHistory(reader, store.ledger(), clock, ImportAs(name));
}

}  // namespace souk::testing
