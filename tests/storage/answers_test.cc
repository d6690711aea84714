// SPDX-License-Identifier: Apache-2.0
// Answers that are worked out once: never another than the rows of the asker's own snapshot give.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/visibility.h"
#include "storage/store.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {
namespace {

using souk::testing::ContractOf;
using souk::testing::LineOf;
using souk::testing::PutDomain;
using souk::testing::PutTeam;
using souk::testing::RegisterLine;
using souk::testing::SetLineState;
using souk::testing::SimpleModel;

const LineName kOrders = {"sales", "orders", 1};

class HidesSales final : public Visibility {
 public:
  bool AllowsAll() const override { return false; }
  bool Allows(const LineName& line) const override { return line.domain != "sales"; }
};

// What a way of reading finds, as text.
struct Reading {
  std::string name;
  std::function<std::string(const View&)> text;
};

std::string Text(const StatusOr<std::vector<LineName>>& lines) {
  if (!lines.ok()) return lines.status().ToString();
  std::string text;
  for (const LineName& line : *lines) text += line.ToString() + " ";
  return text;
}

template <typename Message>
std::string Text(const StatusOr<std::shared_ptr<const Message>>& message) {
  if (!message.ok()) return message.status().ToString();
  return *message ? (*message)->DebugString() : "none";
}

// All of them go through rows whose keys are known before.
const std::vector<Reading>& Readings() {
  static const std::vector<Reading> kReadings = {
      {"line", [](const View& view) { return Text(view.FindLine(kOrders)); }},
      {"lines of a product",
       [](const View& view) {
         const auto lines = view.LinesOfProduct("sales", "orders");
         std::string text;
         for (const SharedLine& line : *lines) text += line->DebugString();
         return text;
       }},
      {"domain", [](const View& view) { return Text(view.FindDomain("sales")); }},
      {"team", [](const View& view) { return Text(view.FindTeam("desk")); }},
      {"descriptor id", [](const View& view) { return Text(view.LinesByDescriptorId("moving")); }},
      {"contract", [](const View& view) { return Text(view.LinesByContractId(ContractOf("sales", "orders"))); }},
      {"consumers", [](const View& view) { return Text(view.ConsumersOfContract("feed.v1")); }},
      {"table", [](const View& view) { return Text(view.LinesByPhysicalName("sales.orders")); }},
      {"dataset", [](const View& view) { return Text(view.LinesByDataset("pg://x", "data")); }},
      {"owner",
       [](const View& view) {
         const auto owned = view.OwnedBy("ada@example.com");
         std::string text;
         for (const OwnedLine& row : *owned) text += row.line.ToString() + " ";
         return text;
       }},
  };
  return kReadings;
}

class AnswersTest : public ::testing::Test {
 protected:
  static std::string Once(const View& view, const Reading& reading) {
    const auto answer = view.AnsweredOnce(
        reading.name, [&](const View& noting) -> StatusOr<std::string> { return reading.text(noting); });
    return answer.ok() ? **answer : answer.status().ToString();
  }

  // Empty, or the first way of reading whose answer is not that of the view's own rows.
  static std::string Difference(const View& view) {
    for (const Reading& reading : Readings()) {
      if (Once(view, reading) != reading.text(view)) return reading.name;
    }
    return "";
  }

  // Each changes what some of the readings find; together they change all.
  std::vector<std::function<void()>> Changes() {
    const auto put = [this](const v1::DataProduct& model) { ASSERT_TRUE(RegisterLine(*store_, model).ok()); };
    v1::DataProduct orders = SimpleModel("sales", "orders");
    v1::DataProduct moved = orders;
    moved.set_id("moving");
    souk::testing::AddInput(moved, "feed.v1");
    v1::DatasetIdentity& dataset = *moved.mutable_contracts(0)->mutable_schema(0)->add_datasets();
    dataset.set_namespace_("pg://x");
    dataset.set_name("data");
    v1::DataProduct refunds = SimpleModel("sales", "refunds");
    refunds.set_id("moving");
    return {
        [=] { put(orders); },
        [=] { put(moved); },
        [=] { put(refunds); },
        [=] { put(orders); },
        [=] { put(SimpleModel("sales", "orders", "2.0.0")); },
        [=, this] { ASSERT_TRUE(PutDomain(*store_, "sales", "teams/desk").ok()); },
        [=, this] { ASSERT_TRUE(PutTeam(*store_, "desk").ok()); },
        [=, this] { ASSERT_TRUE(PutDomain(*store_, "sales", "teams/other").ok()); },
        [=, this] { ASSERT_TRUE(SetLineState(*store_, kOrders, v1::PRODUCT_STATE_RETIRED).ok()); },
        [=] { put(moved); },
    };
  }

  View Now() const { return store_->Current(everything_); }

  souk::testing::TempDir folder_;
  SystemClock clock_;
  AllowAll everything_;
  std::unique_ptr<Store> store_ = souk::testing::OpenStore(folder_ / "store", clock_);
};

TEST_F(AnswersTest, AreThoseOfTheAskersSnapshotWhateverChanges) {
  std::vector<View> held = {Now()};
  std::vector<size_t> moves(Readings().size());
  for (const auto& change : Changes()) {
    EXPECT_EQ(Difference(held.back()), "");
    change();
    EXPECT_EQ(Difference(held.back()), "") << "a snapshot that is no longer the newest";
    held.push_back(Now());
    EXPECT_EQ(Difference(held.back()), "") << held.size();
    for (size_t i = 0; i < moves.size(); ++i) {
      moves[i] += Readings()[i].text(held.back()) != Readings()[i].text(held[held.size() - 2]) ? 1U : 0U;
    }
  }
  for (size_t i = 0; i < moves.size(); ++i) EXPECT_GT(moves[i], 0U) << "nothing moved " << Readings()[i].name;
  for (const View& view : held) EXPECT_EQ(Difference(view), "");
}

TEST_F(AnswersTest, AreWorkedOutOnceUntilWhatTheyReadChanges) {
  int worked_out = 0;
  const auto ask = [&](const View& view) {
    return *view.AnsweredOnce("orders", [&](const View& noting) -> StatusOr<std::string> {
      ++worked_out;
      return Text(noting.FindLine(kOrders));
    });
  };
  const View empty = Now();
  EXPECT_EQ(*ask(empty), "none");
  EXPECT_EQ(ask(empty), ask(empty));
  EXPECT_EQ(worked_out, 1) << "what is not there is an answer";
  ASSERT_TRUE(RegisterLine(*store_, SimpleModel("sales", "orders")).ok());
  const SharedBytes first = ask(Now());
  EXPECT_NE(*first, "none") << "one's own write is read";
  EXPECT_EQ(worked_out, 2);
  ASSERT_TRUE(RegisterLine(*store_, SimpleModel("sales", "refunds")).ok());
  EXPECT_EQ(ask(Now()), first) << "another line has changed";
  EXPECT_EQ(worked_out, 2);
  EXPECT_EQ(*ask(empty), "none") << "the past is not answered with the present";
  EXPECT_EQ(ask(Now()), first) << "nor the present with the past";
}

TEST_F(AnswersTest, AreNotKeptUnlessAllThatTheyReadIsNoted) {
  const auto registered = RegisterLine(*store_, SimpleModel("sales", "orders"));
  ASSERT_TRUE(registered.ok());
  const std::string head = "head/" + kOrders.ToString();
  using Walk = std::function<Status(const View&)>;
  const std::vector<std::pair<std::string, Walk>> walks = {
      {"lines", [](const View& view) { return view.ForEachLine("", "", [](const auto&) { return true; }); }},
      {"domains", [](const View& view) { return view.ForEachDomain("", [](const auto&) { return true; }); }},
      {"teams", [](const View& view) { return view.ForEachTeam("", [](const auto&) { return true; }); }},
      {"records",
       [](const View& view) {
         return view.ForEachRecord(kOrders.ToString(), 0, [](const auto&, Revision) { return true; });
       }},
      {"record", [](const View& view) { return view.Record(kOrders.ToString(), 1).status(); }},
      {"key", [&](const View& view) { return view.LedgerKey(head).status(); }},
      {"keys", [](const View& view) { return view.ForEachLedgerKey("", [](const auto&) { return true; }); }},
      {"chains",
       [](const View& view) {
         uint64_t checked = 0;
         return view.VerifyChains(&checked).status();
       }},
      {"an error", [](const View& /*view*/) { return errors::NotFound("line", "x"); }},
  };
  for (const auto& [name, walk] : walks) {
    int worked_out = 0;
    for (int i = 0; i < 2; ++i) {
      const auto answer = Now().AnsweredOnce(name, [&, &walk = walk](const View& noting) -> StatusOr<std::string> {
        ++worked_out;
        RETURN_IF_ERROR(walk(noting));
        return std::string("done");
      });
      EXPECT_EQ(answer.ok(), name != "an error") << name << ": " << answer.status().ToString();
    }
    EXPECT_EQ(worked_out, 2) << name;
  }
  ASSERT_TRUE(RegisterLine(*store_, SimpleModel("sales", "orders", "1.1.0")).ok());
  const Reading& line = Readings().front();
  const View past = *store_->At(*registered, everything_);
  ASSERT_TRUE(past.historic());
  EXPECT_NE(Once(past, line), Once(Now(), line));
  EXPECT_EQ(Once(past, line), line.text(past));
}

TEST_F(AnswersTest, AreOnlyForThoseWhoMaySeeWhatTheyWereMadeFrom) {
  const HidesSales hides;
  for (const char* domain : {"sales", "stock"}) {
    for (const bool hidden_first : {true, false}) {
      // A new revision of the line, so that nothing is kept yet.
      ASSERT_TRUE(RegisterLine(*store_, SimpleModel(domain, "orders")).ok());
      const Reading reading = {std::string("by id in ") + domain, [&](const View& view) {
                                 const std::string id = std::string("id.") + domain + ".orders.v1";
                                 return Text(view.LinesByDescriptorId(id)) + Text(view.FindLine({domain, "orders", 1}));
                               }};
      const View all = Now();
      const View some = store_->Current(hides);
      if (hidden_first) {
        EXPECT_EQ(Once(some, reading), reading.text(some));
      }
      EXPECT_EQ(Once(all, reading), reading.text(all));
      EXPECT_EQ(Once(some, reading), reading.text(some));
      EXPECT_EQ(Once(all, reading), reading.text(all));
      EXPECT_EQ(Once(some, reading) == Once(all, reading), std::string(domain) == "stock");
    }
  }
}

TEST_F(AnswersTest, NoteWhatAnAnswerWithinThemRead) {
  ASSERT_TRUE(RegisterLine(*store_, SimpleModel("sales", "orders")).ok());
  const Reading outer = {"outer", [](const View& view) { return Once(view, Readings().front()); }};
  EXPECT_EQ(Difference(Now()), "") << "the inner one is kept";
  const std::string before = Once(Now(), outer);
  ASSERT_TRUE(RegisterLine(*store_, SimpleModel("sales", "orders", "1.1.0")).ok());
  EXPECT_NE(Once(Now(), outer), before);
  EXPECT_EQ(Once(Now(), outer), Readings().front().text(Now()));
}

TEST_F(AnswersTest, AgreeWithOldAndNewSnapshotsWhileAWriterCommits) {
  constexpr int kRounds = 20;
  constexpr size_t kReaders = 3;
  std::atomic<bool> done = false;
  std::array<std::string, kReaders> differences;
  std::vector<std::thread> readers;
  for (std::string& difference : differences) {
    readers.emplace_back([&] {
      while (!done && difference.empty()) {
        const View older = Now();
        difference = Difference(older);
        if (difference.empty()) difference = Difference(Now());
        if (difference.empty()) difference = Difference(older);
      }
    });
  }
  const std::vector<std::function<void()>> changes = Changes();
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& change : changes) change();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  for (const std::string& difference : differences) EXPECT_EQ(difference, "");
}

}  // namespace
}  // namespace souk::storage
