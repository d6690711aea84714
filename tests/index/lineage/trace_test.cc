// SPDX-License-Identifier: Apache-2.0
// The walk: directions, limits, order, ways between two nodes, and sizes that would break recursion.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.h"
#include "tests/index/lineage/mesh.h"

namespace souk::lineage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// a -> b -> d, a -> c -> d, d -> e, e -> b (a cycle b, d, e), x -> c, d -> y.
Mesh& Fill(Mesh& mesh) {
  const auto add = [&mesh](const std::string& name, const std::vector<std::string>& reads) {
    LineBuilder line("m/" + name);
    line.Offers(name);
    for (const std::string& contract : reads) line.Reads(contract);
    mesh.Add(line);
  };
  add("a", {});
  add("b", {"a", "e"});
  add("c", {"a", "x"});
  add("d", {"b", "c"});
  add("e", {"d"});
  add("x", {});
  add("y", {"d"});
  return mesh;
}

std::string M(const std::string& name) { return Full("m/" + name); }

std::string Spell(const v1::TraceLineageResponse& response) {
  std::string text;
  for (const v1::LineageNode& node : response.nodes())
    text += node.display_name().substr(2) + std::to_string(node.depth());
  text += " ";
  for (const v1::LineageEdge& edge : response.edges()) text += edge.contract_id() + edge.downstream().substr(19, 1);
  if (!response.complete()) text += " " + response.incomplete_reason() + ":";
  for (const std::string& name : response.frontier()) text += name.substr(19, 1);
  return text;
}

TEST(LineageTrace, WalksEachWay) {
  Mesh mesh;
  Fill(mesh);
  EXPECT_EQ(Spell(mesh.Down(M("a"))), "a0b1c1d2e3y3 abacbdcddedyeb");
  EXPECT_EQ(Spell(mesh.Up(M("y"))), "y0d1b2c2a3e3x3 abacbdcddedyebxc");
  EXPECT_EQ(Spell(mesh.Trace({M("b")})), "b0a1d1e1y2c3x4 abacbdcddedyebxc");
  EXPECT_EQ(Spell(mesh.Up(M("a"))), "a0 ");
}

TEST(LineageTrace, StopsAtTheDepthAndSaysWhereItWouldGoOn) {
  Mesh mesh;
  Fill(mesh);
  EXPECT_EQ(Spell(mesh.Trace({M("a"), "", v1::LINEAGE_DIRECTION_DOWN, {}, 1})), "a0b1c1 abac depth:bc");
  EXPECT_EQ(Spell(mesh.Trace({M("a"), "", v1::LINEAGE_DIRECTION_DOWN, {}, 3})), "a0b1c1d2e3y3 abacbdcddedyeb");
  EXPECT_EQ(Spell(mesh.Trace({M("x"), "", v1::LINEAGE_DIRECTION_DOWN, {}, 2})), "x0c1d2 cdxc depth:d");
}

TEST(LineageTrace, StopsAtTheNumberOfNodesByDepthAndName) {
  Mesh mesh;
  Fill(mesh);
  EXPECT_EQ(Spell(mesh.Trace({M("a"), "", v1::LINEAGE_DIRECTION_DOWN, {}, 0, 2})), "a0b1 ab nodes:ab");
  EXPECT_EQ(Spell(mesh.Trace({M("a"), "", v1::LINEAGE_DIRECTION_DOWN, {}, 0, 5})), "a0b1c1d2e3 abacbdcddeeb nodes:d");
  EXPECT_EQ(Spell(mesh.Trace({M("a"), "", v1::LINEAGE_DIRECTION_DOWN, {}, 0, 6})), "a0b1c1d2e3y3 abacbdcddedyeb");
}

TEST(LineageTrace, ADeadlineCutsAndSaysSo) {
  Mesh mesh;
  Fill(mesh);
  storage::Revision revision = 0;
  const auto at_once = mesh.graph().Trace(
      {M("a"), "", v1::LINEAGE_DIRECTION_DOWN}, Mesh::everybody(), [] { return errors::DeadlineExceeded("a test"); },
      &revision);
  ASSERT_TRUE(at_once.ok());
  EXPECT_EQ(Spell(*at_once), "a0  deadline:a");
  int looks = 0;
  const auto later = mesh.graph().Trace(
      {M("a"), "", v1::LINEAGE_DIRECTION_DOWN}, Mesh::everybody(),
      [&] { return ++looks > 2 ? errors::DeadlineExceeded("a test") : Status::Ok(); }, &revision);
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(Spell(*later), "a0b1c1d2 abacbdcd deadline:d");
}

TEST(LineageTrace, BetweenTwoNodesIsEverythingOnAnyWay) {
  Mesh mesh;
  Fill(mesh);
  const auto between = [&](const std::string& from, const std::string& to, size_t depth = 0, size_t nodes = 0) {
    return Spell(mesh.Trace({M(from), M(to), v1::LINEAGE_DIRECTION_BETWEEN, {}, depth, nodes}));
  };
  EXPECT_EQ(between("a", "y"), "a0b1c1d2e3y3 abacbdcddedyeb");
  EXPECT_EQ(between("x", "d"), "x0c1d2e3b4 bdcddeebxc");
  EXPECT_EQ(between("c", "e"), "c0d1e2b3 bdcddeeb");
  EXPECT_EQ(between("y", "a"), "y0 ");  // no way
  EXPECT_EQ(between("a", "y", 3), "a0b1c1d2y3 abacbdcddy depth:d");
  EXPECT_EQ(between("a", "y", 0, 3), "a0b1c1 abac nodes:bc");
  EXPECT_EQ(between("b", "b"), "b0d1e2 bddeeb");  // the cycle through it
  storage::Revision revision = 0;
  const auto late = mesh.graph().Trace(
      {M("a"), M("y"), v1::LINEAGE_DIRECTION_BETWEEN}, Mesh::everybody(),
      [] { return errors::DeadlineExceeded("a test"); }, &revision);
  EXPECT_EQ(Spell(*late), "a0  deadline:a");
}

TEST(LineageTrace, UnknownEndsAreNotFound) {
  Mesh mesh;
  Fill(mesh);
  storage::Revision revision = 0;
  const char* kUnknown[] = {"domains/m/products/q/lines/1",
                            "domains/m/products/a/lines/2",
                            "dataset:db:t",
                            "dataset:db:t#c",
                            "unresolved:zzz",
                            "unresolved:a",
                            "nonsense",
                            "",
                            "dataset:",
                            "unresolved:domains/m/products/a"};
  for (const char* name : kUnknown) {
    EXPECT_EQ(mesh.graph().Trace({name}, Mesh::everybody(), nullptr, &revision).status().code(), Code::kNotFound)
        << name;
    const TraceRequest between = {M("a"), name, v1::LINEAGE_DIRECTION_BETWEEN};
    EXPECT_EQ(mesh.graph().Trace(between, Mesh::everybody(), nullptr, &revision).status().code(), Code::kNotFound)
        << name;
  }
  const TraceRequest odd = {M("a"), "", {}, v1::LINEAGE_NODE_KIND_UNRESOLVED};
  EXPECT_EQ(mesh.graph().Trace(odd, Mesh::everybody(), nullptr, &revision).status().code(), Code::kInvalidArgument);
}

class Hiding final : public Visibility {
 public:
  explicit Hiding(std::string product) : product_(std::move(product)) {}
  bool AllowsAll() const override { return false; }
  bool Allows(const LineName& line) const override { return line.product != product_; }

 private:
  std::string product_;
};

TEST(LineageTrace, HiddenLinesAreNeitherShownNorTraversedNorCounted) {
  Mesh mesh;
  Fill(mesh);
  const Hiding hiding("d");
  EXPECT_EQ(Spell(mesh.Trace({M("a"), "", v1::LINEAGE_DIRECTION_DOWN, {}, 0, 3}, hiding)), "a0b1c1 abac");
  // To whom it is hidden it is as if it were not registered.
  const auto up = mesh.Trace({M("y"), "", v1::LINEAGE_DIRECTION_UP}, hiding);
  EXPECT_THAT(Names(up), ElementsAre(M("y"), "unresolved:d"));
  storage::Revision revision = 0;
  EXPECT_EQ(mesh.graph().Trace({M("d")}, hiding, nullptr, &revision).status().code(), Code::kNotFound);
}

TEST(LineageTrace, AChainOfTenThousandHopsIsWalkedToItsEnd) {
  constexpr int kLength = 10'000;
  Mesh mesh;
  for (int i = kLength; i > 0; --i) {  // consumers first
    LineBuilder line("chain/p" + std::to_string(i));
    mesh.Add(line.Offers("c" + std::to_string(i)).Reads("c" + std::to_string(i - 1)));
  }
  const auto up =
      mesh.Trace({Full("chain/p" + std::to_string(kLength)), "", v1::LINEAGE_DIRECTION_UP, {}, 20'000, 20'000});
  EXPECT_THAT(up.nodes(), SizeIs(kLength + 1));
  EXPECT_EQ(up.nodes(kLength).name(), "unresolved:c0");
  EXPECT_EQ(up.nodes(kLength).depth(), static_cast<uint32_t>(kLength));
  EXPECT_TRUE(up.complete());
  const auto limited = mesh.Down(Full("chain/p1"));  // the node's own limit of hops
  EXPECT_FALSE(limited.complete());
  EXPECT_EQ(limited.incomplete_reason(), "depth");
  EXPECT_THAT(limited.nodes(), SizeIs(1001));
  EXPECT_THAT(limited.frontier(), ElementsAre(Full("chain/p1001")));
}

TEST(LineageTrace, AStarOfAHundredThousandIsCutByName) {
  constexpr int kRays = 100'000;
  std::vector<storage::Change> changes(1);
  changes[0].revision = 1;
  for (int i = 0; i < kRays; ++i) {
    storage::EntityDelta delta;
    delta.line = std::make_shared<const store::v1::LineState>(
        LineBuilder("star/p" + std::to_string(kRays + i)).Reads("hub").line());
    changes[0].deltas.push_back(std::move(delta));
  }
  storage::EntityDelta hub;
  hub.line = std::make_shared<const store::v1::LineState>(LineBuilder("star/hub").Offers("hub").line());
  changes[0].deltas.push_back(std::move(hub));
  LineageGraph graph;
  ASSERT_TRUE(graph.Apply(changes).ok());
  EXPECT_THAT(graph.ConsumersOf(Full("star/hub")), SizeIs(kRays));
  storage::Revision revision = 0;
  const auto down =
      graph.Trace({Full("star/hub"), "", v1::LINEAGE_DIRECTION_DOWN}, Mesh::everybody(), nullptr, &revision);
  ASSERT_TRUE(down.ok());
  EXPECT_THAT(down->nodes(), SizeIs(10'000));
  EXPECT_EQ(down->nodes(1).name(), Full("star/p100000"));
  EXPECT_EQ(down->nodes(9'999).name(), Full("star/p109998"));
  EXPECT_EQ(down->incomplete_reason(), "nodes");
  EXPECT_THAT(down->frontier(), ElementsAre(Full("star/hub")));
}

TEST(LineageTrace, EdgesThatWouldMultiplyAreBounded) {
  Mesh mesh;
  for (const char* name : {"a", "b"}) {
    LineBuilder line(std::string("wide/") + name);
    line.Offers(name);
    for (int i = 0; i < 400; ++i) {
      v1::SchemaObject& object =
          *const_cast<store::v1::LineState&>(line.line()).mutable_model()->mutable_contracts(0)->add_schema();
      object.add_datasets()->set_name(name + std::to_string(i));
    }
    if (name == std::string("b")) line.Reads("a");
    mesh.Add(line);
  }
  const auto down = mesh.Trace({Full("wide/a"), "", v1::LINEAGE_DIRECTION_DOWN, v1::LINEAGE_NODE_KIND_DATASET});
  EXPECT_THAT(down.nodes(), SizeIs(800));
  EXPECT_FALSE(down.complete());
  EXPECT_EQ(down.incomplete_reason(), "edges");
  EXPECT_LT(down.edges_size(), 101'000);
}

}  // namespace
}  // namespace souk::lineage
