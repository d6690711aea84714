// SPDX-License-Identifier: Apache-2.0
// Full-text search over lines: names, docs, tags, columns, physical names (Lucene++ inside, behind this header), with
// filters, facets and highlights from in-memory columns.
//
// Reads are thread-safe against one another and against the one applying thread. A search sees a consistent state: the
// revision it reports.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/visibility.h"
#include "index/projection.h"
#include "souk/v1/discovery_service.pb.h"

namespace souk::text {

struct TextIndexOptions {
  std::filesystem::path directory;  // made if absent; its content may be thrown away at any time
  // Called before a commit of the index, so that the index is never ahead of the store after power loss.
  std::function<Status()> before_commit = [] { return Status::Ok(); };
  // Identity of the store's history; an index of another one is thrown away at open.
  std::string epoch;
};

// One page of an answer, before tokens are made. `response.revision` is left for the caller to fill.
struct SearchAnswer {
  v1::SearchResponse response;
  storage::Revision revision = 0;
  bool more = false;  // there are further hits after this page
};

struct SearchPage {
  size_t offset = 0;
  size_t size = 0;
};

// What Verify found.
struct TextFault {
  std::string subject;  // file or line name
  std::string message;
};
struct TextVerdict {
  std::vector<TextFault> faults;
  uint64_t documents_checked = 0;
  uint64_t files_checked = 0;
};

class TextIndex final : public index::Projection {
 public:
  // Opens, checks the checksum of every committed file and the epoch; whatever does not fit is thrown away, and
  // status() then says applied 0 so that the runner builds anew. Fails only where the folder can't be written.
  static StatusOr<std::unique_ptr<TextIndex>> Open(TextIndexOptions options, const Clock& clock);
  ~TextIndex() override;

  std::string_view name() const override { return "text"; }
  index::ProjectionStatus status() const override;
  Status Apply(const std::vector<storage::Change>& changes) override;
  Status Rebuild(const storage::View& view) override;
  Status Persist() override;

  // INVALID_ARGUMENT for a bad filter, facet or query over its limits. DEADLINE_EXCEEDED, CANCELLED where `stop` says
  // so (asked now and then while it works).
  StatusOr<SearchAnswer> Search(const v1::SearchRequest& request, const SearchPage& page, const Visibility& visibility,
                                const std::function<Status()>& stop) const;
  StatusOr<v1::SuggestResponse> Suggest(const v1::SuggestRequest& request, const Visibility& visibility,
                                        storage::Revision* revision) const;

  // Compares every committed file with its checksum and, if all are sound, every document with what the view says it
  // must be. Serving goes on. The view must be at the applied revision or older lines are reported as they differ.
  // Changes nothing.
  StatusOr<TextVerdict> Verify(const storage::View& view) const;

 private:
  struct Impl;
  explicit TextIndex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::text
