// SPDX-License-Identifier: Apache-2.0
#include "client/lib/change_reader.h"

#include <gtest/gtest.h>

#include <future>

#include "base/errors.h"
#include "client/lib/client.h"
#include "tests/client/support/fake_node.h"

namespace souk::client {
namespace {

constexpr char kWatch[] = "ChangeService/WatchChanges";

std::string Revision(const std::string& revision) {
  v1::WatchChangesResponse response;
  response.set_revision(revision);
  return response.SerializeAsString();
}

class ChangeReaderTest : public ::testing::Test {
 protected:
  ClientOptions Options() {
    ClientOptions options;
    options.addresses = {node_.address()};
    options.pause = [](std::chrono::milliseconds) {};
    return options;
  }

  FakeNode node_;
};

TEST_F(ChangeReaderTest, ABrokenStreamIsTakenUpAfterTheLastRevision) {
  node_.On(kWatch, [](const std::vector<std::string>& requests) -> FakeNode::Reply {
    v1::WatchChangesRequest request;
    request.ParseFromString(requests.front());
    if (request.after_revision() == "0") return {{Revision("1"), Revision("2")}, errors::ShuttingDown(), false};
    if (request.after_revision() == "2") return {{Revision("3")}, Status::Ok(), false};
    return {{Revision("4")}, Status::Ok(), true};
  });
  Client client(Options());
  v1::WatchChangesRequest request;
  request.set_after_revision("0");
  const auto reader = client.WatchChanges(request);
  for (const char* want : {"1", "2", "3", "4"}) {
    const auto next = reader->Next();
    ASSERT_TRUE(next.ok()) << next.status().ToString();
    EXPECT_EQ(next->revision(), want);
  }
}

TEST_F(ChangeReaderTest, OtherErrorsAreFinal) {
  node_.On(kWatch, [](const auto&) -> FakeNode::Reply { return {{}, errors::RevisionCompacted("17"), false}; });
  Client client(Options());
  const Status status = client.WatchChanges({})->Next().status();
  EXPECT_EQ(status.code(), Code::kOutOfRange);
  EXPECT_EQ(status.reason(), "REVISION_COMPACTED");
  EXPECT_EQ(node_.calls(kWatch), 1);
}

TEST_F(ChangeReaderTest, CancelEndsAWait) {
  std::promise<void> called;
  node_.On(kWatch, [&](const auto&) -> FakeNode::Reply {
    called.set_value();
    return {{}, Status::Ok(), true};
  });
  Client client(Options());
  const auto reader = client.WatchChanges({});
  auto next = std::async(std::launch::async, [&] { return reader->Next().status().code(); });
  called.get_future().wait();
  reader->Cancel();
  EXPECT_EQ(next.get(), Code::kCancelled);
  EXPECT_EQ(reader->Next().status().code(), Code::kCancelled);
}

TEST_F(ChangeReaderTest, ADroppedReaderLeavesNothingBehind) {
  node_.On(kWatch, [](const auto&) -> FakeNode::Reply { return {{Revision("1")}, Status::Ok(), true}; });
  Client client(Options());
  const auto reader = client.WatchChanges({});
  EXPECT_TRUE(reader->Next().ok());
}

}  // namespace
}  // namespace souk::client
