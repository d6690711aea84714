// SPDX-License-Identifier: Apache-2.0
// Journeys of those who follow: every change once, in order, across restarts, or a clear word why not.
#include <future>
#include <map>

#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class Watching : public Journey {
 protected:
  static std::unique_ptr<client::ChangeReader> Watch(const std::string& after) {
    v1::WatchChangesRequest request;
    request.set_after_revision(after);
    request.set_progress_interval_ms(100);
    return client().WatchChanges(request);
  }

  // Everything after `after` until `last` (a revision) has come; progress marks left out.
  static std::vector<v1::WatchChangesResponse> Collect(const std::string& after, const std::string& last) {
    const auto reader = Watch(after);
    std::vector<v1::WatchChangesResponse> revisions;
    while (true) {
      v1::WatchChangesResponse next = Must(reader->Next());
      const bool end = next.revision() == last;
      if (next.has_commit_time()) revisions.push_back(std::move(next));
      if (end) return revisions;
    }
  }

  static std::string Head() { return Must(client().GetStatus({})).ledger_revision(); }

  static std::vector<std::string> Revisions(const std::vector<v1::WatchChangesResponse>& changes) {
    std::vector<std::string> revisions;
    for (const auto& change : changes) revisions.push_back(change.revision());
    return revisions;
  }

  // Each entity's changes are numbered from 1 without gaps.
  static void ExpectNoGaps(const std::vector<v1::WatchChangesResponse>& changes) {
    std::map<std::string, uint64_t> numbers;
    for (const auto& revision : changes) {
      for (const v1::EntityChange& change : revision.changes()) {
        EXPECT_EQ(change.change_number(), ++numbers[change.name()]) << change.name();
      }
    }
  }
};

TEST_F(Watching, EveryChangeComesOnceInOrderFromTheBeginning) {
  Sample sample{.domain = "feed", .name = "Feed"};
  const std::string first = Register(sample).revision();
  sample.version = "1.1.0";
  const std::string second = Register(sample).revision();
  v1::SetProductStateRequest state;
  state.set_name(sample.line());
  state.set_state(v1::PRODUCT_STATE_DEPRECATED);
  state.set_reason("enough");
  const std::string third = Must(client().SetProductState(state)).revision();

  const std::vector<v1::WatchChangesResponse> all = Collect("0", third);
  ExpectNoGaps(all);
  std::vector<std::string> of_line;
  for (const auto& revision : all) {
    for (const v1::EntityChange& change : revision.changes()) {
      if (change.name() != sample.line()) continue;
      of_line.push_back(revision.revision() + " " + change.action() + " " + change.version());
    }
  }
  EXPECT_THAT(of_line, ElementsAre(first + " register 1.0.0", second + " register 1.1.0", third + " set-state 1.1.0"));
}

TEST_F(Watching, AReaderResumesAfterAnyRevisionWithoutAGap) {
  for (int i = 0; i < 10; ++i) Register({.domain = "resume", .name = "P" + std::to_string(i)});
  const std::string head = Head();
  const std::vector<std::string> all = Revisions(Collect("0", head));
  ASSERT_GE(all.size(), 10U);
  for (const size_t at : {size_t{0}, all.size() / 2, all.size() - 2}) {
    const std::vector<std::string> rest = Revisions(Collect(all[at], head));
    EXPECT_EQ(rest, std::vector<std::string>(all.begin() + static_cast<std::ptrdiff_t>(at) + 1, all.end()));
  }
}

TEST_F(Watching, AReaderThatWaitsIsToldAtOnce) {
  const auto reader = Watch("");
  Must(reader->Next());  // a progress mark: the stream stands
  auto told = std::async(std::launch::async, [&]() -> StatusOr<v1::WatchChangesResponse> {
    while (true) {
      StatusOr<v1::WatchChangesResponse> next = reader->Next();
      if (!next.ok() || next->changes_size() > 0) return next;
    }
  });
  const std::string revision = Register({.domain = "live", .name = "Live"}).revision();
  EXPECT_EQ(Must(told.get()).revision(), revision);
}

TEST_F(Watching, AReaderGoesOnAcrossARestart) {
  Register({.domain = "restart", .name = "Before"});
  const std::string before = Head();
  const std::vector<std::string> old_feed = Revisions(Collect("0", before));
  StopNode();
  StartAgain();
  EXPECT_EQ(Revisions(Collect("0", before)), old_feed) << "history does not change";
  const std::string after = Register({.domain = "restart", .name = "After"}).revision();
  EXPECT_EQ(Revisions(Collect(before, after)).back(), after);
}

TEST_F(Watching, RevisionsOfAnotherStoreOrOfTheFutureAreRefused) {
  const std::string head = Register({.domain = "tokens", .name = "Tokens"}).revision();
  EXPECT_EQ(Watch("nonsense")->Next().status().code(), Code::kInvalidArgument);

  const support::TempDirectory elsewhere;
  const auto other = Must(support::Node::Start({.data_directory = elsewhere / "data"}));
  client::Client stranger(ClientOf(other->grpc_address()));
  v1::WatchChangesRequest foreign;
  foreign.set_after_revision(head);
  EXPECT_THAT(stranger.WatchChanges(foreign)->Next(), FailsWith(Code::kFailedPrecondition, "FOREIGN_REVISION"));

  // A revision that this node has not reached: from a twin that went on.
  StopNode();
  std::filesystem::copy(data_directory(), elsewhere / "twin", std::filesystem::copy_options::recursive);
  StartAgain();
  const auto twin = Must(support::Node::Start({.data_directory = elsewhere / "twin"}));
  client::Client ahead(ClientOf(twin->grpc_address()));
  const std::string future =
      Must(ahead.RegisterProduct(support::RegistrationOf({.domain = "tokens", .name = "Ahead"}))).revision();
  EXPECT_THAT(Watch(future)->Next(), FailsWith(Code::kOutOfRange, "REVISION_IN_FUTURE"));
  v1::GetProductRequest request;
  request.set_name("tokens/tokens");
  request.mutable_consistency()->set_as_of_revision(future);
  EXPECT_THAT(client().GetProduct(request), FailsWith(Code::kOutOfRange, "REVISION_IN_FUTURE"));
}

TEST_F(Watching, TheCommandLineFollowsToo) {
  const std::string before = Register({.domain = "cli-feed", .name = "Before"}).revision();
  const Sample next{.domain = "cli-feed", .name = "Next"};
  Register(next);
  const auto shown = Souk({"watch", "--since", before, "--count", "1", "-o", "name"});
  EXPECT_THAT(shown, ExitsWith(0));
  EXPECT_THAT(Lines(shown.out), ElementsAre(next.line()));
}

}  // namespace
}  // namespace souk::journeys
