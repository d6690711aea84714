// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <sstream>

#include "client/cli/lineage_render.h"
#include "souk/v1/lineage_service.pb.h"
#include "tests/client/cli/terminal.h"

namespace souk::cli {
namespace {

std::string Line(const std::string& name) { return "domains/d/products/" + name + "/lines/1"; }

void AddNode(v1::TraceLineageResponse& lineage, const std::string& name, const std::string& id, uint32_t depth) {
  v1::LineageNode& node = *lineage.add_nodes();
  node.set_name(Line(name));
  node.set_kind(v1::LINEAGE_NODE_KIND_PRODUCT);
  node.set_id(id);
  node.set_depth(depth);
  node.set_state(v1::PRODUCT_STATE_ACTIVE);
}

void AddEdge(v1::TraceLineageResponse& lineage, const std::string& upstream, const std::string& downstream) {
  v1::LineageEdge& edge = *lineage.add_edges();
  edge.set_upstream(upstream);
  edge.set_downstream(downstream);
}

// a -> b -> c -> b (a cycle), a -> c, and a reference to what is not registered.
v1::TraceLineageResponse Example() {
  v1::TraceLineageResponse lineage;
  AddNode(lineage, "a", "id.a", 0);
  AddNode(lineage, "c", "id.c", 1);
  AddNode(lineage, "b", "id.b", 1);
  v1::LineageNode& open = *lineage.add_nodes();
  open.set_name("unresolved:x.contract");
  open.set_kind(v1::LINEAGE_NODE_KIND_UNRESOLVED);
  open.set_depth(1);
  AddEdge(lineage, Line("a"), Line("b"));
  AddEdge(lineage, Line("a"), Line("c"));
  AddEdge(lineage, Line("b"), Line("c"));
  AddEdge(lineage, Line("c"), Line("b"));
  AddEdge(lineage, Line("a"), "unresolved:x.contract");
  lineage.set_complete(true);
  return lineage;
}

class LineageTest : public ::testing::Test {
 protected:
  LineageTest() { Set(Example()); }
  void Set(const v1::TraceLineageResponse& lineage) {
    terminal_.node().Answer<v1::TraceLineageRequest, v1::TraceLineageResponse>("LineageService/TraceLineage", lineage);
  }
  v1::TraceLineageRequest Last() {
    return terminal_.node().requests<v1::TraceLineageRequest>("LineageService/TraceLineage").back();
  }
  Terminal terminal_;
};

TEST_F(LineageTest, IdsAreWhatWasReachedSortedAndNothingElse) {
  const Said said = terminal_.Run({"lineage", "d/a", "--down", "-o", "id"});
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.out, "id.b\nid.c\n");
  EXPECT_NE(said.err.find("1 reference to what is not registered"), std::string::npos);
  EXPECT_EQ(terminal_.Run({"lineage", "d/a", "--down", "-o", "name"}).out, Line("b") + "\n" + Line("c") + "\n");
}

TEST_F(LineageTest, DatasetsGoByTheirNames) {
  v1::TraceLineageResponse lineage;
  for (const char* name : {"dataset:bq:root", "dataset:bq:z", "dataset:bq:a"}) {
    lineage.add_nodes()->set_name(name);
    lineage.mutable_nodes(lineage.nodes_size() - 1)->set_kind(v1::LINEAGE_NODE_KIND_DATASET);
    lineage.mutable_nodes(lineage.nodes_size() - 1)->set_depth(lineage.nodes_size() > 1 ? 1 : 0);
  }
  lineage.set_complete(true);
  Set(lineage);
  EXPECT_EQ(terminal_.Run({"lineage", "dataset:bq:root", "-o", "id"}).out, "dataset:bq:a\ndataset:bq:z\n");
}

TEST_F(LineageTest, ACutAnswerSaysSoEvenQuietly) {
  v1::TraceLineageResponse lineage = Example();
  lineage.set_complete(false);
  lineage.set_incomplete_reason("nodes");
  lineage.add_frontier(Line("b"));
  Set(lineage);
  const Said said = terminal_.Run({"lineage", "d/a", "-q", "-o", "id"});
  EXPECT_EQ(said.code, 0);
  EXPECT_NE(said.err.find("the answer is cut (nodes); it would go on from 1 node"), std::string::npos) << said.err;
}

TEST_F(LineageTest, OptionsBecomeTheRequest) {
  terminal_.Run({"lineage", "d/a"});
  EXPECT_EQ(Last().direction(), v1::LINEAGE_DIRECTION_UNSPECIFIED);
  terminal_.Run({"lineage", "d/a", "--up", "--depth", "3", "--granularity", "columns"});
  EXPECT_EQ(Last().direction(), v1::LINEAGE_DIRECTION_UP);
  EXPECT_EQ(Last().max_depth(), 3);
  EXPECT_EQ(Last().granularity(), v1::LINEAGE_NODE_KIND_COLUMN);
  terminal_.Run({"lineage", "d/a", "--to", "d/c"});
  EXPECT_EQ(Last().direction(), v1::LINEAGE_DIRECTION_BETWEEN);
  EXPECT_EQ(Last().target(), "d/c");
  EXPECT_EQ(terminal_.Run({"lineage", "d/a", "--to", "d/c", "--up"}).code, 2);
}

TEST_F(LineageTest, TheTreeExpandsEachNodeOnceAndMarksCycles) {
  EXPECT_EQ(terminal_.Run({"lineage", "d/a", "--down"}).out,
            "d/a@1\n"
            "├─ d/b@1\n"
            "│  └─ d/c@1\n"
            "│     └─ d/b@1 (cycle)\n"
            "├─ d/c@1 (above)\n"
            "└─ unresolved:x.contract (not registered)\n");
  EXPECT_NE(terminal_.Run({"lineage", "d/a"}).out.find("depends on\nis read by\n"), std::string::npos);
}

// A product by its columns: three roots, two of which read the same, and one of which nothing is known.
v1::TraceLineageResponse ManyRoots() {
  v1::TraceLineageResponse lineage;
  for (const char* root : {"r1", "r2", "r3"}) AddNode(lineage, root, std::string("id.") + root, 0);
  AddNode(lineage, "a", "id.a", 1);
  AddNode(lineage, "b", "id.b", 1);
  AddNode(lineage, "top", "id.top", 2);
  AddEdge(lineage, Line("a"), Line("r1"));
  AddEdge(lineage, Line("a"), Line("r2"));
  AddEdge(lineage, Line("b"), Line("r2"));
  AddEdge(lineage, Line("top"), Line("a"));
  lineage.set_complete(true);
  return lineage;
}

TEST_F(LineageTest, EveryRootIsShownAndNoneIsReached) {
  Set(ManyRoots());
  EXPECT_EQ(terminal_.Run({"lineage", "d/r", "--up"}).out,
            "d/r1@1\n"
            "└─ d/a@1\n"
            "   └─ d/top@1\n"
            "d/r2@1\n"
            "├─ d/a@1 (above)\n"
            "└─ d/b@1\n"
            "d/r3@1\n");
  EXPECT_EQ(terminal_.Run({"lineage", "d/r", "--up", "-o", "id"}).out, "id.a\nid.b\nid.top\n");
  EXPECT_EQ(terminal_.Run({"lineage", "d/r", "--up", "-o", "name"}).out,
            Line("a") + "\n" + Line("b") + "\n" + Line("top") + "\n");
  const std::string table = terminal_.Run({"lineage", "d/r", "--up", "-o", "table"}).out;
  for (const char* row : {"0      d/r1@1", "0      d/r2@1", "0      d/r3@1", "1      d/a@1", "2      d/top@1"}) {
    EXPECT_NE(table.find(row), std::string::npos) << table;
  }
  for (const char* root : {"d/r1@1", "d/r2@1", "d/r3@1"}) {
    for (const char* format : {"dot", "mermaid"}) {
      EXPECT_NE(terminal_.Run({"lineage", "d/r", "--up", "-o", format}).out.find(root), std::string::npos);
    }
  }
}

TEST_F(LineageTest, ARootBelowAnotherIsNotDrawnTwice) {
  v1::TraceLineageResponse lineage;
  for (const char* root : {"r1", "r2"}) AddNode(lineage, root, "", 0);
  AddNode(lineage, "a", "", 1);
  AddEdge(lineage, Line("r1"), Line("r2"));
  AddEdge(lineage, Line("r2"), Line("a"));
  lineage.set_complete(true);
  Set(lineage);
  EXPECT_EQ(terminal_.Run({"lineage", "d/r", "--down"}).out,
            "d/r1@1\n"
            "└─ d/r2@1\n"
            "   └─ d/a@1\n"
            "d/r2@1 (above)\n");
  EXPECT_EQ(terminal_.Run({"lineage", "d/r"}).out,
            "d/r1@1\n"
            "depends on\n"
            "is read by\n"
            "└─ d/r2@1\n"
            "   └─ d/a@1\n"
            "d/r2@1\n"
            "depends on\n"
            "└─ d/r1@1\n"
            "is read by (above)\n");
}

TEST_F(LineageTest, NothingIsSaidOnlyOfNothing) {
  v1::TraceLineageResponse lineage;
  AddNode(lineage, "a", "", 0);
  lineage.set_complete(true);
  Set(lineage);
  EXPECT_NE(terminal_.Run({"lineage", "d/a", "--up"}).err.find("nothing is there"), std::string::npos);
  AddEdge(lineage, Line("a"), Line("a"));  // it reads itself
  Set(lineage);
  const Said said = terminal_.Run({"lineage", "d/a", "--up"});
  EXPECT_EQ(said.out, "d/a@1\n└─ d/a@1 (cycle)\n");
  EXPECT_EQ(said.err, "");
}

TEST_F(LineageTest, ADeepChainIsDrawn) {
  constexpr int kDeep = 5000;
  v1::TraceLineageResponse lineage;
  for (int i = 0; i < kDeep; ++i) {
    AddNode(lineage, "n" + std::to_string(i), "", static_cast<uint32_t>(i));
    if (i > 0) AddEdge(lineage, Line("n" + std::to_string(i - 1)), Line("n" + std::to_string(i)));
  }
  std::ostringstream out;
  WriteLineageTree(lineage, v1::LINEAGE_DIRECTION_DOWN, Style(false), out);
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), kDeep);
}

TEST_F(LineageTest, DotAndMermaid) {
  v1::TraceLineageResponse lineage;
  AddNode(lineage, "a", "", 0);
  lineage.add_nodes()->set_name("dataset:x:\"quoted\"#c");
  AddEdge(lineage, Line("a"), "dataset:x:\"quoted\"#c");
  lineage.set_complete(true);
  Set(lineage);
  EXPECT_EQ(terminal_.Run({"lineage", "d/a", "-o", "dot"}).out,
            "digraph lineage {\n  rankdir=LR;\n  node [shape=box];\n"
            "  \"domains/d/products/a/lines/1\" [label=\"d/a@1\"];\n"
            "  \"dataset:x:\\\"quoted\\\"#c\" [label=\"dataset:x:\\\"quoted\\\"#c\"];\n"
            "  \"domains/d/products/a/lines/1\" -> \"dataset:x:\\\"quoted\\\"#c\";\n}\n");
  EXPECT_EQ(terminal_.Run({"lineage", "d/a", "-o", "mermaid"}).out,
            "graph LR\n  n0[\"d/a@1\"]\n  n1[\"dataset:x:#quot;quoted#quot;#35;c\"]\n  n0 --> n1\n");
}

}  // namespace
}  // namespace souk::cli
