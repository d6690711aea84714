// SPDX-License-Identifier: Apache-2.0
// The lineage graph in memory: lines, datasets and columns with interned ids, and the edges that contracts declare. An
// input port that names a contract nobody offers (yet) is an open edge, which closes by itself when somebody does. One
// that has a folder keeps what it is made of there, for the next start.
//
// Reads are thread-safe against one another and against the one applying thread; each trace sees one revision.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/visibility.h"
#include "index/projection.h"
#include "souk/v1/lineage_service.pb.h"

namespace souk::lineage {

// A trace with its root and target already resolved to node names (see souk.v1.LineageNode.name). At another
// granularity than the root's, the walk starts from all that the root is there, at depth 0: the datasets or columns of
// a line, the producers of a dataset. A line that offers something without a known dataset stands for it among the
// datasets. Limits of 0 are the node's own (base/limits.h).
struct TraceRequest {
  std::string root;
  std::string target = {};  // only for BETWEEN
  v1::LineageDirection direction = v1::LINEAGE_DIRECTION_UNSPECIFIED;
  v1::LineageNodeKind granularity = v1::LINEAGE_NODE_KIND_UNSPECIFIED;
  size_t depth_max = 0;
  size_t nodes_max = 0;
};

struct LineageGraphOptions {
  std::filesystem::path directory;  // made if absent; its content may be thrown away at any time
  // Called before the graph is made durable, so that it is never ahead of the store after power loss.
  std::function<Status()> before_persist = [] { return Status::Ok(); };
  // Identity of the store's history; a graph of another one is thrown away at open.
  std::string epoch;
};

class LineageGraph final : public index::Projection {
 public:
  // Without a folder: Persist does nothing.
  LineageGraph();
  ~LineageGraph() override;
  // As it was when it was persisted last; whatever does not fit or is damaged is thrown away, and status() then says an
  // older revision or none, from which the runner goes on. Fails only where the folder can't be used.
  static StatusOr<std::unique_ptr<LineageGraph>> Open(const LineageGraphOptions& options);

  std::string_view name() const override { return "lineage"; }
  index::ProjectionStatus status() const override;
  Status Apply(const std::vector<storage::Change>& changes) override;
  Status Rebuild(const storage::View& view) override;
  Status Persist() override;

  // NOT_FOUND if the root or target is no node. A cut answer has complete=false, the reason and the frontier; `stop` is
  // asked now and then, and an error from it cuts with reason "deadline"; reason "edges" is a bound on the answer's
  // size that only lines with hundreds of datasets meet. BETWEEN without any way has the root only. INVALID_ARGUMENT
  // for a granularity that is none. `response.revision` is left empty.
  StatusOr<v1::TraceLineageResponse> Trace(const TraceRequest& request, const Visibility& visibility,
                                           const std::function<Status()>& stop, storage::Revision* revision) const;

  // Live (not retired) lines that read any output port of this line, itself left out, by name; for the retire gate.
  std::vector<std::string> ConsumersOf(const std::string& line_name) const;

  // True if both graphs have the same nodes and edges; otherwise the first few differences as text. For verify.
  std::vector<std::string> DifferencesFrom(const LineageGraph& other) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::lineage
