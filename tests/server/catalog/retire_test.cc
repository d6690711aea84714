// SPDX-License-Identifier: Apache-2.0
// RetireProduct: a retired line never has a consumer that was not there to be asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "server/catalog/retirement_marks.h"
#include "server/catalog/writing.h"
#include "storage/ledger_keys.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kOrders[] = "sales/orders";

Sample ReaderOfOrders(const std::string& name, const std::string& domain = "sales") {
  return {.domain = domain, .name = name, .reads = {Sample{}.contract()}};
}

// An input port that has a name only.
v1::RegisterProductRequest ReaderByName(const std::string& name, const std::string& upstream) {
  auto request = RegistrationOf(Sample{.name = name});
  request.mutable_bundle()->mutable_documents(0)->mutable_content()->append("inputPorts:\n- name: " + upstream +
                                                                            "\n  version: 1.0.0\n");
  return request;
}

// True if a retirement's mark is set.
bool Marked(const Mesh& mesh, const std::string& line) {
  const AllowAll everything;
  const auto key = mesh.store->Current(everything).LedgerKey(storage::RetiringKey(line));
  store::v1::Claim claim;
  return key.ok() && *key && claim.ParseFromString((*key)->value) && !claim.product().empty();
}

// What a node leaves behind that dies between the two commits of a retirement.
void LeaveMark(const Mesh& mesh, const std::string& line) {
  const auto written = catalog::CommitPlan(*mesh.parts, mesh.Call(), "a mark", [&](const storage::View& /*view*/) {
    store::v1::Claim claim;
    claim.set_product(line);
    storage::Transaction transaction;
    transaction.writes.push_back({storage::RetiringKey(line), claim.SerializeAsString()});
    return StatusOr<storage::Transaction>(std::move(transaction));
  });
  ASSERT_TRUE(written.ok());
}

TEST(Retire, EndsALineForGood) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  EXPECT_EQ(mesh.store->live_lines(), 1U);
  const auto retired = mesh.Retire(kOrders);
  ASSERT_TRUE(retired.ok()) << retired.status().ToString();
  EXPECT_TRUE(retired->changed());
  EXPECT_TRUE(retired->visible());
  EXPECT_EQ(retired->product().state(), v1::PRODUCT_STATE_RETIRED);
  EXPECT_EQ(mesh.store->live_lines(), 0U);
  EXPECT_FALSE(Marked(mesh, Sample{}.line()));
  const storage::Revision before = mesh.revision();
  const auto again = mesh.Retire(kOrders);
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->changed());
  EXPECT_EQ(again->revision(), retired->revision());
  EXPECT_EQ(mesh.revision(), before);
  EXPECT_EQ(ReasonOf(mesh.SetState(kOrders, v1::PRODUCT_STATE_ACTIVE)), "BAD_TRANSITION");
  v1::SearchRequest search;
  search.set_query("orders");
  const auto found = mesh.discovery->Search(search, mesh.Call());
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->hits_size(), 0);
}

TEST(Retire, NamesTheConsumersThatRemain) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(ReaderOfOrders("Invoices")).ok());
  ASSERT_TRUE(mesh.Register(ReaderByName("Margins", "orders")).ok());
  const auto refused = mesh.Retire(kOrders);
  EXPECT_EQ(ReasonOf(refused), "HAS_CONSUMERS");
  EXPECT_EQ(refused.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(refused.status().message(), HasSubstr("domains/sales/products/invoices/lines/1"));
  EXPECT_THAT(refused.status().message(), HasSubstr("domains/sales/products/margins/lines/1"));
  EXPECT_FALSE(Marked(mesh, Sample{}.line()));  // it was lifted again
  EXPECT_EQ(mesh.StateOf(kOrders), v1::PRODUCT_STATE_ACTIVE);
  ASSERT_TRUE(mesh.Retire("sales/invoices").ok());
  ASSERT_TRUE(mesh.Retire("sales/margins").ok());
  EXPECT_TRUE(mesh.Retire(kOrders).ok());
}

TEST(Retire, CountsConsumersThatTheCallerMayNotSee) {
  Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(ReaderOfOrders("Audits", "secret")).ok());
  mesh.authorizer.Hide("eve@example.com", "secret");
  v1::RetireProductRequest request;
  request.set_name(kOrders);
  const auto refused = mesh.lifecycle->RetireProduct(request, mesh.Call("eve@example.com"));
  EXPECT_EQ(ReasonOf(refused), "HAS_CONSUMERS");
  EXPECT_THAT(refused.status().message(), Not(HasSubstr("secret")));
  EXPECT_THAT(refused.status().message(), HasSubstr("1 that you may not see"));
}

TEST(Retire, ReadingItselfIsNoReasonToLive) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(ReaderOfOrders("Orders")).ok());
  EXPECT_TRUE(mesh.Retire(kOrders).ok());
}

TEST(Retire, ValidateOnlySaysWhatTheRealCallWould) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(ReaderOfOrders("Invoices")).ok());
  const storage::Revision before = mesh.revision();
  v1::RetireProductRequest request;
  request.set_validate_only(true);
  request.set_name(kOrders);
  EXPECT_EQ(ReasonOf(mesh.lifecycle->RetireProduct(request, mesh.Call())), "HAS_CONSUMERS");
  request.set_name("sales/invoices");
  const auto answer = mesh.lifecycle->RetireProduct(request, mesh.Call());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->product().state(), v1::PRODUCT_STATE_RETIRED);
  EXPECT_TRUE(answer->changed());
  EXPECT_EQ(mesh.revision(), before);
  EXPECT_EQ(mesh.StateOf("sales/invoices"), v1::PRODUCT_STATE_ACTIVE);
}

TEST(Retire, ChecksEtagAndRequestId) {
  const Mesh mesh;
  const auto registered = mesh.Register(Sample{});
  ASSERT_TRUE(registered.ok());
  v1::RetireProductRequest request;
  request.set_name(kOrders);
  request.set_etag("\"stale\"");
  request.set_request_id("r1");
  EXPECT_EQ(ReasonOf(mesh.lifecycle->RetireProduct(request, mesh.Call())), "STALE_ETAG");
  EXPECT_FALSE(Marked(mesh, Sample{}.line()));
  request.set_etag(registered->product().etag());
  const auto retired = mesh.lifecycle->RetireProduct(request, mesh.Call());
  ASSERT_TRUE(retired.ok()) << retired.status().ToString();
  // A repeat of the very call is answered as the first one was, although its etag is stale by now.
  const auto repeated = mesh.lifecycle->RetireProduct(request, mesh.Call());
  ASSERT_TRUE(repeated.ok()) << repeated.status().ToString();
  EXPECT_EQ(repeated->revision(), retired->revision());
  request.set_reason("another one");
  EXPECT_EQ(ReasonOf(mesh.lifecycle->RetireProduct(request, mesh.Call())), "REQUEST_ID_REUSED");
}

// By the time of the repeat, the product's name means its other line.
TEST(Retire, ARepeatMeansTheLineThatItMeantFirst) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.version = "2.0.0"}).ok());
  v1::RetireProductRequest request;
  request.set_name(kOrders);
  request.set_request_id("r1");
  const auto first = mesh.lifecycle->RetireProduct(request, mesh.Call());
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_EQ(first->product().name(), "domains/sales/products/orders/lines/2");
  const auto again = mesh.lifecycle->RetireProduct(request, mesh.Call());
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(again->product().name(), first->product().name());
  EXPECT_EQ(again->revision(), first->revision());
  EXPECT_EQ(mesh.StateOf("sales/orders@1"), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_FALSE(Marked(mesh, Sample{}.line()));
}

TEST(Retire, AnotherLineMayTakeOverTheContract) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{.uid = "orders"}).ok());
  ASSERT_TRUE(mesh.Register(Sample{.version = "2.0.0", .uid = "orders"}).ok());  // offers the same contract
  auto reader = RegistrationOf(Sample{.name = "Invoices"});
  reader.mutable_bundle()->mutable_documents(0)->mutable_content()->append(
      "inputPorts:\n- name: orders\n  version: 2.0.0\n  contractId: orders.contract\n");
  ASSERT_TRUE(mesh.Register(reader).ok());
  EXPECT_TRUE(mesh.Retire("sales/orders@1").ok());
  EXPECT_EQ(ReasonOf(mesh.Retire("sales/orders@2")), "HAS_CONSUMERS");
}

TEST(Retire, AMarkKeepsConsumersOut) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  LeaveMark(mesh, Sample{}.line());
  EXPECT_EQ(mesh.Register(ReaderOfOrders("Invoices")).status().code(), Code::kAborted);
  for (const char* upstream :
       {"orders", "sales/orders", "sales.orders", "sales.orders.v1", "domains/sales/products/orders"}) {
    EXPECT_EQ(mesh.Register(ReaderByName("Margins", upstream)).status().code(), Code::kAborted) << upstream;
  }
  EXPECT_TRUE(mesh.Register(Sample{.name = "Unrelated"}).ok());
}

TEST(Retire, MarksOfADeadNodeAreLiftedAtTheNextStart) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  constexpr int kMarks = 120;  // more than one transaction holds
  LeaveMark(mesh, Sample{}.line());
  for (int i = 1; i < kMarks; ++i) {
    LeaveMark(mesh, LineName{"sales", "gone-" + std::to_string(i), 1}.ToString());
  }
  ASSERT_TRUE(catalog::LiftMarksLeftBehind(*mesh.parts).ok());
  EXPECT_FALSE(Marked(mesh, Sample{}.line()));
  EXPECT_TRUE(mesh.Register(ReaderOfOrders("Invoices")).ok());
  const storage::Revision before = mesh.revision();
  ASSERT_TRUE(catalog::LiftMarksLeftBehind(*mesh.parts).ok());
  EXPECT_EQ(mesh.revision(), before);
}

catalog::RetirementMarks::Options AtOnce() {
  catalog::RetirementMarks::Options options;
  options.stands_max = std::chrono::milliseconds(0);
  return options;
}

TEST(Retire, AMarkThatStoodLongIsLiftedByWhoeverLooks) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  LeaveMark(mesh, Sample{}.line());
  catalog::RetirementMarks marks(*mesh.parts, AtOnce());
  ASSERT_TRUE(marks.Look().ok());
  EXPECT_TRUE(Marked(mesh, Sample{}.line())) << "seen for the first time";
  LeaveMark(mesh, Sample{}.line());
  ASSERT_TRUE(marks.Look().ok());
  EXPECT_TRUE(Marked(mesh, Sample{}.line())) << "another retirement has set it anew";
  ASSERT_TRUE(marks.Look().ok());
  EXPECT_FALSE(Marked(mesh, Sample{}.line()));
  EXPECT_TRUE(mesh.Register(ReaderOfOrders("Invoices")).ok());
}

TEST(Retire, AMarkThatMayBeSomebodysStands) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  LeaveMark(mesh, Sample{}.line());
  catalog::RetirementMarks marks(*mesh.parts, {});
  for (int looks = 0; looks < 3; ++looks) ASSERT_TRUE(marks.Look().ok());
  EXPECT_TRUE(Marked(mesh, Sample{}.line()));
}

// The caller gives up in the middle: the mark must not stay.
TEST(Retire, AGivenUpCallLeavesNoMark) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  for (int questions = 0; questions < 8; ++questions) {
    std::atomic<int> asked{0};
    catalog::CallContext call = mesh.Call();
    call.cancelled = [&asked, questions] { return asked++ >= questions; };
    v1::RetireProductRequest request;
    request.set_name(kOrders);
    const auto answer = mesh.lifecycle->RetireProduct(request, call);
    EXPECT_FALSE(Marked(mesh, Sample{}.line())) << questions;
    if (answer.ok()) return;  // it was not asked that often
    EXPECT_EQ(answer.status().code(), Code::kCancelled);
  }
}

storage::Revision Number(const Mesh& mesh, const std::string& token) {
  return ParseRevisionToken(token, mesh.store->epoch()).value();
}

// Another retirement of the line fails meanwhile and lifts the mark; a consumer uses the moment. The questions whether
// the caller is still there are the moments at which this one stands still.
TEST(Retire, ALiftedMarkIsNoLongerTrusted) {
  constexpr int kMoments = 5;
  for (int joins_at = 1; joins_at <= kMoments; ++joins_at) {
    const Mesh mesh;
    ASSERT_TRUE(mesh.Register(Sample{}).ok());
    int moment = 0;
    catalog::CallContext call = mesh.Call();
    call.cancelled = [&] {
      EXPECT_TRUE(catalog::LiftMarksLeftBehind(*mesh.parts).ok());
      if (++moment == joins_at) {
        EXPECT_TRUE(mesh.Register(ReaderOfOrders("Invoices")).ok());
      }
      return false;
    };
    v1::RetireProductRequest request;
    request.set_name(kOrders);
    const auto answer = mesh.lifecycle->RetireProduct(request, call);
    const bool joined = mesh.StateOf("sales/invoices") == v1::PRODUCT_STATE_ACTIVE;
    EXPECT_FALSE(joined && mesh.StateOf(kOrders) == v1::PRODUCT_STATE_RETIRED) << "joined at moment " << joins_at;
    EXPECT_EQ(answer.ok(), mesh.StateOf(kOrders) == v1::PRODUCT_STATE_RETIRED);
    EXPECT_FALSE(Marked(mesh, Sample{}.line()));
  }
}

// Retirements, and consumers that register meanwhile: whoever wins, nobody who reads the line was there before its end,
// and who comes after it is told so.
void RunRound(const Mesh& mesh, int round) {
  constexpr int kConsumers = 3;
  const Sample producer{.name = "Source " + std::to_string(round)};
  ASSERT_TRUE(mesh.Register(producer).ok());
  std::atomic<storage::Revision> ended{0};
  std::array<std::atomic<storage::Revision>, kConsumers> joined{};
  std::array<std::atomic<bool>, kConsumers> warned{};
  std::vector<std::jthread> threads;
  for (int retirer = 0; retirer < 2; ++retirer) {
    threads.emplace_back([&] {
      const auto answer = mesh.Retire(producer.line());
      if (answer.ok()) {
        ended = Number(mesh, answer->revision());
      } else if (ReasonOf(answer) != "HAS_CONSUMERS") {
        EXPECT_EQ(answer.status().code(), Code::kAborted) << answer.status().ToString();
      }
    });
  }
  for (int i = 0; i < kConsumers; ++i) {
    threads.emplace_back([&, i] {
      const std::string name = "Reader " + std::to_string(round) + " " + std::to_string(i);
      const auto request = i == 0 ? ReaderByName(name, Slug(producer.name))
                                  : RegistrationOf(Sample{.name = name, .reads = {producer.contract()}});
      const auto answer = mesh.Register(request);
      if (answer.ok()) {
        joined[i] = Number(mesh, answer->revision());
        const auto rules = RulesOf(answer->findings());
        warned[i] = std::find(rules.begin(), rules.end(), "upstream-retired") != rules.end();
      } else {
        EXPECT_EQ(answer.status().code(), Code::kAborted) << answer.status().ToString();
      }
    });
  }
  threads.clear();
  EXPECT_EQ(mesh.StateOf(producer.line()) == v1::PRODUCT_STATE_RETIRED, ended != 0);
  EXPECT_FALSE(Marked(mesh, producer.line()));
  for (int i = 0; i < kConsumers && ended != 0; ++i) {
    if (joined[i] == 0) continue;
    EXPECT_GT(joined[i], ended) << "reader " << i << " of round " << round;
    if (i != 0) {
      EXPECT_TRUE(warned[i]);  // a port that has only a name promises nothing
    }
  }
}

TEST(RetireProperty, NobodyReadsALineThatEnds) {
  const Mesh mesh;
  constexpr int kRounds = 12;
  for (int round = 0; round < kRounds; ++round) RunRound(mesh, round);
}

TEST(RetireProperty, ManyAtOnceEndItOnceAndLeaveNoMark) {
  const Mesh mesh;
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const Sample sample{.name = "Line " + std::to_string(round)};
    ASSERT_TRUE(mesh.Register(sample).ok());
    std::atomic<int> changed{0};
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
          const auto answer = mesh.Retire(sample.line());
          if (answer.ok() && answer->changed()) ++changed;
          if (!answer.ok()) {
            EXPECT_EQ(answer.status().code(), Code::kAborted) << answer.status().ToString();
          }
        });
      }
    }
    EXPECT_LE(changed, 1);
    EXPECT_EQ(mesh.StateOf(sample.line()) == v1::PRODUCT_STATE_RETIRED, changed == 1);
    EXPECT_FALSE(Marked(mesh, sample.line()));
  }
}

// Two lines that offer one contract retire at once: each could leave the reader to the other.
TEST(RetireProperty, TheLastOfferOfAContractThatIsReadStays) {
  const Mesh mesh;
  constexpr int kRounds = 8;
  for (int round = 0; round < kRounds; ++round) {
    const std::string uid = "offer" + std::to_string(round);
    const Sample first{.name = "Offer " + std::to_string(round), .uid = uid};
    Sample second = first;
    second.version = "2.0.0";
    ASSERT_TRUE(mesh.Register(first).ok());
    ASSERT_TRUE(mesh.Register(second).ok());
    auto reader = RegistrationOf(Sample{.name = "Reader " + std::to_string(round)});
    reader.mutable_bundle()->mutable_documents(0)->mutable_content()->append(
        "inputPorts:\n- name: offer\n  contractId: " + first.contract() + "\n");
    ASSERT_TRUE(mesh.Register(reader).ok());
    {
      const std::jthread one([&] { static_cast<void>(mesh.Retire(first.line())); });
      const std::jthread two([&] { static_cast<void>(mesh.Retire(second.line())); });
    }
    EXPECT_FALSE(mesh.StateOf(first.line()) == v1::PRODUCT_STATE_RETIRED &&
                 mesh.StateOf(second.line()) == v1::PRODUCT_STATE_RETIRED)
        << "round " << round;
  }
}

}  // namespace
}  // namespace souk::support
