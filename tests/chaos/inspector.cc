// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/inspector.h"

#include <set>

namespace souk::chaos {
namespace {

// How a line differs from what it must be; empty if it does not.
std::string Difference(const Expected& expected, const v1::Product& product) {
  if (product.version() != expected.sample.version) return "version " + product.version();
  if (product.state() != expected.state) return "state " + v1::ProductState_Name(product.state());
  if (product.change_number() != expected.number) return "change " + std::to_string(product.change_number());
  if (product.model().description().purpose() != expected.sample.purpose) return "another purpose in the model";
  const v1::Bundle sent = support::BundleOf(expected.sample);
  if (product.documents_size() != sent.documents_size()) return std::to_string(product.documents_size()) + " documents";
  for (const v1::Document& document : sent.documents()) {
    bool same = false;
    for (const v1::Document& kept : product.documents()) same = same || kept.content() == document.content();
    if (!same) return "other bytes in " + document.path();
  }
  if (!expected.revision.empty() && product.change_revision() != expected.revision) {
    return "revision " + product.change_revision() + " instead of " + expected.revision;
  }
  return {};
}

}  // namespace

void Inspector::Inspect(client::Client& client, bool whole) {
  client_ = &client;
  if (!CheckStatus()) return;
  for (Product* product : journal_.products()) Resolve(*product);
  line_of_contract_.clear();
  product_of_line_.clear();
  for (Product* product : journal_.products()) {
    if (!product->settled) continue;
    line_of_contract_[product->settled->sample.contract()] = product->settled->sample.line();
    product_of_line_[product->settled->sample.line()] = product;
  }
  for (Product* product : journal_.products()) {
    if (product->settled && !product->pending) CheckProduct(*product);
  }
  CheckListing();
  CheckFeed(whole);
  CheckVerdict();
}

bool Inspector::CheckStatus() {
  const auto status = client_->GetStatus({});
  if (!status.ok()) {
    violations_.Add("the node says that it serves, and does not answer: " + status.status().ToString());
    return false;
  }
  if (!status->writable()) violations_.Add("the node is not writable: " + status->not_writable_reason());
  if (status->ledger_revision() != status->store_revision()) violations_.Add("store and ledger differ in revision");
  for (const v1::IndexStatus& index : status->indexes()) {
    if (index.applied_revision() != status->store_revision()) {
      violations_.Add("the node serves, but its " + index.name() + " index is behind");
    }
  }
  return true;
}

StatusOr<std::optional<v1::Product>> Inspector::Read(const std::string& line) {
  v1::GetProductRequest request;
  request.set_name(line);
  request.set_include_documents(true);
  request.mutable_consistency()->set_latest(true);
  auto answer = client_->GetProduct(request);
  if (answer.ok()) return std::optional<v1::Product>(std::move(*answer->mutable_product()));
  if (answer.status().code() == Code::kNotFound) return std::optional<v1::Product>();
  violations_.Add(line + ": " + answer.status().ToString());
  return answer.status();
}

void Inspector::Resolve(Product& product) {
  if (!product.pending) return;
  if (product.pending->replay) return Replay(product);
  const std::string line = product.pending->after.sample.line();
  const auto read = Read(line);
  if (!read.ok()) return;
  const std::optional<v1::Product>& found = *read;
  const bool retiring = product.pending->after.action == "retire";
  if (found && Difference(product.pending->after, *found).empty()) {
    product.settled = product.pending->after;
    product.settled->revision = found->change_revision();
  } else if (!found && !product.settled) {
    ExpectAbsent(product);
    product.gone = true;
  }
  product.pending.reset();  // if it is neither, CheckProduct says so
  if (retiring && product.settled && product.settled->state != v1::PRODUCT_STATE_RETIRED) CheckNotStuck(product);
}

// The same request id again must give the one change, whether or not the first try was written.
void Inspector::Replay(Product& product) {
  Expected after = product.pending->after;
  const auto answer = client_->RegisterProduct(*product.pending->replay);
  if (answer.ok()) product.pending.reset();
  if (!answer.ok()) return violations_.Add(after.sample.line() + " sent again: " + answer.status().ToString());
  if (answer->product().change_number() != after.number) {
    violations_.Add(after.sample.line() + " sent again with its request id is change " +
                    std::to_string(answer->product().change_number()) + ", not " + std::to_string(after.number));
  }
  after.revision = answer->product().change_revision();
  product.settled = after;
  journal_.CountAcknowledged(after.sample.line(), after);
}

void Inspector::ExpectAbsent(const Product& product) {
  const support::Sample& sample = product.pending->after.sample;
  v1::SearchRequest search;
  search.set_query(product.word);
  const auto found = client_->Search(search);
  if (!found.ok()) return violations_.Add("search: " + found.status().ToString());
  for (const v1::SearchHit& hit : found->hits()) {
    if (hit.name() == sample.line()) violations_.Add(sample.line() + " is not in the store, but a search finds it");
  }
  v1::FindOwnerRequest owner;
  owner.set_identifier(sample.contract());
  if (client_->FindOwner(owner).ok()) violations_.Add(sample.line() + " is not there, but its contract has an owner");
}

void Inspector::CheckProduct(Product& product) {
  const std::string line = product.settled->sample.line();
  const auto read = Read(line);
  if (!read.ok()) return;
  const std::optional<v1::Product>& found = *read;
  if (!found) return violations_.Add(line + " " + product.settled->sample.version + " was acknowledged and is lost");
  const std::string difference = Difference(*product.settled, *found);
  if (!difference.empty()) {
    return violations_.Add(line + " must be " + product.settled->sample.version + " " +
                           v1::ProductState_Name(product.settled->state) + " change " +
                           std::to_string(product.settled->number) + ", but has " + difference);
  }
  CheckSearch(product);
  CheckLineage(product);
  CheckOwner(product);
}

void Inspector::CheckSearch(const Product& product) {
  const Expected& expected = *product.settled;
  v1::SearchRequest request;
  request.set_query(product.word);
  if (expected.state == v1::PRODUCT_STATE_RETIRED) request.set_filter("state = retired");
  const auto found = client_->Search(request);
  if (!found.ok()) return violations_.Add("search: " + found.status().ToString());
  const bool first = found->hits_size() > 0 && found->hits(0).name() == expected.sample.line();
  if (!first) return violations_.Add(expected.sample.line() + " is not found by its name");
  if (found->hits(0).version() != expected.sample.version || found->hits(0).state() != expected.state) {
    violations_.Add(expected.sample.line() + ": the index shows another version or state than the store");
  }
}

void Inspector::CheckLineage(const Product& product) {
  const Expected& expected = *product.settled;
  if (expected.state == v1::PRODUCT_STATE_RETIRED) return;
  v1::TraceLineageRequest request;
  request.set_root(expected.sample.line());
  request.set_direction(v1::LINEAGE_DIRECTION_UP);
  request.set_max_depth(1);
  const auto trace = client_->TraceLineage(request);
  if (!trace.ok()) return violations_.Add(expected.sample.line() + ": " + trace.status().ToString());
  std::set<std::string> upstreams;
  for (const v1::LineageEdge& edge : trace->edges()) {
    if (edge.downstream() == expected.sample.line()) upstreams.insert(edge.upstream());
  }
  for (const std::string& contract : expected.sample.reads) {
    const auto producer = line_of_contract_.find(contract);
    const std::string open = "unresolved:" + contract;
    const std::string upstream = producer == line_of_contract_.end() ? open : producer->second;
    if (upstreams.erase(upstream) > 0) continue;
    const Product* other = producer == line_of_contract_.end() ? nullptr : product_of_line_[producer->second];
    const bool ended = other != nullptr && other->settled->state == v1::PRODUCT_STATE_RETIRED;
    if (ended && upstreams.erase(open) > 0) continue;
    violations_.Add(expected.sample.line() + ": its edge from " + upstream + " is missing");
  }
  for (const std::string& extra : upstreams) violations_.Add(expected.sample.line() + ": an edge too many, " + extra);
}

void Inspector::CheckOwner(const Product& product) {
  v1::FindOwnerRequest request;
  request.set_identifier(product.settled->sample.contract());
  const auto owner = client_->FindOwner(request);
  if (!owner.ok()) return violations_.Add(product.settled->sample.line() + ": " + owner.status().ToString());
  if (owner->owners_size() != 1 || owner->owners(0) != product.settled->sample.owner) {
    violations_.Add(product.settled->sample.line() + ": its owner is lost");
  }
}

// A retirement that the kill cut short must not keep others from reading the product.
void Inspector::CheckNotStuck(const Product& product) {
  support::Sample reader{.domain = "chaos-0", .name = product.word + " reader"};
  reader.reads = {product.settled->sample.contract()};
  v1::RegisterProductRequest request = support::RegistrationOf(reader);
  request.set_validate_only(true);
  const auto answer = client_->RegisterProduct(request);
  if (answer.ok()) return;
  violations_.Add(product.settled->sample.line() +
                  ": a retirement that was cut short blocks its readers: " + answer.status().ToString());
}

void Inspector::CheckListing() {
  v1::ListProductsRequest request;
  request.set_page_size(1000);
  size_t listed = 0;
  do {
    const auto page = client_->ListProducts(request);
    if (!page.ok()) return violations_.Add("list: " + page.status().ToString());
    for (const v1::Product& product : page->products()) {
      ++listed;
      if (!product_of_line_.contains(product.name())) violations_.Add(product.name() + " is there and was never sent");
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (listed != product_of_line_.size()) {
    violations_.Add(std::to_string(listed) + " lines are listed, not " + std::to_string(product_of_line_.size()));
  }
}

void Inspector::CheckVerdict() {
  client::CallOptions patient;
  patient.deadline = std::chrono::seconds(60);
  const auto verdict = client_->VerifyIndex({}, patient);
  if (!verdict.ok()) return violations_.Add("verify: " + verdict.status().ToString());
  for (const v1::IndexFault& fault : verdict->faults()) {
    violations_.Add("verify: " + fault.index() + " " + fault.subject() + ": " + fault.message());
  }
}

}  // namespace souk::chaos
