// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "server/catalog/reading.h"
#include "tests/server/support/mesh.h"

namespace souk::catalog {
namespace {

using support::ReasonOf;

TEST(PageToken, GivesTheCursorBack) {
  const std::string digest = DigestOfMessage("request");
  for (const std::string& cursor : {std::string("domains/a"), std::string("\0\xff", 2), std::string("0")}) {
    EXPECT_EQ(*ReadPageToken(MakePageToken(cursor, digest), digest), cursor);
  }
  EXPECT_EQ(*ReadPageToken("", digest), "");
}

TEST(PageToken, BelongsToOneRequest) {
  v1::ListProductsRequest request;
  request.set_filter("state = active");
  const std::string digest = RequestDigest(request);
  request.set_page_size(17);
  request.set_page_token("x");
  EXPECT_EQ(RequestDigest(request), digest);
  request.set_full(true);
  EXPECT_NE(RequestDigest(request), digest);
  EXPECT_EQ(ReasonOf(ReadPageToken(MakePageToken("a", digest), RequestDigest(request))), "BAD_PAGE_TOKEN");
}

// Whatever is sent as a token, the answer is a page or INVALID_ARGUMENT.
TEST(PageToken, TakesAnyBytes) {
  const support::Mesh mesh;
  ASSERT_TRUE(mesh.Register(support::Sample{}).ok());
  std::mt19937 random(1);
  const auto is_answered = [](const Status& status) {
    EXPECT_TRUE(status.ok() || status.code() == Code::kInvalidArgument) << status.ToString();
  };
  for (int i = 0; i < 300; ++i) {
    std::string cursor(random() % 24, '\0');
    for (char& c : cursor) c = static_cast<char>(random() % 3 == 0 ? '0' + random() % 10 : random() % 256);
    v1::ListProductsRequest products;
    v1::ListProductVersionsRequest versions;
    versions.set_name("sales/orders");
    v1::ListDomainsRequest domains;
    v1::ListOwnedRequest owned;
    owned.set_owner("teams/checkout");
    v1::SearchRequest search;
    const bool forged = i % 2 == 0;  // a right digest before a cursor that was made up
    products.set_page_token(forged ? MakePageToken(cursor, RequestDigest(products)) : cursor);
    versions.set_page_token(forged ? MakePageToken(cursor, RequestDigest(versions)) : cursor);
    domains.set_page_token(forged ? MakePageToken(cursor, RequestDigest(domains)) : cursor);
    owned.set_page_token(forged ? MakePageToken(cursor, RequestDigest(owned)) : cursor);
    search.set_page_token(forged ? MakePageToken(cursor, RequestDigest(search)) : cursor);
    is_answered(mesh.registry->ListProducts(products, mesh.Call()).status());
    is_answered(mesh.registry->ListProductVersions(versions, mesh.Call()).status());
    is_answered(mesh.directory->ListDomains(domains, mesh.Call()).status());
    is_answered(mesh.ownership->ListOwned(owned, mesh.Call()).status());
    is_answered(mesh.discovery->Search(search, mesh.Call()).status());
  }
}

TEST(PageToken, NoPageBeginsAtTheEndOfTheWorld) {
  const support::Mesh mesh;
  v1::SearchRequest search;
  for (const char* offset : {"18446744073709551615", "99999999999999999999999"}) {
    search.set_page_token(MakePageToken(offset, RequestDigest(search)));
    EXPECT_EQ(ReasonOf(mesh.discovery->Search(search, mesh.Call())), "BAD_PAGE_TOKEN");
  }
}

TEST(PageSize, IsCoercedNeverRefusedWhenTooLarge) {
  EXPECT_EQ(*PageSize(0, 50, 1000), 50U);
  EXPECT_EQ(*PageSize(1, 50, 1000), 1U);
  EXPECT_EQ(*PageSize(1000, 50, 1000), 1000U);
  EXPECT_EQ(*PageSize(1001, 50, 1000), 1000U);
  EXPECT_EQ(*PageSize(std::numeric_limits<int32_t>::max(), 50, 1000), 1000U);
  EXPECT_EQ(ReasonOf(PageSize(-1, 50, 1000)), "BAD_PAGE_SIZE");
}

}  // namespace
}  // namespace souk::catalog
