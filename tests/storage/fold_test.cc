// SPDX-License-Identifier: Apache-2.0
// The fold, on rows in memory: what each record makes of a line, and that the rows follow.
#include "storage/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/ledger_keys.h"
#include "storage/record.h"
#include "storage/rows.h"
#include "tests/support/records.h"

namespace souk::storage {
namespace {

using souk::testing::AddInput;
using souk::testing::DomainRecord;
using souk::testing::RegistrationRecord;
using souk::testing::SimpleModel;
using souk::testing::StateRecord;
using souk::testing::TeamRecord;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;

const LineName kOrders{"sales", "orders", 1};

class MemoryRows final : public RowAccess {
 public:
  StatusOr<std::optional<std::string>> Get(std::string_view key) override {
    const auto it = rows.find(std::string(key));
    return it == rows.end() ? std::optional<std::string>() : std::optional<std::string>(it->second);
  }
  void Put(std::string_view key, std::string_view value) override { rows[std::string(key)] = value; }
  void Delete(std::string_view key) override { rows.erase(std::string(key)); }

  // Rows of one table.
  std::vector<std::string> Table(char table) const {
    std::vector<std::string> keys;
    for (const auto& [key, value] : rows) {
      if (key.front() == table) keys.push_back(key);
    }
    return keys;
  }

  std::map<std::string, std::string> rows;
};

class FoldTest : public ::testing::Test {
 protected:
  // Folds one record as a revision of its own.
  Change Fold(store::v1::ChangeRecord record) {
    const std::string entity = record.entity();
    Transaction transaction;
    auto& head = heads_[entity];
    head = AppendRecord(transaction, std::move(record), head ? &*head : nullptr, 0);
    return FoldWrites(transaction.writes);
  }

  // Twice: with what travels with the writes, and from their bytes alone, as any other node does. No test may tell.
  Change FoldWrites(std::vector<LedgerWrite> writes) {
    ++revision_;
    MemoryRows rows = rows_;
    store::v1::AppliedState totals = totals_;
    const Change change = FoldOnce(writes, rows_, totals_);
    for (LedgerWrite& write : writes) write.unpacked = nullptr;
    const Change from_bytes = FoldOnce(writes, rows, totals);
    EXPECT_EQ(rows.rows, rows_.rows);
    EXPECT_EQ(totals.SerializeAsString(), totals_.SerializeAsString());
    EXPECT_EQ(Told(from_bytes), Told(change));
    return change;
  }

  store::v1::LineState Line(const LineName& line) {
    store::v1::LineState state;
    EXPECT_TRUE(state.ParseFromString(rows_.rows[rows::Line(line)]));
    return state;
  }

  Change FoldOnce(const std::vector<LedgerWrite>& writes, MemoryRows& rows, store::v1::AppliedState& totals) const {
    Change change;
    change.revision = revision_;
    change.time_us = static_cast<int64_t>(revision_) * 100;
    const Status folded = FoldRevision(PrepareRecords(writes), rows, totals, change);
    EXPECT_TRUE(folded.ok()) << folded.ToString();
    return change;
  }

  // All that a follower hears of.
  static std::vector<std::string> Told(const Change& change) {
    std::vector<std::string> told;
    for (const EntityDelta& delta : change.deltas) {
      told.push_back(delta.entity + " " + std::to_string(delta.number) + " " + delta.action + " by " + delta.actor +
                     ": " + delta.reason);
      if (delta.line) told.push_back(delta.line->SerializeAsString());
      if (delta.other) told.push_back(delta.other->SerializeAsString());
    }
    return told;
  }

  MemoryRows rows_;
  store::v1::AppliedState totals_;
  Revision revision_ = 10;
  std::map<std::string, std::optional<store::v1::EntityHead>> heads_;
};

TEST_F(FoldTest, ARegistrationMakesALine) {
  store::v1::ChangeRecord record = RegistrationRecord(SimpleModel("sales", "orders"), v1::PRODUCT_STATE_DRAFT);
  record.set_time_us(77);
  record.set_reason("first");
  record.mutable_registration()->set_registered_state(v1::PRODUCT_STATE_ACTIVE);
  record.mutable_registration()->add_findings()->set_rule("owner-required");
  const std::string content_digest = record.content_digest();
  const Change change = Fold(record);
  const auto state = Line(kOrders);
  EXPECT_EQ(state.name(), "domains/sales/products/orders/lines/1");
  EXPECT_EQ(state.uid(), "uid-sales/orders@1");
  EXPECT_EQ(state.state(), v1::PRODUCT_STATE_DRAFT);
  EXPECT_EQ(state.registered_state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(state.model().SerializeAsString(), SimpleModel("sales", "orders").SerializeAsString());
  EXPECT_EQ(state.findings(0).rule(), "owner-required");
  EXPECT_EQ(state.actor(), "test");
  EXPECT_EQ(state.create_us(), 1100) << "the time of the commit";
  EXPECT_EQ(state.update_us(), 1100);
  EXPECT_EQ(state.revision(), 11U);
  EXPECT_EQ(state.number(), 1U);
  EXPECT_EQ(state.registration_number(), 1U);
  EXPECT_EQ(state.digest(), heads_["domains/sales/products/orders/lines/1"]->digest());
  EXPECT_EQ(state.content_digest(), content_digest);
  EXPECT_FALSE(state.version_was_active());
  EXPECT_FALSE(state.state_set_explicitly());
  EXPECT_EQ(totals_.live_lines(), 1U);

  ASSERT_EQ(change.deltas.size(), 1U);
  const EntityDelta& delta = change.deltas[0];
  EXPECT_EQ(delta.entity, state.name());
  EXPECT_EQ(delta.action, "register");
  EXPECT_EQ(delta.actor, "test");
  EXPECT_EQ(delta.reason, "first");
  EXPECT_EQ(delta.number, 1U);
  ASSERT_TRUE(delta.line);
  EXPECT_EQ(delta.line->SerializeAsString(), state.SerializeAsString());
  EXPECT_FALSE(delta.other);
}

TEST_F(FoldTest, RegisteringAgainKeepsTheOldStateInHistory) {
  Fold(RegistrationRecord(SimpleModel("sales", "orders")));
  const std::string first = rows_.rows[rows::Line(kOrders)];
  store::v1::ChangeRecord again = RegistrationRecord(SimpleModel("sales", "orders", "1.1.0"));
  again.mutable_registration()->clear_uid();
  Fold(again);
  const auto state = Line(kOrders);
  EXPECT_EQ(state.model().version(), "1.1.0");
  EXPECT_EQ(state.uid(), "uid-sales/orders@1") << "a line keeps its identity";
  EXPECT_EQ(state.create_us(), 1100);
  EXPECT_EQ(state.update_us(), 1200);
  EXPECT_EQ(state.number(), 2U);
  EXPECT_EQ(state.registration_number(), 2U);
  EXPECT_EQ(rows_.rows[rows::LineHistory(kOrders, 11)], first);
  EXPECT_EQ(totals_.live_lines(), 1U);
}

TEST_F(FoldTest, AVersionRemembersThatItWasActive) {
  const auto was_active = [&] { return Line(kOrders).version_was_active(); };
  Fold(RegistrationRecord(SimpleModel("sales", "orders"), v1::PRODUCT_STATE_DRAFT));
  EXPECT_FALSE(was_active());
  Fold(StateRecord(kOrders, v1::PRODUCT_STATE_ACTIVE));
  EXPECT_TRUE(was_active());
  Fold(StateRecord(kOrders, v1::PRODUCT_STATE_DRAFT));
  EXPECT_TRUE(was_active());
  Fold(RegistrationRecord(SimpleModel("sales", "orders"), v1::PRODUCT_STATE_DRAFT));
  EXPECT_TRUE(was_active()) << "the same version";
  Fold(RegistrationRecord(SimpleModel("sales", "orders", "1.1.0"), v1::PRODUCT_STATE_DRAFT));
  EXPECT_FALSE(was_active()) << "a new version";
  Fold(RegistrationRecord(SimpleModel("sales", "orders", "1.2.0"), v1::PRODUCT_STATE_DEPRECATED));
  EXPECT_TRUE(was_active()) << "deprecated is promised as well";
}

TEST_F(FoldTest, AnExplicitStateStaysExplicitWhileTheWriterKeepsIt) {
  Fold(RegistrationRecord(SimpleModel("sales", "orders")));
  Fold(StateRecord(kOrders, v1::PRODUCT_STATE_DEPRECATED, 500));
  EXPECT_TRUE(Line(kOrders).state_set_explicitly());
  EXPECT_EQ(Line(kOrders).sunset_us(), 500);
  EXPECT_EQ(Line(kOrders).registered_state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ(Line(kOrders).registration_number(), 1U);

  store::v1::ChangeRecord kept =
      RegistrationRecord(SimpleModel("sales", "orders", "1.1.0"), v1::PRODUCT_STATE_DEPRECATED);
  kept.mutable_registration()->set_registered_state(v1::PRODUCT_STATE_ACTIVE);
  Fold(kept);
  EXPECT_TRUE(Line(kOrders).state_set_explicitly());
  EXPECT_EQ(Line(kOrders).registered_state(), v1::PRODUCT_STATE_ACTIVE);

  Fold(RegistrationRecord(SimpleModel("sales", "orders", "1.2.0"), v1::PRODUCT_STATE_ACTIVE));
  EXPECT_FALSE(Line(kOrders).state_set_explicitly());
}

TEST_F(FoldTest, IdentifiersLeadToTheLine) {
  v1::DataProduct model = SimpleModel("sales", "orders");
  AddInput(model, "in.1");
  AddInput(model, "");
  Fold(RegistrationRecord(model));
  const std::string contract = souk::testing::ContractOf("sales", "orders");
  EXPECT_THAT(rows_.Table(rows::kDescriptorIds),
              ElementsAre(rows::IdRow(rows::kDescriptorIds, "id." + contract, kOrders)));
  EXPECT_THAT(rows_.Table(rows::kProducers), ElementsAre(rows::IdRow(rows::kProducers, contract, kOrders)));
  EXPECT_THAT(rows_.Table(rows::kConsumers), ElementsAre(rows::IdRow(rows::kConsumers, "in.1", kOrders)));
  EXPECT_THAT(rows_.Table(rows::kAssets),
              ElementsAre(rows::AssetRow("sales.orders", "postgres://db.example.com:5432", kOrders)));
  EXPECT_THAT(rows_.Table(rows::kOwners), ElementsAre(rows::OwnerRow("ada@example.com", rows::kByPerson, kOrders),
                                                      rows::OwnerRow("sales-team", rows::kByTeam, kOrders)));
}

TEST_F(FoldTest, APhysicalNameOfItsOwnHasARowOfItsOwn) {
  v1::DataProduct model = SimpleModel("sales", "orders");
  v1::SchemaObject& table = *model.mutable_contracts(0)->mutable_schema(0);
  table.set_physical_name("orders_tbl");
  v1::SchemaObject& nameless = *model.mutable_contracts(0)->add_schema();
  nameless.set_name("view");
  Fold(RegistrationRecord(model));
  EXPECT_THAT(rows_.Table(rows::kAssets),
              ElementsAre(rows::AssetRow("orders_tbl", "", kOrders),
                          rows::AssetRow("sales.orders", "postgres://db.example.com:5432", kOrders)));
}

TEST_F(FoldTest, OnlyLiveOwnersOwn) {
  v1::DataProduct model = SimpleModel("sales", "orders");
  model.mutable_team()->clear_members();
  const auto add = [&](std::string username, std::string role, std::string date_out) {
    v1::Member& member = *model.mutable_team()->add_members();
    member.set_username(std::move(username));
    member.set_role(std::move(role));
    member.set_date_out(std::move(date_out));
  };
  add("Ada@Example.com", "owner", "");
  add("gone@example.com", "owner", "2020-01-01");
  add("member@example.com", "member", "");
  add("", "owner", "");
  Fold(RegistrationRecord(model));
  EXPECT_THAT(rows_.Table(rows::kOwners), ElementsAre(rows::OwnerRow("Ada@Example.com", rows::kByPerson, kOrders),
                                                      rows::OwnerRow("sales-team", rows::kByTeam, kOrders)));
  model.clear_team();
  Fold(RegistrationRecord(model));
  EXPECT_THAT(rows_.Table(rows::kOwners), IsEmpty()) << "an inherited owner is nobody's row";
}

TEST_F(FoldTest, RowsOfWhatIsNoLongerSaidAreGone) {
  v1::DataProduct model = SimpleModel("sales", "orders");
  AddInput(model, "in.1");
  Fold(RegistrationRecord(model));
  model.mutable_input_ports(0)->set_contract_id("in.2");
  model.mutable_output_ports(0)->set_contract_id("out.2");
  model.set_id("id.2");
  Fold(RegistrationRecord(model));
  EXPECT_THAT(rows_.Table(rows::kConsumers), ElementsAre(rows::IdRow(rows::kConsumers, "in.2", kOrders)));
  EXPECT_THAT(rows_.Table(rows::kProducers), ElementsAre(rows::IdRow(rows::kProducers, "out.2", kOrders)));
  EXPECT_THAT(rows_.Table(rows::kDescriptorIds), ElementsAre(rows::IdRow(rows::kDescriptorIds, "id.2", kOrders)));
}

TEST_F(FoldTest, ARetiredLineReadsAndIsOwnedByNobody) {
  v1::DataProduct model = SimpleModel("sales", "orders");
  AddInput(model, "in.1");
  Fold(RegistrationRecord(model));
  const Change change = Fold(StateRecord(kOrders, v1::PRODUCT_STATE_RETIRED));
  EXPECT_EQ(change.deltas.at(0).action, "retire");
  EXPECT_EQ(Line(kOrders).state(), v1::PRODUCT_STATE_RETIRED);
  EXPECT_EQ(totals_.live_lines(), 0U);
  EXPECT_THAT(rows_.Table(rows::kConsumers), IsEmpty());
  EXPECT_THAT(rows_.Table(rows::kOwners), IsEmpty());
  EXPECT_THAT(rows_.Table(rows::kProducers), Not(IsEmpty()));
  EXPECT_THAT(rows_.Table(rows::kDescriptorIds), Not(IsEmpty()));
  EXPECT_THAT(rows_.Table(rows::kAssets), Not(IsEmpty()));
}

TEST_F(FoldTest, DomainsAndTeamsAreKeptWhole) {
  const Change domain = Fold(DomainRecord("sales", "sales-team"));
  ASSERT_EQ(domain.deltas.size(), 1U);
  EXPECT_EQ(domain.deltas[0].action, "update-domain");
  EXPECT_EQ(domain.deltas[0].other->domain().owner_team(), "teams/sales-team");
  EXPECT_FALSE(domain.deltas[0].line);
  const Change team = Fold(TeamRecord("checkout"));
  EXPECT_EQ(team.deltas[0].action, "update-team");
  EXPECT_EQ(team.deltas[0].other->team().name(), "teams/checkout");
  store::v1::EntityState state;
  ASSERT_TRUE(state.ParseFromString(rows_.rows[rows::Domain("sales")]));
  EXPECT_EQ(state.revision(), 11U);
  EXPECT_EQ(state.number(), 1U);
  EXPECT_EQ(state.digest(), heads_["domains/sales"]->digest());
  EXPECT_EQ(totals_.live_lines(), 0U);
}

TEST_F(FoldTest, OneRevisionMayTouchSeveralEntities) {
  Transaction transaction;
  AppendRecord(transaction, TeamRecord("t"), nullptr, 0);
  AppendRecord(transaction, DomainRecord("d"), nullptr, 0);
  AppendRecord(transaction, RegistrationRecord(SimpleModel("d", "p")), nullptr, 0);
  transaction.writes.push_back({"claim/contract/c", "x"});
  const Change change = FoldWrites(transaction.writes);
  ASSERT_EQ(change.deltas.size(), 3U);
  EXPECT_EQ(change.deltas[0].entity, "teams/t");
  EXPECT_EQ(change.deltas[1].entity, "domains/d");
  EXPECT_EQ(change.deltas[2].entity, "domains/d/products/p/lines/1");
}

TEST_F(FoldTest, WhatCantBeFoldedIsSetAsideAndTheRestGoesOn) {
  store::v1::ChangeRecord empty = TeamRecord("t");
  empty.clear_team();
  store::v1::ChangeRecord misplaced = TeamRecord("t2");
  misplaced.set_number(1);
  store::v1::ChangeRecord odd = DomainRecord("Not A Domain");
  odd.set_number(1);
  std::vector<LedgerWrite> writes = {
      {RecordKey("teams/garbage", 1), "not a record"},
      {RecordKey("teams/t", 1), EncodeRecord(empty)},
      {RecordKey("teams/other", 1), EncodeRecord(misplaced)},
      {RecordKey(odd.entity(), 1), EncodeRecord(odd)},
  };
  Transaction good;
  AppendRecord(good, DomainRecord("sales"), nullptr, 0);
  AppendRecord(good, StateRecord(kOrders, v1::PRODUCT_STATE_ACTIVE), nullptr, 0);  // never registered
  writes.insert(writes.end(), good.writes.begin(), good.writes.end());
  const Change change = FoldWrites(writes);
  ASSERT_EQ(change.deltas.size(), 1U);
  EXPECT_EQ(change.deltas[0].entity, "domains/sales");
  EXPECT_EQ(totals_.quarantined(), 5U);
  EXPECT_EQ(rows_.Table(rows::kQuarantine).size(), 5U);
  EXPECT_THAT(rows_.rows, Contains(Key(rows::Quarantine(11, RecordKey("teams/garbage", 1)))));
  EXPECT_THAT(rows_.Table(rows::kLines), IsEmpty());
}

TEST_F(FoldTest, ARecordThatComesTwiceChangesNothing) {
  for (const store::v1::ChangeRecord& record :
       {RegistrationRecord(SimpleModel("sales", "orders")), DomainRecord("sales")}) {
    Fold(record);
    const auto rows = rows_.rows;
    heads_.clear();
    EXPECT_THAT(Fold(record).deltas, IsEmpty());
    EXPECT_EQ(rows_.rows.size(), rows.size() + 1) << "the row that names it";
    for (const auto& [key, value] : rows) EXPECT_EQ(rows_.rows[key], value);
  }
  EXPECT_EQ(totals_.quarantined(), 2U);
}

TEST_F(FoldTest, AnUnreadableRowIsAnError) {
  Fold(RegistrationRecord(SimpleModel("sales", "orders")));
  rows_.rows[rows::Line(kOrders)] = "\xff\xff";
  Transaction transaction;
  AppendRecord(transaction, StateRecord(kOrders, v1::PRODUCT_STATE_DRAFT), nullptr, 0);
  Change change;
  EXPECT_EQ(FoldRevision(PrepareRecords(transaction.writes), rows_, totals_, change).code(), Code::kDataLoss);
}

}  // namespace
}  // namespace souk::storage
