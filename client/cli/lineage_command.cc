// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "client/cli/command_list.h"
#include "client/cli/lineage_render.h"
#include "client/cli/text.h"
#include "client/cli/usage.h"

namespace souk::cli {
namespace {

std::string KindWord(v1::LineageNodeKind kind) {
  switch (kind) {
    case v1::LINEAGE_NODE_KIND_PRODUCT:
      return "product";
    case v1::LINEAGE_NODE_KIND_DATASET:
      return "dataset";
    case v1::LINEAGE_NODE_KIND_COLUMN:
      return "column";
    case v1::LINEAGE_NODE_KIND_UNRESOLVED:
      return "not registered";
    default:
      return "";
  }
}

StatusOr<v1::TraceLineageRequest> RequestOf(Session& session) {
  v1::TraceLineageRequest request;
  request.set_root(session.word(0));
  const bool up = session.Has("up");
  const bool down = session.Has("down");
  if (session.Has("to")) {
    if (up || down) {
      return UsageError("--to says the direction already", "Leave out --up and --down.");
    }
    request.set_direction(v1::LINEAGE_DIRECTION_BETWEEN);
    request.set_target(session.Text("to"));
  } else if (up != down) {
    request.set_direction(up ? v1::LINEAGE_DIRECTION_UP : v1::LINEAGE_DIRECTION_DOWN);
  }
  const std::string granularity = session.Text("granularity");
  if (granularity == "products") request.set_granularity(v1::LINEAGE_NODE_KIND_PRODUCT);
  if (granularity == "datasets") request.set_granularity(v1::LINEAGE_NODE_KIND_DATASET);
  if (granularity == "columns") request.set_granularity(v1::LINEAGE_NODE_KIND_COLUMN);
  request.set_max_depth(static_cast<int32_t>(std::min<int64_t>(session.Number("depth", 0), limits::kLineageDepthMax)));
  session.SetConsistency(request);
  return request;
}

// The table has the roots too, at depth 0; names and ids are of what was reached from them. References to what is not
// registered have neither a name nor an id of their own.
Answer AnswerOf(const v1::TraceLineageResponse& lineage) {
  Answer answer;
  answer.message = &lineage;
  answer.table.header = {"DEPTH", "NODE", "KIND", "STATE", "ID"};
  for (const v1::LineageNode& node : lineage.nodes()) {
    answer.table.rows.push_back(
        {std::to_string(node.depth()), NodeLabel(node), KindWord(node.kind()), StateWord(node.state()), node.id()});
    if (IsRoot(node) || node.kind() == v1::LINEAGE_NODE_KIND_UNRESOLVED) continue;
    answer.names.push_back(node.name());
    answer.ids.push_back(node.id().empty() ? node.name() : node.id());
  }
  for (auto* list : {&answer.names, &answer.ids}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  return answer;
}

void Remark(Session& session, const v1::TraceLineageResponse& lineage) {
  const auto unresolved = std::count_if(lineage.nodes().begin(), lineage.nodes().end(), [](const v1::LineageNode& n) {
    return n.kind() == v1::LINEAGE_NODE_KIND_UNRESOLVED;
  });
  if (unresolved > 0) {
    session.Note(Count(static_cast<uint64_t>(unresolved), "reference") + " to what is not registered");
  }
  if (lineage.edges().empty() && lineage.complete()) session.Note("nothing is there in that direction");
  if (lineage.complete()) return;
  // Not a remark: an answer that is cut must not pass for a whole one, --quiet or not.
  session.env().err << fmt::format("souk: the answer is cut ({}); it would go on from {}\n",
                                   lineage.incomplete_reason().empty() ? "unknown" : lineage.incomplete_reason(),
                                   Count(static_cast<uint64_t>(lineage.frontier_size()), "node"));
}

}  // namespace

StatusOr<int> RunLineage(Session& session) {
  ASSIGN_OR_RETURN(const v1::TraceLineageRequest request, RequestOf(session));
  ASSIGN_OR_RETURN(const v1::TraceLineageResponse lineage, session.client().TraceLineage(request, session.call()));
  std::ostream& out = session.env().out;
  if (session.format() == "tree") {
    WriteLineageTree(lineage, request.direction(), session.out_style(), out);
  } else if (session.format() == "dot") {
    WriteLineageDot(lineage, out);
  } else if (session.format() == "mermaid") {
    WriteLineageMermaid(lineage, out);
  } else {
    RETURN_IF_ERROR(session.Print(AnswerOf(lineage)).status());
  }
  Remark(session, lineage);
  return kExitOk;
}

}  // namespace souk::cli
