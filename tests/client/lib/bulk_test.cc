// SPDX-License-Identifier: Apache-2.0
#include "client/lib/bulk.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "base/errors.h"
#include "tests/client/support/fake_node.h"

namespace souk::client {
namespace {

constexpr char kBatch[] = "RegistryService/BatchRegister";

v1::RegisterProductRequest Item(size_t i) {
  v1::RegisterProductRequest request;
  request.mutable_bundle()->mutable_model()->set_name("product-" + std::to_string(i));
  return request;
}

class BulkTest : public ::testing::Test {
 protected:
  BulkTest() : client_(Options()) {
    node_.On(kBatch, [this](const std::vector<std::string>& requests) -> FakeNode::Reply {
      if (++chunks_ <= failures_) return {{}, failure_, false};
      v1::BatchRegisterResponse response;
      for (const std::string& bytes : requests) {
        v1::BatchRegisterRequest request;
        request.ParseFromString(bytes);
        response.add_results()->set_name(request.item().bundle().model().name());
      }
      response.set_visible(true);
      response.set_revision("r");
      return {{response.SerializeAsString()}, Status::Ok(), false};
    });
  }

  ClientOptions Options() {
    ClientOptions options;
    options.addresses = {node_.address()};
    options.pause = [](std::chrono::milliseconds) {};
    return options;
  }

  BulkOutcome Run(size_t items, const BulkOptions& options) {
    size_t next = 0;
    return RegisterInBulk(
        client_, [&]() { return next < items ? std::optional(Item(next++)) : std::nullopt; },
        [&](const v1::RegisterProductRequest& item, const v1::BatchRegisterResult& result, const Status& call) {
          EXPECT_EQ(item.bundle().model().name(), "product-" + std::to_string(result.index()));
          if (call.ok()) {
            EXPECT_EQ(result.name(), item.bundle().model().name());
          }
          codes_[result.index()] = static_cast<int>(call.code());
        },
        options);
  }

  size_t Failed() const {
    size_t failed = 0;
    for (const auto& [index, code] : codes_) failed += code != 0 ? 1 : 0;
    return failed;
  }

  FakeNode node_;
  std::atomic<int> chunks_{0};
  int failures_ = 0;
  Status failure_;
  Client client_;
  std::map<size_t, int> codes_;
};

TEST_F(BulkTest, EveryItemReachesTheSinkOnce) {
  const BulkOutcome outcome = Run(1000, {.chunk_items = 7});
  EXPECT_EQ(codes_.size(), 1000U);
  EXPECT_EQ(Failed(), 0U);
  EXPECT_TRUE(outcome.visible);
  EXPECT_EQ(outcome.revision, "r");
  EXPECT_EQ(chunks_, (1000 + 6) / 7);
}

TEST_F(BulkTest, ChunksAreCutByBytesToo) {
  Run(10, {.chunk_items = 100, .chunk_bytes = 1, .streams = 1});
  EXPECT_EQ(chunks_, 10);
}

TEST_F(BulkTest, NothingIsFineToo) {
  Run(0, {});
  EXPECT_TRUE(codes_.empty());
  EXPECT_EQ(chunks_, 0);
}

TEST_F(BulkTest, AfterAnUnavailableChunkTheRestIsNotSent) {
  failures_ = 1000;
  failure_ = errors::ShuttingDown();
  Run(100, {.chunk_items = 5, .streams = 1});
  EXPECT_EQ(codes_.size(), 100U);
  EXPECT_EQ(Failed(), 100U);
  EXPECT_EQ(chunks_, kAttemptsMax);  // of the first chunk
}

TEST_F(BulkTest, AFailedChunkFailsAlone) {
  failures_ = 1;
  failure_ = errors::PermissionDenied("you", "publish");
  Run(100, {.chunk_items = 10, .streams = 1});
  EXPECT_EQ(codes_.size(), 100U);
  EXPECT_EQ(Failed(), 10U);
}

TEST_F(BulkTest, ACancellationTellsWhatIsUnknownFromWhatWasNotSent) {
  Cancellation cancellation;
  node_.On(kBatch, [&](const std::vector<std::string>& requests) -> FakeNode::Reply {
    if (++chunks_ == 2) {
      cancellation.Cancel();
      return {{}, Status::Ok(), true};
    }
    v1::BatchRegisterResponse response;
    for (const std::string& bytes : requests) {
      v1::BatchRegisterRequest request;
      request.ParseFromString(bytes);
      response.add_results()->set_name(request.item().bundle().model().name());
    }
    return {{response.SerializeAsString()}, Status::Ok(), false};
  });
  Run(100, {.chunk_items = 10, .streams = 1, .cancellation = &cancellation});
  EXPECT_EQ(codes_.size(), 20U) << "nothing more is taken";
  EXPECT_EQ(codes_[9], 0);
  EXPECT_EQ(codes_[10], static_cast<int>(Code::kUnknown));

  codes_.clear();
  Run(100, {.chunk_items = 10, .streams = 1, .cancellation = &cancellation});
  EXPECT_TRUE(codes_.empty());
}

TEST_F(BulkTest, AnOverloadedNodeIsWaitedFor) {
  failures_ = 3;
  failure_ = errors::Overloaded("the queue", 1);
  Run(10, {.streams = 1});
  EXPECT_EQ(Failed(), 0U);
  EXPECT_EQ(chunks_, 4);
}

}  // namespace
}  // namespace souk::client
