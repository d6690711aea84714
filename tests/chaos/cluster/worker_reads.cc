// SPDX-License-Identifier: Apache-2.0
// The worker's second half: what it asks.
#include <algorithm>
#include <utility>

#include "tests/chaos/cluster/worker.h"
#include "tests/chaos/history/timeline.h"

namespace souk::chaos {
namespace {

constexpr std::string_view kUnresolved = "unresolved:";

// The contracts from which a line reads, in order, as lineage tells.
std::string ReadsOf(const v1::TraceLineageResponse& trace, const std::string& line) {
  std::vector<std::string> contracts;
  for (const v1::LineageEdge& edge : trace.edges()) {
    if (edge.downstream() != line) continue;
    const bool open = edge.contract_id().empty() && edge.upstream().starts_with(kUnresolved);
    contracts.push_back(open ? edge.upstream().substr(kUnresolved.size()) : edge.contract_id());
  }
  std::sort(contracts.begin(), contracts.end());
  std::string text;
  for (const std::string& contract : contracts) text += (text.empty() ? "" : " ") + contract;
  return text;
}

// A read that can't be answered may say no more than that.
bool MayBeRefused(const Status& status) {
  return status.code() == Code::kUnavailable || status.code() == Code::kDeadlineExceeded ||
         status.code() == Code::kCancelled || status.code() == Code::kResourceExhausted;
}

}  // namespace

void Worker::Read(Operation operation, const Ask& ask) {
  v1::Consistency consistency;
  const std::string token = stage_.newest_token();
  if (operation.level == Level::kToken && token.empty()) operation.level = Level::kAny;
  if (operation.level == Level::kToken) {
    operation.token = RevisionOf(token);
    consistency.set_min_revision(token);
  }
  if (operation.level == Level::kLatest && !options_.passes_off_old_reads) consistency.set_latest(true);
  const auto revision = ask(consistency, operation);
  operation.returned = Stage::Now();
  if (revision.ok()) {
    operation.outcome = Outcome::kOk;
    operation.revision = RevisionOf(*revision);
    stage_.OfferToken(*revision);
  } else if (revision.status().code() == Code::kNotFound) {
    operation.outcome = Outcome::kOk;
    operation.seen.reset();
  } else {
    operation.error = revision.status().ToString();
    operation.outcome = Outcome::kFailed;
    stage_.CountError(revision.status());
    if (!MayBeRefused(revision.status())) stage_.violations().Add(Describe(operation));
  }
  Rest(operation);
  stage_.Record(std::move(operation));
}

void Worker::Get(Level level) {
  Operation operation = Begin(Kind::kGet, stage_.SomeLine(random_));
  operation.level = level;
  Read(std::move(operation), [this](const v1::Consistency& consistency, Operation& read) -> StatusOr<std::string> {
    v1::GetProductRequest request;
    request.set_name(read.line);
    *request.mutable_consistency() = consistency;
    ASSIGN_OR_RETURN(const auto response, client().GetProduct(request));
    const v1::Product& product = response.product();
    read.seen = Seen{product.version(), v1::ProductState_Name(product.state()), product.change_number(),
                     RevisionOf(product.change_revision())};
    etags_[read.line] = {product.etag(), product.change_number()};
    return response.revision();
  });
}

void Worker::Search(Level level) {
  const support::Sample line = stage_.SomeLine(random_);
  Operation operation = Begin(Kind::kSearch, line);
  operation.level = level;
  Read(std::move(operation), [&](const v1::Consistency& consistency, Operation& read) -> StatusOr<std::string> {
    v1::SearchRequest request;
    request.set_query(line.name);
    *request.mutable_consistency() = consistency;
    ASSIGN_OR_RETURN(const auto response, client().Search(request));
    for (const v1::SearchHit& hit : response.hits()) {
      if (hit.name() == read.line) read.seen = Seen{hit.version(), v1::ProductState_Name(hit.state())};
    }
    return response.revision();
  });
}

void Worker::FindOwner(Level level) {
  const support::Sample line = stage_.SomeLine(random_);
  Operation operation = Begin(Kind::kOwner, line);
  operation.level = level;
  Read(std::move(operation), [&](const v1::Consistency& consistency, Operation& read) -> StatusOr<std::string> {
    v1::FindOwnerRequest request;
    request.set_identifier(read.line);
    *request.mutable_consistency() = consistency;
    ASSIGN_OR_RETURN(const auto response, client().FindOwner(request));
    read.seen = Seen{.owner = response.owners_size() > 0 ? response.owners(0) : ""};
    return response.revision();
  });
}

void Worker::TraceLineage(Level level) {
  Operation operation = Begin(Kind::kLineage, stage_.SomeLine(random_));
  operation.level = level;
  Read(std::move(operation), [this](const v1::Consistency& consistency, Operation& read) -> StatusOr<std::string> {
    v1::TraceLineageRequest request;
    request.set_root(read.line);
    request.set_direction(v1::LINEAGE_DIRECTION_UP);
    request.set_max_depth(1);
    *request.mutable_consistency() = consistency;
    ASSIGN_OR_RETURN(const auto response, client().TraceLineage(request));
    read.seen = Seen{.reads = ReadsOf(response, read.line)};
    return response.revision();
  });
}

}  // namespace souk::chaos
