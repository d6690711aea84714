// SPDX-License-Identifier: Apache-2.0
// Values that this program does not understand: they stop nothing, and are told. And values of which it understands a
// part only: what a newer node added to them goes on.
#include "storage/undecodable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "storage/ledger_keys.h"
#include "storage/record.h"
#include "storage/rows.h"
#include "tests/storage/follower_fixture.h"
#include "tests/support/exports.h"

namespace souk::storage {
namespace {

using souk::testing::OpenStore;
using souk::testing::PutTeam;
using souk::testing::RegisterLine;
using souk::testing::RegistrationRecord;
using souk::testing::SetLineState;
using souk::testing::SimpleModel;
using souk::testing::Soon;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kFieldOfTomorrow = 901;
const std::string kGarbage = "\x07 of tomorrow";

template <typename Message>
void AddUnknown(Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(kFieldOfTomorrow, "new");
}
template <typename Message>
bool HasUnknown(const Message& message) {
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  return unknown.field_count() == 1 && unknown.field(0).number() == kFieldOfTomorrow;
}

class UndecodableTest : public FollowerTest {
 protected:
  void Put(std::vector<LedgerWrite> writes) {
    Transaction transaction;
    transaction.write_id = "put-" + std::to_string(++puts_);
    transaction.writes = std::move(writes);
    const auto put = truth_->ledger().Commit(std::move(transaction), Soon());
    ASSERT_TRUE(put.ok()) << put.status().ToString();
  }
  // As a newer node would write the next record of the line: with a head that anybody can read.
  void PutGarbage(uint64_t number) {
    store::v1::EntityHead head;
    head.set_number(number);
    head.set_digest("a digest that a newer node knows");
    Put({{RecordKey(kOrders.ToString(), number), kGarbage}, {HeadKey(kOrders.ToString()), head.SerializeAsString()}});
  }
  Status Understood(const Store& store) { return store.Current(everything_).CheckUnderstood(kOrders.ToString()); }
  // What a node that was there all the time is, a new one is too.
  void ExpectLikeANewOne(const Store& store) {
    const auto fresh = Follow("fresh " + std::to_string(++puts_));
    EXPECT_EQ(Describe(store.Current(everything_)), Describe(fresh->Current(everything_)));
    EXPECT_EQ(store.quarantined(), fresh->quarantined());
    EXPECT_EQ(store.undecodable(), fresh->undecodable());
    EXPECT_EQ(Understood(store).ToString(), Understood(*fresh).ToString());
  }

 private:
  int puts_ = 0;
};

TEST_F(UndecodableTest, AValueThatIsNotUnderstoodStopsNothingAndIsTold) {
  auto node = Follow("node");
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders")).ok());
  PutGarbage(2);
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("ads", "clicks")).ok());
  ExpectCaughtUp(*node);
  {
    const View view = node->Current(everything_);
    EXPECT_EQ(view.CheckUnderstood(kOrders.ToString()).reason(), "UNDECODABLE");
    EXPECT_TRUE(view.CheckUnderstood("domains/ads/products/clicks/lines/1").ok());
    EXPECT_TRUE(*view.FindLine({"ads", "clicks", 1}));
    EXPECT_EQ((*view.LedgerKey(RecordKey(kOrders.ToString(), 2)))->value, kGarbage) << "its bytes are kept";
  }
  EXPECT_EQ(node->undecodable(), 1U);
  EXPECT_EQ(node->follower()->relists, 0U);
  wire_.AwaitARound();
  EXPECT_THAT(oddities(), ElementsAre(HasSubstr("record/domains/sales/products/orders/lines/1/0000000000000002")));
  ExpectLikeANewOne(*node);
  EXPECT_TRUE(Understood(*truth_).code() == Code::kDataLoss) << "a node alone says so, too";
  EXPECT_TRUE(node->At(1, everything_)->CheckUnderstood(kOrders.ToString()).ok()) << "what was before is known";
  node.reset();
  node = Follow("node");
  EXPECT_EQ(Understood(*node).reason(), "UNDECODABLE");
  wire_.AwaitARound();
  EXPECT_EQ(node->follower()->relists, 0U);
}

TEST_F(UndecodableTest, TheNextRegistrationMakesItWellAndItsHistoryTellsTheHole) {
  const auto node = Follow("node");
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders")).ok());
  PutGarbage(2);
  ASSERT_TRUE(SetLineState(*truth_, kOrders, v1::PRODUCT_STATE_DEPRECATED).ok());
  ExpectCaughtUp(*node);
  EXPECT_EQ(Understood(*node).reason(), "UNDECODABLE") << "of what the state was changed is not known";
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders", "1.2.0")).ok());
  ExpectCaughtUp(*node);
  EXPECT_TRUE(Understood(*node).ok());
  EXPECT_EQ(node->undecodable(), 0U);
  EXPECT_EQ(node->quarantined(), 1U);
  std::vector<std::string> reasons;
  ASSERT_TRUE(node->Current(everything_)
                  .ForEachRecord(kOrders.ToString(), 0,
                                 [&](const store::v1::ChangeRecord& record, Revision) {
                                   reasons.push_back(record.reason());
                                   return true;
                                 })
                  .ok());
  EXPECT_THAT(reasons, ElementsAre("", "", HasSubstr("not understood"), ""));
  uint64_t checked = 0;
  EXPECT_THAT(*node->Current(everything_).VerifyChains(&checked), ElementsAre(HasSubstr("can't be read")));
  EXPECT_EQ(node->follower()->relists, 0U);
  ExpectLikeANewOne(*node);
}

TEST_F(UndecodableTest, WhatWasOverwrittenIsForgottenAsAListForgetsIt) {
  const auto node = Follow("node");
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders")).ok());
  const std::string key = RecordKey(kOrders.ToString(), 2);
  Put({{key, kGarbage}});  // without a head: by somebody who is no node
  Put({{key, kGarbage + kGarbage}});
  ExpectCaughtUp(*node);
  EXPECT_EQ(node->quarantined(), 1U);
  ExpectLikeANewOne(*node);
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders", "1.1.0")).ok());  // its record 2
  ExpectCaughtUp(*node);
  EXPECT_EQ(node->quarantined(), 0U);
  EXPECT_TRUE(Understood(*node).ok());
  EXPECT_EQ(node->follower()->relists, 0U);
  ExpectLikeANewOne(*node);
  EXPECT_EQ(node->Changes(node->oldest(), 10, Soon())->size(), 4U) << "and the log is read without it";
}

TEST_F(UndecodableTest, AHeadThatIsNoneHidesNothing) {
  const auto node = Follow("node");
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders")).ok());
  Put({{HeadKey(kOrders.ToString()), kGarbage}});
  ExpectCaughtUp(*node);
  EXPECT_EQ(node->undecodable(), 1U);
  EXPECT_TRUE(Understood(*node).ok());
  wire_.AwaitARound();
  EXPECT_THAT(oddities(), ElementsAre(HasSubstr("head/domains/sales/products/orders/lines/1")));
  int records = 0;
  ASSERT_TRUE(node->Current(everything_)
                  .ForEachRecord(kOrders.ToString(), 0, [&](const auto&, Revision) { return ++records > 0; })
                  .ok());
  EXPECT_EQ(records, 1);
  ExpectLikeANewOne(*node);
  // Who knows what it said writes the next one, and mends it.
  const auto line = *node->Current(everything_).FindLine(kOrders);
  store::v1::EntityHead head;
  head.set_number(line->number());
  head.set_digest(line->digest());
  Transaction next;
  next.write_id = "next";
  AppendRecord(next, RegistrationRecord(SimpleModel("sales", "orders", "1.1.0")), &head, truth_->applied());
  ASSERT_TRUE(truth_->ledger().Commit(std::move(next), Soon()).ok());
  ExpectCaughtUp(*node);
  EXPECT_EQ(node->undecodable(), 0U);
  EXPECT_EQ(node->quarantined(), 0U);
  EXPECT_EQ(node->follower()->relists, 0U);
  ExpectLikeANewOne(*node);
}

TEST_F(UndecodableTest, ARecordOfAKindThatIsNotKnownIsNotUnderstoodAndItsChainIsRight) {
  ASSERT_TRUE(PutTeam(*truth_, "one").ok());
  store::v1::ChangeRecord record = souk::testing::TeamRecord("one");
  record.clear_team();
  AddUnknown(record);
  ASSERT_TRUE(souk::testing::Append(*truth_, record).ok());
  EXPECT_EQ(truth_->Current(everything_).CheckUnderstood("teams/one").reason(), "UNDECODABLE");
  uint64_t checked = 0;
  EXPECT_THAT(*truth_->Current(everything_).VerifyChains(&checked), Contains(HasSubstr("does not know")));
  ASSERT_TRUE(PutTeam(*truth_, "one").ok());
  EXPECT_TRUE(truth_->Current(everything_).CheckUnderstood("teams/one").ok());
  EXPECT_THAT(*truth_->Current(everything_).VerifyChains(&checked), ElementsAre(HasSubstr("does not know")))
      << "the links are whole";
}

TEST_F(UndecodableTest, AProgramThatUnderstandsMoreFillsItsRowsAnew) {
  auto node = Follow("node");
  ASSERT_TRUE(RegisterLine(*truth_, SimpleModel("sales", "orders")).ok());
  ExpectCaughtUp(*node);
  node.reset();
  // What an older program would have left of the record.
  Tamper([](EngineBatch& rows) {
    store::v1::UndecodableEntity mark;
    mark.mutable_record()->set_key(RecordKey(kOrders.ToString(), 1));
    mark.mutable_record()->set_number(1);
    rows.Put(rows::UndecodableEntity(kOrders.ToString()), mark.SerializeAsString());
    store::v1::AppliedState applied;
    ASSERT_TRUE(applied.ParseFromString(**rows.Get(rows::kApplied)));
    applied.set_undecodable(1);
    rows.Put(rows::kApplied, applied.SerializeAsString());
  });
  node = Follow("node");
  wire_.AwaitARound();
  EXPECT_EQ(node->follower()->relists, 1U);
  EXPECT_EQ(node->undecodable(), 0U);
  EXPECT_TRUE(Understood(*node).ok());
}

TEST_F(UndecodableTest, WhatANewerNodeAddedIsNotLost) {
  const auto node = Follow("node");
  v1::DataProduct model = SimpleModel("sales", "orders");
  AddUnknown(model);
  store::v1::ChangeRecord record = RegistrationRecord(model);
  AddUnknown(record);
  AddUnknown(*record.mutable_registration());
  store::v1::EntityHead before;
  AddUnknown(before);
  Transaction newer;
  newer.write_id = "newer";
  AppendRecord(newer, std::move(record), &before, 0);
  for (LedgerWrite& write : newer.writes) write.unpacked = nullptr;  // it came from elsewhere
  ASSERT_TRUE(truth_->ledger().Commit(std::move(newer), Soon()).ok());
  // This node changes the product, twice.
  ASSERT_TRUE(SetLineState(*truth_, kOrders, v1::PRODUCT_STATE_DEPRECATED).ok());
  ASSERT_TRUE(PutTeam(*truth_, "one").ok());
  ExpectCaughtUp(*node);
  const auto expect_all = [&](const Store& store) {
    const View view = store.Current(everything_);
    EXPECT_TRUE(HasUnknown((*view.FindLine(kOrders))->model()));
    const auto kept = view.Record(kOrders.ToString(), 1);
    ASSERT_TRUE(kept.ok()) << kept.status().ToString();
    EXPECT_TRUE(HasUnknown(*kept));
    EXPECT_TRUE(HasUnknown(kept->registration()));
    EXPECT_TRUE(HasUnknown(kept->registration().model()));
    const auto head = DecodeHead((*view.LedgerKey(HeadKey(kOrders.ToString())))->value);
    EXPECT_EQ(head->number(), 2U);
    EXPECT_TRUE(HasUnknown(*head)) << "it was written again";
    uint64_t checked = 0;
    EXPECT_THAT(*view.VerifyChains(&checked), IsEmpty());
    EXPECT_EQ(checked, 3U);
  };
  expect_all(*truth_);
  expect_all(*node);
  expect_all(*Follow("late"));
  const auto imported = OpenStore(folder_ / "imported", clock_);
  const auto report = souk::testing::Import(souk::testing::Export(*node), *imported, clock_);
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  expect_all(*imported);
}

}  // namespace
}  // namespace souk::storage
