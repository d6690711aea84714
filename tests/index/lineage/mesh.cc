// SPDX-License-Identifier: Apache-2.0
#include "tests/index/lineage/mesh.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/names.h"

namespace souk::lineage {
namespace {

constexpr char kServer[] = "db";

v1::SchemaProperty& ColumnOf(v1::SchemaObject& table, std::string_view name) {
  for (v1::SchemaProperty& column : *table.mutable_properties()) {
    if (column.name() == name) return column;
  }
  v1::SchemaProperty& column = *table.add_properties();
  column.set_name(std::string(name));
  return column;
}

}  // namespace

std::string Full(std::string_view short_name) {
  const auto reference = ParseProductReference(short_name);
  return LineName{reference->domain, reference->product, reference->major.value_or(1)}.ToString();
}

LineBuilder::LineBuilder(std::string_view short_name) {
  line_.set_name(Full(short_name));
  line_.set_state(v1::PRODUCT_STATE_ACTIVE);
  line_.mutable_model()->set_id("id:" + std::string(short_name));
  line_.mutable_model()->set_name(std::string(short_name));
}

LineBuilder& LineBuilder::Offers(std::string_view contract, std::string_view table,
                                 const std::vector<std::string>& columns) {
  v1::OutputPort& port = *line_.mutable_model()->add_output_ports();
  port.set_name(std::string(contract));
  port.set_contract_id(std::string(contract));
  v1::DataContract& offered = *line_.mutable_model()->add_contracts();
  offered.set_id(std::string(contract));
  if (table.empty()) return *this;
  v1::SchemaObject& object = *offered.add_schema();
  object.set_physical_name(std::string(table));
  v1::DatasetIdentity& dataset = *object.add_datasets();
  dataset.set_namespace_(kServer);
  dataset.set_name(std::string(table));
  for (const std::string& column : columns) ColumnOf(object, column);
  return *this;
}

LineBuilder& LineBuilder::Reads(std::string_view contract, std::string_view version) {
  v1::InputPort& port = *line_.mutable_model()->add_input_ports();
  port.set_name("in" + std::to_string(line_.model().input_ports_size()));
  port.set_contract_id(std::string(contract));
  port.set_version(std::string(version));
  return *this;
}

LineBuilder& LineBuilder::ReadsByName(std::string_view name, std::string_view version) {
  v1::InputPort& port = *line_.mutable_model()->add_input_ports();
  port.set_name(std::string(name));
  port.set_version(std::string(version));
  return *this;
}

LineBuilder& LineBuilder::MadeFrom(std::string_view column, std::string_view source) {
  ColumnOf(LastTable(), column).add_transform_source_objects(std::string(source));
  return *this;
}

LineBuilder& LineBuilder::In(v1::ProductState state) {
  line_.set_state(state);
  return *this;
}

v1::SchemaObject& LineBuilder::LastTable() {
  auto& contracts = *line_.mutable_model()->mutable_contracts();
  auto& tables = *contracts[contracts.size() - 1].mutable_schema();
  return tables[tables.size() - 1];
}

Mesh& Mesh::Add(const LineBuilder& line) {
  storage::Change change;
  change.revision = ++revision_;
  storage::EntityDelta delta;
  delta.entity = line.line().name();
  delta.line = std::make_shared<const store::v1::LineState>(line.line());
  change.deltas.push_back(std::move(delta));
  const Status applied = graph_.Apply({change});
  EXPECT_TRUE(applied.ok()) << applied.ToString();
  return *this;
}

const Visibility& Mesh::everybody() {
  static const AllowAll kEverybody;
  return kEverybody;
}

v1::TraceLineageResponse Mesh::Trace(const TraceRequest& request, const Visibility& visibility) const {
  storage::Revision revision = 0;
  auto response = graph_.Trace(request, visibility, nullptr, &revision);
  EXPECT_TRUE(response.ok()) << response.status().ToString();
  EXPECT_EQ(revision, revision_);
  return response.ok() ? *std::move(response) : v1::TraceLineageResponse();
}

v1::TraceLineageResponse Mesh::Up(std::string_view root) const {
  return Trace({std::string(root), "", v1::LINEAGE_DIRECTION_UP});
}

v1::TraceLineageResponse Mesh::Down(std::string_view root) const {
  return Trace({std::string(root), "", v1::LINEAGE_DIRECTION_DOWN});
}

std::vector<std::string> Names(const v1::TraceLineageResponse& response) {
  std::vector<std::string> names;
  for (const v1::LineageNode& node : response.nodes()) names.push_back(node.name());
  return names;
}

std::vector<std::string> Edges(const v1::TraceLineageResponse& response) {
  std::vector<std::string> edges;
  for (const v1::LineageEdge& edge : response.edges()) {
    edges.push_back(edge.upstream() + " -> " + edge.downstream() +
                    (edge.contract_id().empty() ? "" : " by " + edge.contract_id()));
  }
  return edges;
}

}  // namespace souk::lineage
