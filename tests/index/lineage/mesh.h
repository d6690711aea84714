// SPDX-License-Identifier: Apache-2.0
// Small meshes for lineage tests, written as lines and what they offer and read; no store needed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/visibility.h"
#include "index/lineage/lineage_graph.h"
#include "souk/store/v1/records.pb.h"

namespace souk::lineage {

// One line, as the fold would keep it. Tables live on server "db": table "t" is dataset "dataset:db:t".
class LineBuilder {
 public:
  explicit LineBuilder(std::string_view short_name);  // "sales/orders@1"

  // An output port with its contract; with a table, the contract has it, and its columns.
  LineBuilder& Offers(std::string_view contract, std::string_view table = "",
                      const std::vector<std::string>& columns = {});
  LineBuilder& Reads(std::string_view contract, std::string_view version = "");
  LineBuilder& ReadsByName(std::string_view name, std::string_view version = "");
  // A column of the table offered last, made from the source.
  LineBuilder& MadeFrom(std::string_view column, std::string_view source);
  LineBuilder& In(v1::ProductState state);

  v1::SchemaObject& LastTable();
  const store::v1::LineState& line() const { return line_; }

 private:
  store::v1::LineState line_;
};

// "domains/sales/products/orders/lines/1" of "sales/orders@1".
std::string Full(std::string_view short_name);

// A graph that is told of lines one revision at a time.
class Mesh {
 public:
  // Aborts the test if the graph refuses it.
  Mesh& Add(const LineBuilder& line);

  LineageGraph& graph() { return graph_; }
  // Fails the test, and is empty, if there is no such node.
  v1::TraceLineageResponse Trace(const TraceRequest& request, const Visibility& visibility = everybody()) const;
  v1::TraceLineageResponse Up(std::string_view root) const;
  v1::TraceLineageResponse Down(std::string_view root) const;
  static const Visibility& everybody();

 private:
  LineageGraph graph_;
  storage::Revision revision_ = 0;
};

std::vector<std::string> Names(const v1::TraceLineageResponse& response);
// "upstream -> downstream", with " by CONTRACT" where one carries it.
std::vector<std::string> Edges(const v1::TraceLineageResponse& response);

}  // namespace souk::lineage
