// SPDX-License-Identifier: Apache-2.0
// BatchRegister: items are independent, in order within a line, and each has its own result.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/visibility.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

v1::BatchRegisterRequest Item(const v1::RegisterProductRequest& registration) {
  v1::BatchRegisterRequest item;
  *item.mutable_item() = registration;
  return item;
}

TEST(Batch, EachItemHasItsOwnResult) {
  const Mesh mesh;
  ASSERT_TRUE(mesh.Register(Sample{}).ok());
  auto draft = RegistrationOf(Sample{.name = "Unfit", .purpose = ""});
  draft.set_on_findings(v1::FINDINGS_ACTION_DRAFT);
  auto broken = RegistrationOf(Sample{.name = "Broken"});
  broken.mutable_bundle()->mutable_documents(0)->set_content("{");
  const std::vector<v1::BatchRegisterRequest> items = {
      Item(RegistrationOf(Sample{.name = "Invoices"})),
      Item(broken),
      Item(RegistrationOf(Sample{})),
      Item(RegistrationOf(Sample{.name = "Unfit too", .purpose = ""})),
      Item(draft),
      Item(v1::RegisterProductRequest{}),
  };
  const auto answer = mesh.registry->BatchRegister(items, mesh.Call());
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  ASSERT_EQ(answer->results_size(), static_cast<int>(items.size()));
  EXPECT_TRUE(answer->visible());
  EXPECT_EQ(answer->revision(), mesh.Token(mesh.revision()));
  for (int i = 0; i < answer->results_size(); ++i) EXPECT_EQ(answer->results(i).index(), static_cast<uint32_t>(i));

  const auto& invoices = answer->results(0);
  EXPECT_EQ(invoices.code(), 0);
  EXPECT_EQ(invoices.name(), "domains/sales/products/invoices/lines/1");
  EXPECT_EQ(invoices.state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_TRUE(invoices.changed());
  EXPECT_TRUE(invoices.created());
  EXPECT_TRUE(invoices.fit_for_active());

  EXPECT_EQ(answer->results(1).reason(), "BAD_DOCUMENT");
  EXPECT_EQ(answer->results(1).code(), static_cast<int>(Code::kInvalidArgument));
  EXPECT_FALSE(answer->results(1).message().empty());
  EXPECT_FALSE(answer->results(1).remedy().empty());
  EXPECT_GT(answer->results(1).findings_size(), 0);

  EXPECT_EQ(answer->results(2).code(), 0);
  EXPECT_FALSE(answer->results(2).changed());
  EXPECT_FALSE(answer->results(2).created());

  EXPECT_EQ(answer->results(3).reason(), "REFUSED_BY_GATE");
  EXPECT_EQ(answer->results(3).name(), "domains/sales/products/unfit-too/lines/1");
  EXPECT_GT(answer->results(3).findings_size(), 0);

  EXPECT_EQ(answer->results(4).code(), 0);
  EXPECT_EQ(answer->results(4).state(), v1::PRODUCT_STATE_DRAFT);
  EXPECT_FALSE(answer->results(4).fit_for_active());
  EXPECT_EQ(answer->results(5).reason(), "MISSING_FIELD");
}

TEST(Batch, VersionsOfOneLineAreRegisteredInTheirOrder) {
  const Mesh mesh;
  constexpr int kLines = 4;
  constexpr int kVersions = 12;
  std::vector<v1::BatchRegisterRequest> items;
  for (int version = 0; version < kVersions; ++version) {
    for (int line = 0; line < kLines; ++line) {
      items.push_back(Item(RegistrationOf(
          Sample{.name = "Line " + std::to_string(line), .version = "1." + std::to_string(version) + ".0"})));
    }
  }
  const auto answer = mesh.registry->BatchRegister(items, mesh.Call());
  ASSERT_TRUE(answer.ok());
  for (const v1::BatchRegisterResult& result : answer->results()) {
    EXPECT_EQ(result.code(), 0) << result.message();
    EXPECT_EQ(result.created(), result.index() < kLines) << result.index();
  }
  for (int line = 0; line < kLines; ++line) {
    const auto product = mesh.Get("sales/line-" + std::to_string(line));
    ASSERT_TRUE(product.ok());
    EXPECT_EQ(product->version(), "1.11.0");
    EXPECT_EQ(product->change_number(), static_cast<uint64_t>(kVersions));
  }
}

TEST(Batch, MakesAMissingDomainAndTeamOnceForAllItems) {
  const Mesh mesh;
  std::vector<v1::BatchRegisterRequest> items;
  constexpr int kItems = 200;  // more than are committed together
  for (int i = 0; i < kItems; ++i) {
    items.push_back(Item(RegistrationOf(Sample{.domain = "new-domain", .name = "Line " + std::to_string(i)})));
    items.back().mutable_item()->set_create_missing(true);
  }
  const auto answer = mesh.registry->BatchRegister(items, mesh.Call());
  ASSERT_TRUE(answer.ok());
  for (const v1::BatchRegisterResult& result : answer->results()) {
    EXPECT_EQ(result.code(), 0) << result.message();
    EXPECT_TRUE(result.created());
  }
  EXPECT_EQ(mesh.revision(), static_cast<storage::Revision>(kItems)) << "each item is a revision of its own";
  const auto history = mesh.store->Current(AllowAll()).FindDomain("new-domain");
  ASSERT_TRUE(history.ok() && *history != nullptr);
  EXPECT_EQ((*history)->number(), 1U);
}

TEST(Batch, ARequestIdCountsWithinTheBatch) {
  const Mesh mesh;
  auto first = RegistrationOf(Sample{.name = "First"});
  auto second = RegistrationOf(Sample{.name = "Second"});
  first.set_request_id("import-1");
  second.set_request_id("import-1");
  const auto answer = mesh.registry->BatchRegister({Item(first), Item(second), Item(first)}, mesh.Call());
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->results(0).code(), 0) << answer->results(0).message();
  EXPECT_EQ(answer->results(1).reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(answer->results(2).code(), 0) << answer->results(2).message();
  EXPECT_FALSE(answer->results(2).changed());
  EXPECT_EQ(mesh.revision(), 1U);
}

TEST(Batch, ARepeatedRequestIdTellsTheState) {
  const Mesh mesh;
  auto request = RegistrationOf(Sample{});
  request.set_request_id("import-1");
  ASSERT_TRUE(mesh.registry->BatchRegister({Item(request)}, mesh.Call()).ok());
  const auto again = mesh.registry->BatchRegister({Item(request)}, mesh.Call());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->results(0).code(), 0);
  EXPECT_EQ(again->results(0).state(), v1::PRODUCT_STATE_ACTIVE);
  EXPECT_FALSE(again->results(0).changed());
  EXPECT_FALSE(again->results(0).created());
}

TEST(Batch, MayBeEmptyAndHasALimit) {
  const Mesh mesh;
  const auto none = mesh.registry->BatchRegister({}, mesh.Call());
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->results_size(), 0);
  const std::vector<v1::BatchRegisterRequest> many(limits::kBatchRegisterMax + 1);
  EXPECT_EQ(ReasonOf(mesh.registry->BatchRegister(many, mesh.Call())), "TOO_MANY");
  const std::vector<v1::BatchRegisterRequest> most(limits::kBatchRegisterMax);
  const auto empty_items = mesh.registry->BatchRegister(most, mesh.Call());
  ASSERT_TRUE(empty_items.ok());
  EXPECT_EQ(empty_items->results_size(), static_cast<int>(limits::kBatchRegisterMax));
}

TEST(Batch, StopsWhenTheCallerIsGone) {
  const Mesh mesh;
  std::vector<v1::BatchRegisterRequest> items;
  for (int i = 0; i < 20; ++i) items.push_back(Item(RegistrationOf(Sample{.name = "Line " + std::to_string(i)})));
  catalog::CallContext call = mesh.Call();
  call.cancelled = [] { return true; };
  const auto answer = mesh.registry->BatchRegister(items, call);
  ASSERT_TRUE(answer.ok());
  for (const auto& result : answer->results()) EXPECT_EQ(result.code(), static_cast<int>(Code::kCancelled));
  EXPECT_EQ(mesh.revision(), 0U);
}

TEST(Batch, AsksForThePermissionOfEachItemsDomain) {
  Mesh mesh;
  mesh.authorizer.Forbid("secret");
  const auto answer = mesh.registry->BatchRegister(
      {Item(RegistrationOf(Sample{.domain = "secret"})), Item(RegistrationOf(Sample{}))}, mesh.Call());
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->results(0).reason(), "PERMISSION_DENIED");
  EXPECT_EQ(answer->results(1).code(), 0);
}

}  // namespace
}  // namespace souk::support
