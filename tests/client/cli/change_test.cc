// SPDX-License-Identifier: Apache-2.0
// diff, state, retire, watch.
#include <gtest/gtest.h>

#include "base/errors.h"
#include "souk/v1/change_service.pb.h"
#include "souk/v1/registry_service.pb.h"
#include "tests/client/cli/terminal.h"

namespace souk::cli {
namespace {

constexpr char kDiff[] = "RegistryService/DiffProducts";

class ChangeTest : public ::testing::Test {
 protected:
  Terminal terminal_;
};

TEST_F(ChangeTest, DiffExitsAsDiffDoes) {
  v1::DiffProductsResponse response;
  terminal_.node().Answer<v1::DiffProductsRequest, v1::DiffProductsResponse>(kDiff, response);
  EXPECT_EQ(terminal_.Run({"diff", "a", "b"}).code, 0);
  v1::Difference& difference = *response.add_differences();
  difference.set_rule("COLUMN_NO_DELETE");
  difference.set_path("contracts/c/schema/t/properties/x");
  difference.set_before("string");
  difference.set_change_class(v1::CHANGE_CLASS_BREAKING);
  difference.set_message("the column is gone");
  response.set_change_class(v1::CHANGE_CLASS_BREAKING);
  terminal_.node().Answer<v1::DiffProductsRequest, v1::DiffProductsResponse>(kDiff, response);
  const Said said = terminal_.Run({"diff", "a", "b"});
  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.out,
            "breaking: the column is gone [COLUMN_NO_DELETE]\n    contracts/c/schema/t/properties/x\n    - string\n");
  EXPECT_EQ(terminal_.node().requests<v1::DiffProductsRequest>(kDiff)[1].name(), "b");

  terminal_.node().Answer<v1::DiffProductsRequest, v1::DiffProductsResponse>(
      kDiff, [](const v1::DiffProductsRequest&) -> StatusOr<v1::DiffProductsResponse> {
        return errors::NotFound("product", "a");
      });
  EXPECT_EQ(terminal_.Run({"diff", "a", "b"}).code, 2);
  EXPECT_EQ(terminal_.Run({"diff", "a"}).code, 2);
  EXPECT_EQ(terminal_.Run({"--addr", "127.0.0.1:1", "diff", "a", "b"}).code, 6);
}

TEST_F(ChangeTest, DiffAgainstABundle) {
  terminal_.node().Answer<v1::DiffProductsRequest, v1::DiffProductsResponse>(kDiff, v1::DiffProductsResponse());
  terminal_.Write("orders/product.odps.yaml", "kind: DataProduct\n");
  EXPECT_EQ(terminal_.Run({"diff", "-f", terminal_.Home("orders").string(), "a"}).code, 0);
  const auto request = terminal_.node().requests<v1::DiffProductsRequest>(kDiff)[0];
  EXPECT_EQ(request.base(), "a");
  EXPECT_EQ(request.bundle().documents(0).content(), "kind: DataProduct\n");
  EXPECT_EQ(terminal_.Run({"diff", "-f", terminal_.Home("orders").string(), "a", "b"}).code, 2);
}

TEST_F(ChangeTest, StateAndRetire) {
  v1::SetProductStateResponse response;
  response.mutable_product()->set_name("domains/d/products/p/lines/1");
  response.set_changed(true);
  response.set_visible(true);
  terminal_.node().Answer<v1::SetProductStateRequest, v1::SetProductStateResponse>("RegistryService/SetProductState",
                                                                                   response);
  EXPECT_EQ(terminal_
                .Run({"state", "d/p", "deprecated", "--sunset", "2027-03-31", "--reason", "v2 is there", "--if-etag",
                      "\"7\"", "-o", "name"})
                .out,
            "domains/d/products/p/lines/1\n");
  const auto request = terminal_.node().requests<v1::SetProductStateRequest>("RegistryService/SetProductState")[0];
  EXPECT_EQ(request.state(), v1::PRODUCT_STATE_DEPRECATED);
  EXPECT_EQ(request.reason(), "v2 is there");
  EXPECT_EQ(request.etag(), "\"7\"");
  EXPECT_GT(request.sunset_time().seconds(), 0);

  terminal_.node().Answer<v1::RetireProductRequest, v1::RetireProductResponse>(
      "RegistryService/RetireProduct", [](const v1::RetireProductRequest&) -> StatusOr<v1::RetireProductResponse> {
        return errors::StaleEtag("d/p@1", "\"7\"", "\"8\"");
      });
  EXPECT_EQ(terminal_.Run({"retire", "d/p"}).code, 5);
}

class WatchTest : public ChangeTest {
 protected:
  WatchTest() {
    v1::WatchChangesResponse mark;
    mark.set_revision("r1");
    v1::WatchChangesResponse revision;
    revision.set_revision("r2");
    for (const char* name : {"a", "b"}) {
      v1::EntityChange& change = *revision.add_changes();
      change.set_name(std::string("domains/d/products/") + name + "/lines/1");
      change.set_id(std::string("id.") + name);
      change.set_action("register");
      change.set_state(v1::PRODUCT_STATE_ACTIVE);
    }
    const std::vector<std::string> messages = {mark.SerializeAsString(), revision.SerializeAsString()};
    terminal_.node().On("ChangeService/WatchChanges", [messages](const auto&) {
      return client::FakeNode::Reply{messages, Status::Ok(), true};
    });
  }
};

TEST_F(WatchTest, PrintsChangesAsTheyCome) {
  const Said json = terminal_.Run({"watch", "--since", "r0", "--count", "2", "-o", "json"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_EQ(json.out.find("{\"revision\":\"r1\"}\n{\"revision\":\"r2\",\"changes\":[{"), 0U) << json.out;
  EXPECT_EQ(terminal_.Run({"watch", "--count", "2", "-o", "id"}).out, "id.a\nid.b\n");
  EXPECT_EQ(terminal_.Run({"watch", "--count", "2", "-o", "csv"}).out,
            "REVISION,TIME,ACTION,NAME,VERSION,STATE,ACTOR\r\n"
            "r2,,register,domains/d/products/a/lines/1,,active,\r\n"
            "r2,,register,domains/d/products/b/lines/1,,active,\r\n");
  EXPECT_NE(terminal_.Run({"watch", "--count", "2"}).out.find("register  d/a@1"), std::string::npos);
  EXPECT_EQ(terminal_.node().requests<v1::WatchChangesRequest>("ChangeService/WatchChanges")[0].after_revision(), "r0");
}

}  // namespace
}  // namespace souk::cli
