// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "base/limits.h"
#include "index/ownership/ownership.h"
#include "server/catalog/asking.h"
#include "server/catalog/reading.h"

namespace souk::catalog {
namespace {

// Node name of anything a caller may give as an end of a trace. A dataset or an open reference that no product has
// registered is a node of the graph all the same.
StatusOr<std::string> NodeName(const storage::View& view, std::string_view field, const std::string& identifier,
                               v1::LineageNodeKind granularity) {
  if (identifier.empty()) return errors::MissingField(field);
  if (identifier.starts_with("unresolved:")) return identifier;
  const auto dataset = ParseDatasetName(identifier);
  const bool as_product = granularity == v1::LINEAGE_NODE_KIND_PRODUCT;
  if (dataset && !as_product) return dataset->ToString();
  if (!as_product) {
    ASSIGN_OR_RETURN(const auto column, ownership::ResolveColumn(view, identifier));
    if (column) return column->ToString();
  }
  ASSIGN_OR_RETURN(const LineName line, ownership::ResolveLine(view, identifier));
  return line.ToString();
}

StatusOr<int32_t> Bounded(int32_t asked, int32_t most, std::string_view field) {
  if (asked < 0 || asked > most) {
    return errors::BadField(field, std::to_string(asked) + " is not between 0 and " + std::to_string(most),
                            "Leave it out for the most.");
  }
  return asked == 0 ? most : asked;
}

}  // namespace

StatusOr<v1::TraceLineageResponse> Lineage::TraceLineage(const v1::TraceLineageRequest& request,
                                                         const CallContext& call) const {
  if (!v1::LineageDirection_IsValid(request.direction())) {
    return errors::BadField("direction", std::to_string(request.direction()) + " is no direction",
                            "Use a value of LineageDirection.");
  }
  if (!v1::LineageNodeKind_IsValid(request.granularity())) {
    return errors::BadField("granularity", std::to_string(request.granularity()) + " is no granularity",
                            "Ask for products, datasets or columns.");
  }
  lineage::TraceRequest trace;
  trace.direction = request.direction();
  trace.granularity = request.granularity();
  ASSIGN_OR_RETURN(trace.depth_max, Bounded(request.max_depth(), limits::kLineageDepthMax, "max_depth"));
  ASSIGN_OR_RETURN(trace.nodes_max, Bounded(request.max_nodes(), limits::kLineageNodesMax, "max_nodes"));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  ASSIGN_OR_RETURN(trace.root, NodeName(view, "root", request.root(), request.granularity()));
  if (request.direction() == v1::LINEAGE_DIRECTION_BETWEEN) {
    ASSIGN_OR_RETURN(trace.target, NodeName(view, "target", request.target(), request.granularity()));
  }
  const auto stop = [&] { return call.Check("TraceLineage"); };
  storage::Revision revision = view.revision();
  v1::TraceLineageResponse response;
  if (view.historic()) {
    lineage::LineageGraph past;  // the graph of then, built from history
    RETURN_IF_ERROR(past.Rebuild(view));
    ASSIGN_OR_RETURN(response, past.Trace(trace, *call.visibility, stop, &revision));
  } else {
    const bool asked_for_fresh = request.consistency().level_case() != v1::Consistency::LEVEL_NOT_SET;
    if (asked_for_fresh) RETURN_IF_ERROR(parts_.lineage_runner.WaitApplied(view.revision(), WaitDeadline(call)));
    ASSIGN_OR_RETURN(response, parts_.lineage.Trace(trace, *call.visibility, stop, &revision));
  }
  response.set_revision(Token(parts_, revision));
  return response;
}

}  // namespace souk::catalog
