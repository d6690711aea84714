// SPDX-License-Identifier: Apache-2.0
// Views: the same questions now and as of the past.
#include "storage/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/visibility.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"
#include "storage/store.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::storage {
namespace {

using souk::testing::AddInput;
using souk::testing::ContractOf;
using souk::testing::PutDomain;
using souk::testing::PutTeam;
using souk::testing::RegisterLine;
using souk::testing::SetLineState;
using souk::testing::SimpleModel;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HidesSales final : public Visibility {
 public:
  bool AllowsAll() const override { return false; }
  bool Allows(const LineName& line) const override { return line.domain != "sales"; }
};

class ViewTest : public ::testing::Test {
 protected:
  Revision Register(std::string_view domain, std::string_view product, std::string_view version = "1.0.0") {
    return Must(RegisterLine(*store_, SimpleModel(domain, product, version)));
  }
  static Revision Must(StatusOr<Revision> revision) {
    EXPECT_TRUE(revision.ok()) << revision.status().ToString();
    return revision.ok() ? *revision : 0;
  }
  View Now() const { return store_->Current(everything_); }
  View At(Revision revision) const { return *store_->At(revision, everything_); }

  static std::vector<std::string> Names(const View& view, std::string_view domain = "", std::string_view after = "") {
    std::vector<std::string> names;
    const Status status = view.ForEachLine(domain, after, [&](const store::v1::LineState& line) {
      names.push_back(ParseLineName(line.name())->Short() + "=" + line.model().version());
      return true;
    });
    EXPECT_TRUE(status.ok()) << status.ToString();
    return names;
  }

  souk::testing::TempDir folder_;
  SystemClock clock_;
  AllowAll everything_;
  HidesSales hides_sales_;
  std::unique_ptr<Store> store_ = souk::testing::OpenStore(folder_ / "store", clock_);
};

TEST_F(ViewTest, AnEmptyStoreHasEmptyAnswers) {
  const View view = Now();
  EXPECT_EQ(view.revision(), 0U);
  EXPECT_FALSE(view.historic());
  EXPECT_EQ(*view.FindLine({"a", "b", 1}), nullptr);
  EXPECT_EQ(*view.FindDomain("a"), nullptr);
  EXPECT_EQ(*view.FindTeam("a"), nullptr);
  EXPECT_FALSE((*view.LedgerKey("head/x")).has_value());
  EXPECT_THAT(*view.LinesOfProduct("a", "b"), IsEmpty());
  EXPECT_THAT(*view.OwnedBy("ada"), IsEmpty());
  EXPECT_THAT(Names(view), IsEmpty());
  EXPECT_EQ(view.Record("teams/t", 1).status().code(), Code::kNotFound);
  uint64_t checked = 1;
  EXPECT_THAT(*view.VerifyChains(&checked), IsEmpty());
  EXPECT_EQ(checked, 0U);
}

TEST_F(ViewTest, LinesAreFoundAsOfAnyRevision) {
  const Revision first = Register("sales", "orders");
  const Revision second = Register("sales", "orders", "1.1.0");
  const Revision retired = Must(SetLineState(*store_, {"sales", "orders", 1}, v1::PRODUCT_STATE_RETIRED));
  const LineName line{"sales", "orders", 1};
  EXPECT_EQ(*At(first - 1).FindLine(line), nullptr);
  EXPECT_EQ((*At(first).FindLine(line))->model().version(), "1.0.0");
  EXPECT_EQ((*At(second).FindLine(line))->model().version(), "1.1.0");
  EXPECT_EQ((*At(second).FindLine(line))->state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_EQ((*At(retired).FindLine(line))->state(), v1::PRODUCT_STATE_RETIRED);
  EXPECT_TRUE(At(first).historic());
  EXPECT_FALSE(At(retired).historic());
  EXPECT_EQ(At(first).revision(), first);
  const auto future = store_->At(retired + 1, everything_);
  EXPECT_EQ(future.status().code(), Code::kOutOfRange);
  EXPECT_EQ(future.status().reason(), "REVISION_IN_FUTURE");
}

TEST_F(ViewTest, AViewStaysAsItWas) {
  Register("sales", "orders");
  const View before = Now();
  Register("sales", "orders", "1.1.0");
  Register("sales", "returns");
  EXPECT_THAT(Names(before), ElementsAre("sales/orders@1=1.0.0"));
  EXPECT_THAT(Names(Now()), ElementsAre("sales/orders@1=1.1.0", "sales/returns@1=1.0.0"));
}

TEST_F(ViewTest, LinesComeInOrderFromAnyPlaceAndOfAnyTime) {
  Register("sales", "orders", "10.0.0");
  Register("sales", "orders", "2.0.0");
  Register("sales-eu", "orders");
  const Revision middle = Register("ads", "clicks");
  Register("ads", "clicks", "1.5.0");
  Register("ads", "views");
  EXPECT_THAT(Names(Now()), ElementsAre("ads/clicks@1=1.5.0", "ads/views@1=1.0.0", "sales/orders@2=2.0.0",
                                        "sales/orders@10=10.0.0", "sales-eu/orders@1=1.0.0"));
  EXPECT_THAT(Names(At(middle)), ElementsAre("ads/clicks@1=1.0.0", "sales/orders@2=2.0.0", "sales/orders@10=10.0.0",
                                             "sales-eu/orders@1=1.0.0"));
  EXPECT_THAT(Names(Now(), "sales"), ElementsAre("sales/orders@2=2.0.0", "sales/orders@10=10.0.0"));
  EXPECT_THAT(Names(Now(), "", "domains/sales/products/orders/lines/2"),
              ElementsAre("sales/orders@10=10.0.0", "sales-eu/orders@1=1.0.0"));
  EXPECT_THAT(Names(Now(), "sales", "domains/ads/products/views/lines/1"),
              ElementsAre("sales/orders@2=2.0.0", "sales/orders@10=10.0.0"));
  EXPECT_THAT(Names(Now(), "ads", "domains/sales/products/orders/lines/2"), IsEmpty());
  EXPECT_EQ(Now().ForEachLine("", "nonsense", [](const auto&) { return true; }).code(), Code::kInvalidArgument);
  int visits = 0;
  ASSERT_TRUE(Now().ForEachLine("", "", [&](const auto&) { return ++visits < 2; }).ok());
  EXPECT_EQ(visits, 2);
  const auto lines = Now().LinesOfProduct("sales", "orders");
  ASSERT_EQ(lines->size(), 2U);
  EXPECT_EQ(lines->front()->model().version(), "2.0.0");
}

TEST_F(ViewTest, DomainsAndTeamsAreFoundAsOfAnyRevision) {
  const Revision first = Must(PutDomain(*store_, "sales"));
  const Revision second = Must(PutDomain(*store_, "sales", "one"));
  const Revision third = Must(PutDomain(*store_, "sales", "two"));
  const Revision team = Must(PutTeam(*store_, "one"));
  const auto owner = [&](Revision revision) { return (*At(revision).FindDomain("sales"))->domain().owner_team(); };
  EXPECT_EQ(owner(first), "");
  EXPECT_EQ(owner(second), "teams/one");
  EXPECT_EQ(owner(third), "teams/two");
  EXPECT_EQ(owner(team), "teams/two");
  EXPECT_EQ((*At(second).FindDomain("sales"))->revision(), second);
  EXPECT_EQ((*At(second).FindDomain("sales"))->number(), 2U);
  EXPECT_EQ(*At(first - 1).FindDomain("sales"), nullptr);
  EXPECT_EQ(*At(third).FindTeam("one"), nullptr);
  EXPECT_NE(*At(team).FindTeam("one"), nullptr);

  Must(PutDomain(*store_, "ads"));
  const auto domains = [&](const View& view, std::string_view after) {
    std::vector<std::string> names;
    EXPECT_TRUE(view.ForEachDomain(after,
                                   [&](const store::v1::EntityState& state) {
                                     names.push_back(state.domain().name() + ":" + state.domain().owner_team());
                                     return true;
                                   })
                    .ok());
    return names;
  };
  EXPECT_THAT(domains(Now(), ""), ElementsAre("domains/ads:", "domains/sales:teams/two"));
  EXPECT_THAT(domains(Now(), "domains/ads"), ElementsAre("domains/sales:teams/two"));
  EXPECT_THAT(domains(Now(), "ads"), ElementsAre("domains/sales:teams/two"));
  EXPECT_THAT(domains(At(second), ""), ElementsAre("domains/sales:teams/one"));
  int teams = 0;
  EXPECT_TRUE(Now().ForEachTeam("", [&](const auto&) { return ++teams > 0; }).ok());
  EXPECT_EQ(teams, 1);
}

TEST_F(ViewTest, IdentifiersLeadToLines) {
  v1::DataProduct reader = SimpleModel("ads", "clicks");
  AddInput(reader, ContractOf("sales", "orders"));
  Register("sales", "orders");
  Must(RegisterLine(*store_, reader));
  const LineName orders{"sales", "orders", 1};
  const LineName clicks{"ads", "clicks", 1};
  const View view = Now();
  EXPECT_THAT(*view.LinesByDescriptorId("id.sales.orders.v1"), ElementsAre(orders));
  EXPECT_THAT(*view.LinesByContractId("sales.orders.v1"), ElementsAre(orders));
  EXPECT_THAT(*view.LinesByPhysicalName("sales.orders"), ElementsAre(orders));
  EXPECT_THAT(*view.LinesByPhysicalName("sales.order"), IsEmpty());
  EXPECT_THAT(*view.LinesByDataset("postgres://db.example.com:5432", "sales.orders"), ElementsAre(orders));
  EXPECT_THAT(*view.LinesByDataset("postgres://another", "sales.orders"), IsEmpty());
  EXPECT_THAT(*view.ConsumersOfContract("sales.orders.v1"), ElementsAre(clicks));
  const auto owned = *view.OwnedBy("ada@example.com");
  ASSERT_EQ(owned.size(), 2U);
  EXPECT_EQ(owned[0].line, clicks);
  EXPECT_FALSE(owned[0].by_team);
  const auto by_team = *view.OwnedBy("sales-team");
  ASSERT_EQ(by_team.size(), 1U);
  EXPECT_TRUE(by_team[0].by_team);

  Must(SetLineState(*store_, clicks, v1::PRODUCT_STATE_RETIRED));
  EXPECT_THAT(*Now().ConsumersOfContract("sales.orders.v1"), IsEmpty());
  EXPECT_THAT(*Now().LinesByContractId("ads.clicks.v1"), ElementsAre(clicks));
  EXPECT_EQ(Now().OwnedBy("ada@example.com")->size(), 1U);
}

TEST_F(ViewTest, ALineWithOneNameInTwoNamespacesIsNamedOnce) {
  v1::DataProduct model = SimpleModel("sales", "orders");
  v1::DatasetIdentity& other = *model.mutable_contracts(0)->mutable_schema(0)->add_datasets();
  other.set_namespace_("bigquery");
  other.set_name("sales.orders");
  Must(RegisterLine(*store_, model));
  EXPECT_THAT(*Now().LinesByPhysicalName("sales.orders"), ElementsAre(LineName{"sales", "orders", 1}));
}

TEST_F(ViewTest, IdentifiersOfThePastAreNotAnswered) {
  const Revision first = Register("sales", "orders");
  Register("sales", "returns");
  const View past = At(first);
  for (const Status& status : {past.LinesByDescriptorId("x").status(), past.LinesByContractId("x").status(),
                               past.LinesByPhysicalName("x").status(), past.LinesByDataset("n", "x").status(),
                               past.ConsumersOfContract("x").status(), past.OwnedBy("x").status()}) {
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    EXPECT_EQ(status.reason(), "AS_OF_UNSUPPORTED");
  }
}

TEST_F(ViewTest, HiddenLinesAreNotThere) {
  v1::DataProduct reader = SimpleModel("sales", "orders");
  AddInput(reader, "ads.clicks.v1");
  Must(RegisterLine(*store_, reader));
  const Revision clicks = Register("ads", "clicks");
  Register("ads", "clicks", "1.1.0");
  const LineName orders{"sales", "orders", 1};
  for (const View& view : {store_->Current(hides_sales_), *store_->At(clicks, hides_sales_)}) {
    EXPECT_EQ(*view.FindLine(orders), nullptr);
    EXPECT_THAT(*view.LinesOfProduct("sales", "orders"), IsEmpty());
    EXPECT_EQ(Names(view).size(), 1U);
    EXPECT_EQ(view.Record(orders.ToString(), 1).status().code(), Code::kNotFound);
    int records = 0;
    EXPECT_TRUE(view.ForEachRecord(orders.ToString(), 0, [&](const auto&, Revision) { return ++records > 0; }).ok());
    EXPECT_EQ(records, 0);
  }
  const View view = store_->Current(hides_sales_);
  EXPECT_THAT(*view.LinesByDescriptorId("id.sales.orders.v1"), IsEmpty());
  EXPECT_THAT(*view.LinesByContractId("sales.orders.v1"), IsEmpty());
  EXPECT_THAT(*view.LinesByPhysicalName("sales.orders"), IsEmpty());
  EXPECT_THAT(*view.ConsumersOfContract("ads.clicks.v1"), IsEmpty());
  EXPECT_THAT(*view.OwnedBy("sales-team"), IsEmpty());
  EXPECT_EQ(view.OwnedBy("ada@example.com")->size(), 1U);
}

TEST_F(ViewTest, RecordsAreToldNewestFirst) {
  Register("sales", "orders");
  const Revision second = Register("sales", "orders", "1.1.0");
  Must(SetLineState(*store_, {"sales", "orders", 1}, v1::PRODUCT_STATE_DEPRECATED));
  const std::string entity = "domains/sales/products/orders/lines/1";
  const auto numbers = [&](const View& view, uint64_t from) {
    std::vector<uint64_t> out;
    EXPECT_TRUE(view.ForEachRecord(entity, from,
                                   [&](const store::v1::ChangeRecord& record, Revision revision) {
                                     EXPECT_GT(revision, 0U);
                                     out.push_back(record.number());
                                     return true;
                                   })
                    .ok());
    return out;
  };
  EXPECT_THAT(numbers(Now(), 0), ElementsAre(3, 2, 1));
  EXPECT_THAT(numbers(Now(), 2), ElementsAre(2, 1));
  EXPECT_THAT(numbers(Now(), 99), ElementsAre(3, 2, 1));
  EXPECT_THAT(numbers(At(second), 0), ElementsAre(2, 1));
  EXPECT_EQ(Now().Record(entity, 2)->registration().model().version(), "1.1.0");
  EXPECT_EQ(Now().Record(entity, 4).status().code(), Code::kNotFound);
  EXPECT_EQ(At(second).Record(entity, 3).status().code(), Code::kNotFound);
}

TEST_F(ViewTest, LedgerKeysAreReadAsOfTheView) {
  const Revision first = Must(PutDomain(*store_, "sales"));
  const Revision second = Must(PutDomain(*store_, "sales", "one"));
  const auto head = [&](const View& view) { return *view.LedgerKey(HeadKey("domains/sales")); };
  EXPECT_EQ(head(At(first))->modified, first);
  EXPECT_EQ(head(Now())->modified, second);
  EXPECT_FALSE(head(At(0)).has_value());
  int keys = 0;
  EXPECT_TRUE(At(first).ForEachLedgerKey("record/", [&](const KeyState&) { return ++keys > 0; }).ok());
  EXPECT_EQ(keys, 1);

  ASSERT_TRUE(store_->ledger().Compact(second).ok());
  EXPECT_EQ(At(first).LedgerKey(HeadKey("domains/sales")).status().code(), Code::kOutOfRange);
  EXPECT_EQ((*At(first).FindDomain("sales"))->domain().owner_team(), "") << "history outlives compaction";
}

class ChainTest : public ViewTest {
 protected:
  // A write behind the back of every rule, as damage or tampering would leave it.
  void Overwrite(const std::string& key, const std::string& value) {
    Transaction transaction;
    transaction.write_id = "overwrite " + key;
    transaction.writes.push_back({key, value});
    Must(store_->ledger().Commit(std::move(transaction), souk::testing::Soon()));
  }
  std::vector<std::string> Faults(uint64_t* checked = nullptr) {
    uint64_t count = 0;
    const auto faults = Now().VerifyChains(&count);
    EXPECT_TRUE(faults.ok());
    if (checked != nullptr) *checked = count;
    return faults.ok() ? *faults : std::vector<std::string>();
  }
  void SetUp() override {
    Must(PutDomain(*store_, "sales"));
    Must(PutTeam(*store_, "one"));
    Register("sales", "orders");
    Register("sales", "orders", "1.1.0");
    Register("sales", "orders", "1.2.0");
    Register("sales", "orders", "10.0.0");
  }
  const std::string entity_ = "domains/sales/products/orders/lines/1";
};

TEST_F(ChainTest, HonestChainsHold) {
  uint64_t checked = 0;
  EXPECT_THAT(Faults(&checked), IsEmpty());
  EXPECT_EQ(checked, 6U);
  EXPECT_THAT(*At(4).VerifyChains(&checked), IsEmpty());
  EXPECT_EQ(checked, 4U);
}

TEST_F(ChainTest, AChangedRecordIsNoticed) {
  store::v1::ChangeRecord record = *Now().Record(entity_, 2);
  record.set_actor("somebody else");
  Overwrite(RecordKey(entity_, 2), EncodeRecord(record));
  EXPECT_EQ(Faults().size(), 1U) << "the next record names another digest";
}

TEST_F(ChainTest, AChangedPayloadIsNoticed) {
  store::v1::ChangeRecord record = *Now().Record(entity_, 3);
  record.mutable_registration()->mutable_model()->set_name("another");
  Overwrite(RecordKey(entity_, 3), EncodeRecord(record));
  EXPECT_THAT(Faults(), ElementsAre(::testing::HasSubstr("payload digest")));
}

TEST_F(ChainTest, ARedactedDocumentIsNoFault) {
  store::v1::ChangeRecord record = *Now().Record(entity_, 2);
  record.mutable_registration()->clear_documents();
  Overwrite(RecordKey(entity_, 2), EncodeRecord(record));
  EXPECT_THAT(Faults(), IsEmpty());
}

TEST_F(ChainTest, AMissingOrUnreadableRecordIsNoticed) {
  Overwrite(RecordKey(entity_, 2), "garbage");
  EXPECT_FALSE(Faults().empty());
  Overwrite(RecordKey("teams/one", 5), EncodeRecord(*Now().Record("teams/one", 1)));
  EXPECT_GE(Faults().size(), 3U);
}

TEST_F(ChainTest, AHeadThatNamesAnotherRecordIsNoticed) {
  store::v1::EntityHead head;
  head.set_number(2);
  Overwrite(HeadKey("teams/one"), head.SerializeAsString());
  Overwrite(HeadKey("teams/nobody"), head.SerializeAsString());
  EXPECT_EQ(Faults().size(), 2U);
}

}  // namespace
}  // namespace souk::storage
