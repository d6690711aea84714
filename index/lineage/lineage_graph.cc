// SPDX-License-Identifier: Apache-2.0
#include "index/lineage/lineage_graph.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include "index/lineage/differences.h"
#include "index/lineage/facts_codec.h"
#include "index/lineage/graph_log.h"
#include "index/lineage/line_facts.h"
#include "index/lineage/mesh_graph.h"
#include "index/lineage/resolver.h"
#include "index/lineage/trace.h"

namespace souk::lineage {
namespace {

// The log is written anew when it holds so many times as many lines as the graph, and then some: what is replaced in it
// costs no more than what is not.
constexpr uint64_t kLogShareMax = 2;
constexpr uint64_t kLogSpare = 1000;

}  // namespace

struct LineageGraph::Impl {
  // Readers pass the gate before they read: a writer that holds it gets its turn although a std::shared_mutex prefers
  // readers, and a registration waits for the traces under way, not for those that come after it.
  mutable std::mutex gate;
  mutable std::shared_mutex mutex;
  std::unique_ptr<MeshGraph> graph = std::make_unique<MeshGraph>();
  storage::Revision applied = 0;

  // Null without a folder. This and what follows is the applying thread's.
  std::unique_ptr<GraphLog> log;
  std::function<Status()> before_persist;
  std::vector<uint32_t> changed;  // lines that the log does not have yet, some of them several times
  bool log_is_another = false;    // the graph was built anew since: the log has to be, too
  std::atomic<storage::Revision> durable{0};

  Status ReadLog() {
    RETURN_IF_ERROR(log->Read([this](std::string_view lines) -> Status {
      index::ByteSource source(lines);
      while (!source.at_end()) {
        ASSIGN_OR_RETURN(const LineFacts facts, TakeFacts(source));
        graph->Upsert(facts);
      }
      return Status::Ok();
    }));
    applied = log->revision();
    durable = applied;
    return Status::Ok();
  }

  Status WriteLog() {
    const auto put = [this](uint32_t line, std::string& out) { PutFacts(out, FactsFrom(*graph, line)); };
    const uint64_t lines = graph->lines().size();
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    if (log_is_another || log->records() + changed.size() > kLogShareMax * lines + kLogSpare) {
      return log->Replace(applied, {lines, [&](uint64_t i, std::string& out) { put(static_cast<uint32_t>(i), out); }});
    }
    return log->Append(applied, {changed.size(), [&](uint64_t i, std::string& out) { put(changed[i], out); }});
  }

  std::shared_lock<std::shared_mutex> LockToRead() const {
    const std::lock_guard turn(gate);
    return std::shared_lock(mutex);
  }
};

LineageGraph::LineageGraph() : impl_(std::make_unique<Impl>()) {}
LineageGraph::~LineageGraph() = default;

StatusOr<std::unique_ptr<LineageGraph>> LineageGraph::Open(const LineageGraphOptions& options) {
  auto graph = std::make_unique<LineageGraph>();
  Impl& impl = *graph->impl_;
  ASSIGN_OR_RETURN(impl.log, GraphLog::Open(options.directory, options.epoch));
  impl.before_persist = options.before_persist;
  if (!impl.ReadLog().ok()) {
    impl.graph = std::make_unique<MeshGraph>();
    impl.log_is_another = true;
  }
  return graph;
}

index::ProjectionStatus LineageGraph::status() const {
  const auto lock = impl_->LockToRead();
  index::ProjectionStatus status;
  status.applied = impl_->applied;
  status.entries = impl_->graph->nodes();
  status.size_bytes = impl_->graph->size_bytes();
  status.durable = impl_->durable;
  return status;
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
  for (const LineFacts& line : facts) {
    const uint32_t id = impl_->graph->Upsert(line);
    if (impl_->log) impl_->changed.push_back(id);
  }
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
  impl_->changed.clear();
  impl_->log_is_another = true;
  return Status::Ok();  // the old graph is freed here, outside the lock
}

// Reads the graph without its lock: nobody but this thread changes it.
Status LineageGraph::Persist() {
  const bool up_to_date = !impl_->log || (impl_->log->revision() == impl_->applied && !impl_->log_is_another);
  if (up_to_date) return Status::Ok();
  RETURN_IF_ERROR(impl_->before_persist());
  RETURN_IF_ERROR(impl_->WriteLog());
  impl_->changed.clear();
  impl_->log_is_another = false;
  impl_->durable = impl_->applied;
  return Status::Ok();
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
