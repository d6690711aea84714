// SPDX-License-Identifier: Apache-2.0
// WatchChanges: whole revisions in order, without gaps, from anywhere that is kept.
#include <gtest/gtest.h>

#include <thread>

#include "server/catalog/changes.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

StatusOr<catalog::ChangeStream> Open(const Mesh& mesh, const std::string& after, uint32_t interval_ms = 0) {
  v1::WatchChangesRequest request;
  request.set_after_revision(after);
  request.set_progress_interval_ms(interval_ms);
  return catalog::ChangeStream::Open(*mesh.parts, request, mesh.Call());
}

v1::WatchChangesResponse Next(const Mesh& mesh, catalog::ChangeStream& stream) {
  auto message = stream.Next(mesh.Call());
  EXPECT_TRUE(message.ok()) << message.status().ToString();
  return message.ok() ? *std::move(message) : v1::WatchChangesResponse();
}

TEST(Watch, TellsEveryRevisionFromTheOldest) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.1.0"}).ok());
  ASSERT_TRUE(mesh.SetState("sales/orders", v1::PRODUCT_STATE_DEPRECATED).ok());
  auto stream = Open(mesh, "0");
  ASSERT_TRUE(stream.ok()) << stream.status().ToString();
  const auto first = Next(mesh, *stream);
  EXPECT_EQ(first.revision(), mesh.Token(1));
  ASSERT_EQ(first.changes_size(), 3);  // domain, team and line in one revision
  EXPECT_TRUE(first.has_commit_time());
  const v1::EntityChange& line = first.changes(2);
  EXPECT_EQ(line.name(), Sample{}.line());
  EXPECT_EQ(line.id(), Sample{}.id());
  EXPECT_EQ(line.action(), "register");
  EXPECT_EQ(line.state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(line.version(), "1.0.0");
  EXPECT_EQ(line.actor(), "ada@example.com");
  EXPECT_EQ(line.change_number(), 1U);
  EXPECT_EQ(Next(mesh, *stream).changes(0).version(), "1.1.0");
  const auto third = Next(mesh, *stream);
  EXPECT_EQ(third.changes(0).action(), "set-state");
  EXPECT_EQ(third.changes(0).state(), v1::PRODUCT_STATE_DEPRECATED);
  EXPECT_EQ(third.revision(), mesh.Token(3));
}

TEST(Watch, ResumesBehindARevision) {
  const Mesh mesh;
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(mesh.Register(Sample{.version = "1." + std::to_string(i) + ".0"}).ok());
  for (storage::Revision after = 1; after < 6; ++after) {
    auto stream = Open(mesh, mesh.Token(after));
    ASSERT_TRUE(stream.ok());
    for (storage::Revision revision = after + 1; revision <= 6; ++revision) {
      EXPECT_EQ(Next(mesh, *stream).revision(), mesh.Token(revision));
    }
  }
}

TEST(Watch, EmptyMeansFromNowOn) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  auto stream = Open(mesh, "");
  ASSERT_TRUE(stream.ok());
  const std::jthread writer([&] { EXPECT_TRUE(mesh.Register(Sample{.version = "1.1.0"}).ok()); });
  EXPECT_EQ(Next(mesh, *stream).changes(0).version(), "1.1.0");
}

TEST(Watch, MarksProgressWhileNothingChanges) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  auto stream = Open(mesh, "", 1);  // below the least: 100 ms
  ASSERT_TRUE(stream.ok());
  const auto before = mesh.clock.Monotonic();
  const auto mark = Next(mesh, *stream);
  EXPECT_GE(mesh.clock.Monotonic() - before, std::chrono::milliseconds(100));
  EXPECT_EQ(mark.revision(), mesh.Token(1));
  EXPECT_EQ(mark.changes_size(), 0);
  EXPECT_FALSE(mark.has_commit_time());
  // A mark is a place to resume at.
  ASSERT_TRUE(mesh.Register(Sample{.version = "1.1.0"}).ok());
  auto resumed = Open(mesh, mark.revision());
  ASSERT_TRUE(resumed.ok());
  EXPECT_EQ(Next(mesh, *resumed).changes(0).version(), "1.1.0");
}

TEST(Watch, RefusesTheFutureAndWhatIsNoLongerKept) {
  const Mesh mesh;
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(mesh.Register(Sample{.version = "1." + std::to_string(i) + ".0"}).ok());
  EXPECT_EQ(ReasonOf(Open(mesh, mesh.Token(5))), "REVISION_IN_FUTURE");
  EXPECT_EQ(Open(mesh, mesh.Token(5)).status().code(), Code::kOutOfRange);
  EXPECT_EQ(ReasonOf(Open(mesh, "1-foreign")), "FOREIGN_REVISION");
  EXPECT_EQ(ReasonOf(Open(mesh, "yesterday")), "BAD_REVISION");
  ASSERT_TRUE(mesh.store->ledger().Compact(2).ok());
  const auto gone = Open(mesh, mesh.Token(1));
  EXPECT_EQ(gone.status().code(), Code::kOutOfRange);
  EXPECT_EQ(ReasonOf(gone), "REVISION_COMPACTED");
  std::string oldest;
  for (const auto& [key, value] : gone.status().detail().metadata) {
    if (key == "oldest_revision") oldest = value;
  }
  EXPECT_EQ(oldest, mesh.Token(mesh.store->oldest()));
  // From what the error names, and from "0", it goes on.
  for (const std::string& after : {oldest, std::string("0")}) {
    auto stream = Open(mesh, after);
    ASSERT_TRUE(stream.ok()) << stream.status().ToString();
    EXPECT_EQ(Next(mesh, *stream).revision(), mesh.Token(mesh.store->oldest() + 1));
  }
}

TEST(Watch, EndsWhenTheCallerIsGoneOrTheNodeGoesDown) {
  const Mesh mesh;
  auto stream = Open(mesh, "");
  ASSERT_TRUE(stream.ok());
  catalog::CallContext call = mesh.Call();
  call.cancelled = [] { return true; };
  EXPECT_EQ(stream->Next(call).status().code(), Code::kCancelled);
  mesh.store->Shutdown();
  EXPECT_EQ(stream->Next(mesh.Call()).status().code(), Code::kUnavailable);
}

// Writers and a watcher side by side: what the watcher is told is gap-free and agrees with the store.
TEST(WatchProperty, IsGapFreeBesideWriters) {
  const Mesh mesh;
  auto stream = Open(mesh, "0");
  ASSERT_TRUE(stream.ok());
  constexpr int kWriters = 4;
  constexpr int kEach = 10;
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&mesh, writer] {
      for (int i = 0; i < kEach; ++i) {
        const auto answer =
            mesh.Register(Sample{.name = "Line " + std::to_string(writer), .version = "1." + std::to_string(i) + ".0"});
        EXPECT_TRUE(answer.ok()) << answer.status().ToString();
      }
    });
  }
  int lines = 0;
  storage::Revision last = 0;
  while (lines < kWriters * kEach) {
    const auto message = Next(mesh, *stream);
    ASSERT_EQ(message.revision(), mesh.Token(last + 1));
    ++last;
    for (const v1::EntityChange& change : message.changes()) lines += change.action() == "register" ? 1 : 0;
  }
  writers.clear();
  EXPECT_EQ(last, mesh.revision());
}

}  // namespace
}  // namespace souk::support
