// SPDX-License-Identifier: Apache-2.0
// Readers and the applying thread at once: each answer is of one revision. Made for the thread sanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/index/lineage/mesh.h"

namespace souk::lineage {
namespace {

constexpr int kRevisions = 400;
constexpr int kReaders = 3;

TEST(LineageConcurrency, EachTraceSeesOneRevision) {
  LineageGraph graph;
  std::atomic<bool> done = false;
  std::atomic<int> answers = 0;
  const auto read = [&] {
    do {
      storage::Revision revision = 0;
      const auto down =
          graph.Trace({Full("m/hub"), "", v1::LINEAGE_DIRECTION_DOWN}, Mesh::everybody(), nullptr, &revision);
      if (!down.ok()) continue;
      // Revision r brings the r-th reader, the hub being the first.
      EXPECT_EQ(down->nodes_size(), static_cast<int>(revision));
      EXPECT_LE(revision, graph.status().applied);
      graph.ConsumersOf(Full("m/hub"));
      ++answers;
    } while (!done);
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) readers.emplace_back(read);
  for (int i = 1; i <= kRevisions; ++i) {
    storage::Change change;
    change.revision = static_cast<storage::Revision>(i);
    storage::EntityDelta delta;
    const LineBuilder line =
        i == 1 ? LineBuilder("m/hub").Offers("c") : LineBuilder("m/r" + std::to_string(i)).Reads("c");
    delta.line = std::make_shared<const store::v1::LineState>(line.line());
    change.deltas.push_back(std::move(delta));
    EXPECT_TRUE(graph.Apply({change}).ok());
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(answers, 0);
}

}  // namespace
}  // namespace souk::lineage
