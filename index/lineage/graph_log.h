// SPDX-License-Identifier: Apache-2.0
// The lineage graph on disk: the facts of each line that has changed, one persist behind the other, so that a start
// reads them instead of asking the store for every line, and a persist costs what has changed. Not thread-safe.
//
//   DIR/graph.log   "souk-lineage VERSION EPOCH\n", then frames:
//     checksum      8 bytes, little endian like all numbers here; of the rest, seeded with that of the frame before
//     size          4 bytes, of the lines
//     records       4 bytes, how many lines
//     revision      8 bytes; 0: the next frame belongs to the same persist
//     lines         see index/lineage/facts_codec.h; a later one replaces an earlier one of the same name
//
// What counts ends with the last frame that has a revision and, like all before it, the right checksum. What stands
// behind it (a persist that was cut short, damage) is no part of the graph; the store gives it again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "storage/change.h"

namespace souk::lineage {

class GraphLog {
 public:
  // Lines of one persist: how many, and what puts the i-th behind what there is.
  struct Lines {
    uint64_t count = 0;
    std::function<void(uint64_t i, std::string& out)> put;
  };

  // Makes the folder if it is absent. A log of another version or epoch is emptied. UNAVAILABLE where the disk refuses.
  static StatusOr<std::unique_ptr<GraphLog>> Open(const std::filesystem::path& directory, std::string_view epoch);
  ~GraphLog();
  GraphLog(const GraphLog&) = delete;
  GraphLog& operator=(const GraphLog&) = delete;

  // What the log reflects; 0: nothing.
  storage::Revision revision() const { return end_.revision; }
  // Lines that it holds, replaced ones included; what is persisted without a line counts for one.
  uint64_t records() const { return end_.records; }

  // The lines of each frame, in order. An error of `visit` ends it and is returned.
  Status Read(const std::function<Status(std::string_view lines)>& visit) const;
  // Both are durable when they return, and leave the log as it was if they fail.
  Status Append(storage::Revision revision, const Lines& lines);
  // In the place of all that is there.
  Status Replace(storage::Revision revision, const Lines& lines);

 private:
  // Where a frame begins, and what the log is up to there.
  struct Place {
    uint64_t offset = 0;
    uint64_t checksum = 0;  // of the frame before
    uint64_t records = 0;
    storage::Revision revision = 0;
  };

  GraphLog(std::filesystem::path directory, std::string header, int file)
      : directory_(std::move(directory)), header_(std::move(header)), file_(file) {}

  Place Begin() const;
  StatusOr<bool> HeaderFits() const;
  Status FindEnd();
  // The next frame if there is a sound one; its lines are in `frame` behind its header.
  StatusOr<bool> ReadFrame(Place& place, std::string& frame) const;
  Status Write(int file, Place& place, storage::Revision revision, const Lines& lines) const;

  std::filesystem::path directory_;
  std::string header_;
  int file_;
  Place end_;
};

}  // namespace souk::lineage
