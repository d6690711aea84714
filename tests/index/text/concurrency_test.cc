// SPDX-License-Identifier: Apache-2.0
// Many readers beside the applying thread, with merges and commits in between.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/index/text/shelf.h"

namespace souk::testing {
namespace {

constexpr int kRevisions = 60;
constexpr int kLines = 30;

// Line i has, from its n-th version on, the words "shared" and "vN"; so an answer tells which state it saw.
v1::DataProduct Version(int line, int version) {
  v1::DataProduct model = SimpleModel("d", "p" + std::to_string(line));
  model.mutable_description()->set_purpose("shared v" + std::to_string(version));
  model.add_tags("v" + std::to_string(version));
  return model;
}

TEST(Concurrency, EverySearchSeesOneRevision) {
  Shelf shelf;
  std::vector<storage::Change> first;
  storage::Revision revision = 0;
  for (int i = 0; i < kLines; ++i) first.push_back(ChangeOf(++revision, StateOf(Version(i, 0))));
  ASSERT_TRUE(shelf.index().Apply(first).ok());

  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      storage::Revision last = 0;
      while (!done) {
        v1::SearchRequest request;
        request.set_query("shared");
        request.add_facets("tag");
        request.set_highlight(true);
        const auto answer = shelf.index().Search(request, {0, 10}, AllowAll(), [] { return Status::Ok(); });
        ASSERT_TRUE(answer.ok()) << answer.status().ToString();
        EXPECT_EQ(answer->response.total_size(), static_cast<uint64_t>(kLines));
        EXPECT_GE(answer->revision, last);
        last = answer->revision;
        // All lines of one revision have the same version: the batches below are whole revisions.
        EXPECT_EQ(answer->response.facets(0).values_size(), 1);
        (void)shelf.Suggest("p", AllowAll());
        (void)shelf.index().status();
      }
    });
  }
  for (int version = 1; version <= kRevisions; ++version) {
    storage::Change change;
    change.revision = ++revision;
    for (int i = 0; i < kLines; ++i) change.deltas.push_back(ChangeOf(0, StateOf(Version(i, version))).deltas.front());
    ASSERT_TRUE(shelf.index().Apply({change}).ok());
    if (version % 20 == 0) {
      ASSERT_TRUE(shelf.index().Persist().ok());
    }
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(shelf.index().status().entries, static_cast<uint64_t>(kLines));
}

TEST(Concurrency, ClosesWhileMerging) {
  for (int round = 0; round < 10; ++round) {
    Shelf shelf;
    for (int i = 0; i < 25; ++i) shelf.Put(SimpleModel("d", "p" + std::to_string(i)));
    if (round % 2 == 0) {
      ASSERT_TRUE(shelf.index().Persist().ok());
    }
  }
}

}  // namespace
}  // namespace souk::testing
