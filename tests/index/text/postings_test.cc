// SPDX-License-Identifier: Apache-2.0
// The border to Lucene++.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "index/text/document.h"
#include "index/text/postings_writer.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::text {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

IndexDocument DocumentOf(const std::string& product, const std::string& purpose = "Some words.") {
  store::v1::LineState state;
  v1::DataProduct model = testing::SimpleModel("sales", product);
  model.mutable_description()->set_purpose(purpose);
  state.set_name(testing::LineOf(model).ToString());
  state.set_state(v1::PRODUCT_STATE_ACTIVE);
  *state.mutable_model() = model;
  return BuildDocument(state).value();
}

class PostingsTest : public ::testing::Test {
 protected:
  void Open(bool create) {
    PostingsOptions options;
    options.directory = directory_.path();
    options.on_commit = [this](const std::vector<std::string>& files, const UserData& user_data) {
      committed_files_ = files;
      committed_data_ = user_data;
      return accept_;
    };
    options.on_merged = [] {};
    auto opened = PostingsWriter::Open(std::move(options), create);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    writer_ = std::move(opened).value();
  }

  std::shared_ptr<const PostingsReader> Refresh() {
    auto reader = writer_->Refresh();
    EXPECT_TRUE(reader.ok()) << reader.status().ToString();
    return std::move(reader).value();
  }

  // Slots of the documents that have the term in the field, with how often.
  static std::map<uint32_t, int32_t> Postings(const PostingsReader& reader, std::string_view term, TextField wanted) {
    std::map<uint32_t, int32_t> found;
    for (size_t i = 0; i < reader.segments().size(); ++i) {
      const Segment& segment = reader.segments()[i];
      const Status status = reader.ForEachPosting(
          i, term, [&](TextField field, const int32_t* documents, const int32_t* counts, size_t size) {
            for (size_t k = 0; k < size && field == wanted; ++k) {
              found[segment.columns->slots[static_cast<size_t>(documents[k])]] = counts[k];
            }
          });
      EXPECT_TRUE(status.ok()) << status.ToString();
    }
    return found;
  }

  testing::TempDir directory_;
  std::vector<std::string> committed_files_;
  UserData committed_data_;
  Status accept_;
  std::unique_ptr<PostingsWriter> writer_;
};

// With headers of another Boost than the library was built with, this crashes.
TEST_F(PostingsTest, CommitsUserDataAndReadsItBack) {
  Open(true);
  ASSERT_TRUE(writer_->Add(DocumentOf("orders"), 0, false).ok());
  const UserData data = {{"revision", "17"}, {"epoch", "ünïcode"}, {"schema", "1"}};
  ASSERT_TRUE(writer_->Commit(data).ok());
  EXPECT_EQ(committed_data_, data);
  EXPECT_FALSE(committed_files_.empty());
  const auto read = ReadUserData(directory_.path());
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(*read, data);
}

TEST_F(PostingsTest, FindsTermsByField) {
  Open(true);
  ASSERT_TRUE(writer_->Add(DocumentOf("orders", "Orders of orders, orders."), 0, false).ok());
  ASSERT_TRUE(writer_->Add(DocumentOf("refunds", "What came back of an order."), 1, false).ok());
  const auto reader = Refresh();
  EXPECT_THAT(Postings(*reader, "order", TextField::kName), ElementsAre(Pair(0, 1)));
  EXPECT_THAT(Postings(*reader, "order", TextField::kPurpose), ElementsAre(Pair(0, 3), Pair(1, 1)));
  EXPECT_TRUE(Postings(*reader, "ord", TextField::kPurpose).empty());
  EXPECT_TRUE(Postings(*reader, "orders", TextField::kPurpose).empty());
}

TEST_F(PostingsTest, FindsKeysWholeAndByTheirBeginning) {
  Open(true);
  ASSERT_TRUE(writer_->Add(DocumentOf("orders"), 0, false).ok());
  ASSERT_TRUE(writer_->Add(DocumentOf("orders_daily"), 1, false).ok());
  const auto reader = Refresh();
  const auto keys = [&](std::string_view key, bool prefix) {
    std::vector<std::string> rests;
    for (size_t i = 0; i < reader->segments().size(); ++i) {
      const Status status = reader->ForEachKey(
          i, key, prefix, [&](std::string_view rest, const int32_t*, size_t) { rests.emplace_back(rest); });
      EXPECT_TRUE(status.ok());
    }
    return rests;
  };
  EXPECT_THAT(keys("norders", false), ElementsAre(""));
  EXPECT_THAT(keys("norders", true), UnorderedElementsAre("", "-daily"));
  EXPECT_TRUE(keys("norder", false).empty());
}

TEST_F(PostingsTest, ReplacesAndKeepsOldReadersAsTheyWere) {
  Open(true);
  ASSERT_TRUE(writer_->Add(DocumentOf("orders", "alpha"), 0, false).ok());
  const auto before = Refresh();
  ASSERT_TRUE(writer_->Add(DocumentOf("orders", "beta"), 0, true).ok());
  const auto after = Refresh();
  EXPECT_EQ(Postings(*before, "alpha", TextField::kPurpose).size(), 1U);
  EXPECT_EQ(Postings(*before, "beta", TextField::kPurpose).size(), 0U);
  EXPECT_EQ(Postings(*after, "alpha", TextField::kPurpose).size(), 0U);
  EXPECT_EQ(Postings(*after, "beta", TextField::kPurpose).size(), 1U);
}

TEST_F(PostingsTest, ReadersOutliveTheWriter) {
  Open(true);
  ASSERT_TRUE(writer_->Add(DocumentOf("orders", "alpha"), 0, false).ok());
  const auto reader = Refresh();
  writer_.reset();
  EXPECT_EQ(Postings(*reader, "alpha", TextField::kPurpose).size(), 1U);
  EXPECT_FALSE(reader->Stored(0, StoredPart::kRecord)->empty());
}

TEST_F(PostingsTest, WhatWasNotCommittedIsForgotten) {
  Open(true);
  ASSERT_TRUE(writer_->Add(DocumentOf("orders", "alpha"), 0, false).ok());
  ASSERT_TRUE(writer_->Commit({{"revision", "1"}}).ok());
  ASSERT_TRUE(writer_->Add(DocumentOf("refunds", "alpha"), 1, false).ok());
  (void)Refresh();
  writer_.reset();
  EXPECT_EQ(ReadUserData(directory_.path())->at("revision"), "1");
  Open(false);
  EXPECT_EQ(Postings(*Refresh(), "alpha", TextField::kPurpose).size(), 1U);
}

TEST_F(PostingsTest, AnUnacceptedCommitLeavesTheOlderOne) {
  Open(true);
  ASSERT_TRUE(writer_->Add(DocumentOf("orders"), 0, false).ok());
  ASSERT_TRUE(writer_->Commit({{"revision", "1"}}).ok());
  const std::vector<std::string> older = committed_files_;
  accept_ = Status(Code::kUnavailable, "disk full");
  ASSERT_TRUE(writer_->Add(DocumentOf("orders"), 0, true).ok());
  EXPECT_EQ(writer_->Commit({{"revision", "2"}}).code(), Code::kUnavailable);
  for (const std::string& file : older) EXPECT_TRUE(std::filesystem::exists(directory_ / file)) << file;
}

TEST_F(PostingsTest, ManySmallAdditionsAreMergedInTheBackground) {
  Open(true);
  constexpr uint32_t kLines = 200;
  std::shared_ptr<const PostingsReader> reader;
  for (uint32_t i = 0; i < kLines; ++i) {
    ASSERT_TRUE(writer_->Add(DocumentOf("p" + std::to_string(i), "alpha"), i, false).ok());
    reader = Refresh();
    ASSERT_EQ(Postings(*reader, "alpha", TextField::kPurpose).size(), i + 1);
  }
  ASSERT_TRUE(writer_->Commit({{"revision", "1"}}).ok());
  EXPECT_LT(reader->segments().size(), kLines / 2);
  EXPECT_EQ(writer_->merge_fault(), "");
}

}  // namespace
}  // namespace souk::text
