// SPDX-License-Identifier: Apache-2.0
// The border to Lucene++.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
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

// Everything that a reader says of the documents of sales, by slot: where which word stands, keys, what is stored.
std::map<std::string, std::vector<std::string>> AllOf(const PostingsReader& reader,
                                                      const std::vector<std::string>& terms) {
  std::map<std::string, std::vector<std::string>> all;
  for (size_t i = 0; i < reader.segments().size(); ++i) {
    const Segment& segment = reader.segments()[i];
    const auto slot = [&](auto document) { return segment.columns->slots[static_cast<size_t>(document)]; };
    for (const std::string& term : terms) {
      const auto at_posting = [&](TextField field, const int32_t* documents, const int32_t* counts, size_t size) {
        const std::vector<uint32_t> found(documents, documents + size);
        std::vector<std::string>& said = all[term + "/" + std::to_string(IndexOf(field))];
        for (size_t k = 0; k < size; ++k) {
          said.push_back(std::to_string(slot(documents[k])) + " x " + std::to_string(counts[k]));
        }
        const auto at_position = [&](uint32_t document, const std::vector<uint32_t>& positions) {
          for (const uint32_t at : positions) {
            said.push_back(std::to_string(slot(document)) + " at " + std::to_string(at));
          }
        };
        EXPECT_TRUE(reader.ForEachPosition(i, term, field, found, at_position).ok());
      };
      EXPECT_TRUE(reader.ForEachPosting(i, term, at_posting).ok());
    }
    const auto at_key = [&](std::string_view rest, const int32_t* documents, size_t size) {
      for (size_t k = 0; k < size; ++k) all["key " + std::string(rest)].push_back(std::to_string(slot(documents[k])));
    };
    EXPECT_TRUE(reader.ForEachKey(i, "idomains/sales/", true, at_key).ok());
    const auto at_document = [&](uint32_t document) {
      if (document < segment.base || document >= segment.base + segment.documents) return true;
      const uint32_t local = document - segment.base;
      std::vector<std::string>& said = all["slot " + std::to_string(slot(local))];
      said.push_back(std::to_string(segment.columns->states[local]));
      for (const auto& lengths : segment.columns->lengths) said.push_back(std::to_string(lengths[local]));
      said.push_back(*reader.Stored(document, StoredPart::kRecord));
      said.push_back(*reader.Stored(document, StoredPart::kBody));
      said.push_back(*reader.StoredDigest(document));
      return true;
    };
    EXPECT_TRUE(reader.ForEachDocument(at_document).ok());
  }
  for (auto& [key, said] : all) std::sort(said.begin(), said.end());
  return all;
}

// Enough documents for more than one block and, in files that Lucene++ merged, for skip lists.
TEST_F(PostingsTest, FilesSayWhatMemorySaid) {
  Open(true);
  constexpr uint32_t kLines = 600;
  for (uint32_t i = 0; i < kLines; ++i) {
    const std::string words = "alpha beta alpha " + std::string(i % 7 == 0 ? "gämmä " : "") + "w" + std::to_string(i);
    ASSERT_TRUE(writer_->Add(DocumentOf("p" + std::to_string(i), words), i, false).ok());
  }
  for (uint32_t i = 0; i < kLines; i += 5) {  // others, in their place
    ASSERT_TRUE(writer_->Add(DocumentOf("p" + std::to_string(i), "beta delta"), i, true).ok());
  }
  const std::vector<std::string> terms = {"alpha", "beta", "gamma", "delta", "w", "7", "sal", "absent"};
  const auto in_memory = AllOf(*Refresh(), terms);
  EXPECT_EQ(in_memory.count("slot 0"), 1U);
  EXPECT_EQ(in_memory.count("slot 599"), 1U);
  EXPECT_EQ(Postings(*Refresh(), "delta", TextField::kPurpose).size(), kLines / 5);
  ASSERT_TRUE(writer_->Commit({{"revision", "1"}}).ok());
  EXPECT_EQ(AllOf(*Refresh(), terms), in_memory);
  writer_.reset();
  Open(false);
  EXPECT_EQ(AllOf(*Refresh(), terms), in_memory);
}

TEST_F(PostingsTest, OneInMemoryTakesThePlaceOfOneInFiles) {
  Open(true);
  ASSERT_TRUE(writer_->Add(DocumentOf("orders", "alpha"), 0, false).ok());
  ASSERT_TRUE(writer_->Add(DocumentOf("refunds", "alpha"), 1, false).ok());
  ASSERT_TRUE(writer_->Commit({{"revision", "1"}}).ok());
  const auto before = Refresh();
  ASSERT_TRUE(writer_->Add(DocumentOf("orders", "beta"), 0, true).ok());
  const auto between = Refresh();
  ASSERT_TRUE(writer_->Add(DocumentOf("orders", "gamma"), 0, true).ok());
  const auto after = Refresh();
  ASSERT_TRUE(writer_->Commit({{"revision", "2"}}).ok());
  const auto committed = Refresh();
  const auto all = {"alpha", "beta", "gamma"};
  const auto found = [&](const PostingsReader& reader) {
    std::vector<std::string> said;
    for (const char* term : all) {
      for (const auto& [slot, count] : Postings(reader, term, TextField::kPurpose)) {
        said.push_back(term + std::to_string(slot));
      }
    }
    return said;
  };
  EXPECT_THAT(found(*before), ElementsAre("alpha0", "alpha1"));
  EXPECT_THAT(found(*between), ElementsAre("alpha1", "beta0"));
  EXPECT_THAT(found(*after), ElementsAre("alpha1", "gamma0"));
  EXPECT_THAT(found(*committed), ElementsAre("alpha1", "gamma0"));
  size_t documents = 0;
  const auto count = [&documents](uint32_t) {
    ++documents;
    return true;
  };
  ASSERT_TRUE(after->ForEachDocument(count).ok());
  ASSERT_TRUE(committed->ForEachDocument(count).ok());
  EXPECT_EQ(documents, 4U);
}

TEST_F(PostingsTest, MuchIsWrittenBeforeItsCommit) {
  Open(true);
  const std::string long_text(size_t{1} << 20U, 'x');
  for (uint32_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(writer_->Add(DocumentOf("p" + std::to_string(i), "alpha " + long_text), i, false).ok());
  }
  const auto reader = Refresh();
  EXPECT_GT(reader->segments().size(), 1U);
  EXPECT_EQ(Postings(*reader, "alpha", TextField::kPurpose).size(), 20U);
}

TEST_F(PostingsTest, ManySmallSegmentsAreMergedInTheBackground) {
  Open(true);
  constexpr uint32_t kLines = 20;
  std::shared_ptr<const PostingsReader> reader;
  for (uint32_t i = 0; i < kLines; ++i) {
    ASSERT_TRUE(writer_->Add(DocumentOf("p" + std::to_string(i), "alpha"), i, false).ok());
    ASSERT_TRUE(writer_->Commit({{"revision", std::to_string(i)}}).ok());
    reader = Refresh();
    ASSERT_EQ(Postings(*reader, "alpha", TextField::kPurpose).size(), i + 1);
  }
  EXPECT_LT(reader->segments().size(), kLines / 2);
  EXPECT_EQ(writer_->merge_fault(), "");
}

}  // namespace
}  // namespace souk::text
