// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/lineage_graph.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include "index/lineage/differences.h"
#include "index/lineage/line_facts.h"
#include "index/lineage/mesh_graph.h"
#include "index/lineage/resolver.h"
#include "index/lineage/trace.h"

namespace souk::lineage {

struct LineageGraph::Impl {
  // Readers pass the gate before they read: a writer that holds it gets its turn although a std::shared_mutex prefers
  // readers, and a registration waits for the traces under way, not for those that come after it.
  mutable std::mutex gate;
  mutable std::shared_mutex mutex;
  std::unique_ptr<MeshGraph> graph = std::make_unique<MeshGraph>();
  storage::Revision applied = 0;

  std::shared_lock<std::shared_mutex> LockToRead() const {
    const std::lock_guard turn(gate);
    return std::shared_lock(mutex);
  }
};

LineageGraph::LineageGraph() : impl_(std::make_unique<Impl>()) {}
LineageGraph::~LineageGraph() = default;

index::ProjectionStatus LineageGraph::status() const {
  const auto lock = impl_->LockToRead();
  index::ProjectionStatus status;
  status.applied = impl_->applied;
  status.entries = impl_->graph->nodes();
  status.size_bytes = impl_->graph->size_bytes();
  return status;  // durable stays 0: a restart builds it anew
}

Status LineageGraph::Apply(const std::vector<storage::Change>& changes) {
  // What takes long is done before the lock is taken; nothing is applied if any of it fails.
  std::vector<LineFacts> facts;
  storage::Revision last = 0;
  for (const storage::Change& change : changes) {
    if (change.revision <= impl_->applied) continue;  // only this thread writes it
    last = change.revision;
    for (const storage::EntityDelta& delta : change.deltas) {
      if (!delta.line) continue;
      ASSIGN_OR_RETURN(LineFacts line, FactsOf(*delta.line));
      facts.push_back(std::move(line));
    }
  }
  if (last == 0) return Status::Ok();
  const std::lock_guard turn(impl_->gate);
  const std::lock_guard lock(impl_->mutex);
  for (const LineFacts& line : facts) impl_->graph->Upsert(line);
  impl_->applied = last;
  return Status::Ok();
}

Status LineageGraph::Rebuild(const storage::View& view) {
  auto graph = std::make_unique<MeshGraph>();
  Status broken;
  RETURN_IF_ERROR(view.ForEachLine("", "", [&](const store::v1::LineState& line) {
    auto facts = FactsOf(line);
    if (!facts.ok()) {
      broken = facts.status();
      return false;
    }
    graph->Upsert(*facts);
    return true;
  }));
  RETURN_IF_ERROR(broken);
  {
    const std::lock_guard turn(impl_->gate);
    const std::lock_guard lock(impl_->mutex);
    std::swap(impl_->graph, graph);
    impl_->applied = view.revision();
  }
  return Status::Ok();  // the old graph is freed here, outside the lock
}

StatusOr<v1::TraceLineageResponse> LineageGraph::Trace(const TraceRequest& request, const Visibility& visibility,
                                                       const std::function<Status()>& stop,
                                                       storage::Revision* revision) const {
  const auto lock = impl_->LockToRead();
  if (revision != nullptr) *revision = impl_->applied;
  return TraceGraph(*impl_->graph, request, visibility, stop);
}

std::vector<std::string> LineageGraph::ConsumersOf(const std::string& line_name) const {
  const auto lock = impl_->LockToRead();
  const AllowAll everybody;
  Resolver resolver(*impl_->graph, everybody);
  std::set<std::string> names;
  const auto line = resolver.Find(line_name, Level::kProducts);
  if (!line || line->kind != NodeKind::kLine) return {};
  std::vector<Hop> readers;
  resolver.Downstream(Level::kProducts, *line, readers);
  for (const Hop& reader : readers) {
    // A line that reads itself would never let itself go.
    if (reader.node != *line && impl_->graph->lines()[reader.node.index].live()) {
      names.insert(resolver.NameOf(reader.node));
    }
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> LineageGraph::DifferencesFrom(const LineageGraph& other) const {
  if (this == &other) return {};
  // In one order whoever asks, so that two that compare each other don't wait for one another.
  const bool this_first = this < &other;
  const auto first = (this_first ? *this : other).impl_->LockToRead();
  const auto second = (this_first ? other : *this).impl_->LockToRead();
  return Differences(*impl_->graph, *other.impl_->graph);
}

}  // namespace souk::lineage
