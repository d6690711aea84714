// SPDX-License-Identifier: Apache-2.0
// Writes that the ledger of a cluster has taken, and that the node which took the call does not show in time: they are
// answered as written, with their revision, and as not visible yet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "storage/ledger_keys.h"
#include "tests/server/support/mesh.h"
#include "tests/support/records.h"
#include "tests/support/remote_ledger.h"

namespace souk::support {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrders[] = "sales/orders";
// Of a call that would wait for the feed as long as it may.
constexpr std::chrono::milliseconds kCallTime{300};

// A node of a cluster: it follows the ledger of a store that is elsewhere, over a wire whose feed can be held.
class Late : public ::testing::Test {
 protected:
  catalog::CallContext ShortCall() {
    catalog::CallContext call = node_.Call();
    call.deadline = clock_.Monotonic() + kCallTime;
    return call;
  }
  void CatchUp() {
    wire_.HoldFeeds(false);
    ASSERT_TRUE(node_.store->WaitApplied(truth_->applied(), souk::testing::Soon()).ok());
  }
  // True if a retirement's mark is set in the ledger.
  bool Marked(const std::string& line) {
    const AllowAll everything;
    const auto key = truth_->Current(everything).LedgerKey(storage::RetiringKey(line));
    store::v1::Claim claim;
    return key.ok() && *key && claim.ParseFromString((*key)->value) && !claim.product().empty();
  }

  SystemClock clock_;
  TempDirectory folder_;
  souk::testing::Wire wire_;
  std::unique_ptr<storage::Store> truth_ = souk::testing::OpenStore(folder_ / "truth", clock_);
  Mesh node_{[this](const std::filesystem::path& directory) {
    storage::StoreOptions options;
    options.directory = directory;
    return storage::Store::Follow(options, std::make_unique<souk::testing::RemoteLedger>(truth_->ledger(), wire_),
                                  clock_, souk::testing::Soon());
  }};
};

TEST_F(Late, ARegistrationIsAnsweredWithItsRevisionAndAsNotVisible) {
  ASSERT_TRUE(node_.Register(Sample{}).ok());
  wire_.HoldFeeds(true);
  const auto answer = node_.Register(RegistrationOf(Sample{.version = "1.1.0"}), ShortCall());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_TRUE(answer->changed());
  EXPECT_FALSE(answer->created());
  EXPECT_FALSE(answer->visible());
  EXPECT_THAT(answer->not_visible_in(), ElementsAre("store", "text", "lineage"));
  EXPECT_EQ(answer->revision(), node_.Token(truth_->applied()));
  const auto made = node_.Register(RegistrationOf(Sample{.name = "Other"}), ShortCall());
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_TRUE(made->created());
  CatchUp();
  // What was told is what came.
  EXPECT_EQ(answer->product().etag(), node_.Get(kOrders)->etag());
  EXPECT_EQ(answer->product().uid(), node_.Get(kOrders)->uid());
  EXPECT_EQ(answer->product().model().version(), "1.1.0");
  EXPECT_EQ(made->product().ShortDebugString(), node_.Get("sales/other")->ShortDebugString());
}

TEST_F(Late, ABatchToo) {
  wire_.HoldFeeds(true);
  std::vector<v1::BatchRegisterRequest> items(1);
  *items[0].mutable_item() = RegistrationOf(Sample{});
  const auto answer = node_.registry->BatchRegister(items, ShortCall());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->results(0).code(), 0) << answer->results(0).message();
  EXPECT_TRUE(answer->results(0).changed());
  EXPECT_FALSE(answer->visible());
  EXPECT_EQ(answer->revision(), node_.Token(truth_->applied()));
}

TEST_F(Late, AChangeOfStateToo) {
  ASSERT_TRUE(node_.Register(Sample{}).ok());
  wire_.HoldFeeds(true);
  v1::SetProductStateRequest request;
  request.set_name(kOrders);
  request.set_state(v1::PRODUCT_STATE_DEPRECATED);
  const auto answer = node_.lifecycle->SetProductState(request, ShortCall());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_TRUE(answer->changed());
  EXPECT_FALSE(answer->visible());
  EXPECT_EQ(answer->revision(), node_.Token(truth_->applied()));
  EXPECT_EQ(answer->product().state(), v1::PRODUCT_STATE_DEPRECATED);
  CatchUp();
  EXPECT_EQ(answer->product().etag(), node_.Get(kOrders)->etag());
}

TEST_F(Late, ADomainToo) {
  ASSERT_TRUE(node_.Register(Sample{}).ok());
  wire_.HoldFeeds(true);
  v1::UpdateDomainRequest request;
  request.mutable_domain()->set_name("domains/sales");
  request.mutable_domain()->set_description("What was sold.");
  const auto answer = node_.directory->UpdateDomain(request, ShortCall());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_TRUE(answer->changed());
  EXPECT_EQ(answer->domain().description(), "What was sold.");
  EXPECT_EQ(answer->revision(), node_.Token(truth_->applied()));
}

TEST_F(Late, ALedgerThatLosesEveryAnswerIsNoDiskThatFails) {
  wire_.LoseCommits(true);
  const auto answer = node_.Register(RegistrationOf(Sample{}), node_.Call());
  EXPECT_EQ(ReasonOf(answer), "LEDGER_UNREACHABLE");
  EXPECT_THAT(answer.status().message(), HasSubstr("nothing was written"));
  EXPECT_THAT(answer.status().message(), Not(HasSubstr("disk")));
  v1::UpdateTeamRequest request;
  request.mutable_team()->set_name("teams/checkout");
  EXPECT_EQ(ReasonOf(node_.directory->UpdateTeam(request, node_.Call())), "LEDGER_UNREACHABLE");
}

// Its second look must see its own mark. Where the node can't show that in time, nothing ends and no mark is left.
TEST_F(Late, ARetirementThatCantLookAgainLeavesNoMark) {
  ASSERT_TRUE(node_.Register(Sample{}).ok());
  wire_.HoldFeeds(true);
  v1::RetireProductRequest request;
  request.set_name(kOrders);
  const auto answer = node_.lifecycle->RetireProduct(request, ShortCall());
  EXPECT_EQ(ReasonOf(answer), "REVISION_NOT_APPLIED");
  EXPECT_FALSE(Marked(Sample{}.line()));
  CatchUp();
  EXPECT_EQ(node_.StateOf(kOrders), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_TRUE(node_.Retire(kOrders).ok());
}

}  // namespace
}  // namespace souk::support
