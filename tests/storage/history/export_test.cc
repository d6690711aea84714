// SPDX-License-Identifier: Apache-2.0
// Exports that are not what they should be. Whatever is done to the bytes, none is taken for whole.
#include <memory>
#include <utility>
#include <vector>

#include "storage/history/export_format.h"
#include "storage/history/export_reader.h"
#include "storage/history/export_writer.h"
#include "storage/history/history_check.h"
#include "tests/storage/history/history_fixture.h"

namespace souk::storage::history {
namespace {

using souk::testing::Export;
using souk::testing::SourceOf;

StatusOr<std::vector<LedgerRevision>> ReadAll(const std::string& bytes, size_t piece_bytes = 4096) {
  ExportReader reader(SourceOf(bytes, piece_bytes));
  RETURN_IF_ERROR(reader.Begin().status());
  std::vector<LedgerRevision> all;
  while (true) {
    ASSIGN_OR_RETURN(auto next, reader.Next());
    if (!next) return all;
    all.push_back(*std::move(next));
  }
}

class ExportTest : public HistoryTest {
 protected:
  ExportTest() {
    CommitEverything(*truth_);
    bytes_ = Export(*truth_);
  }

  // Another export, with right checksums.
  template <typename Change>
  static std::string Forge(const Change& change) {
    std::string bytes;
    ExportWriter writer([&bytes](std::string_view piece) {
      bytes += piece;
      return Status::Ok();
    });
    store::v1::ExportHeader header;
    header.set_epoch("0123456789abcdef");
    header.set_revision(9);
    std::vector<LedgerRevision> revisions(2);
    revisions[0].revision = 3;
    revisions[0].time_us = 30;
    revisions[0].writes = {{"a", "1"}, {"b", "2"}};
    revisions[1].revision = 9;
    revisions[1].time_us = 30;
    revisions[1].writes = {{"c", "3"}};
    change(header, revisions);
    EXPECT_TRUE(writer.Begin(header).ok());
    for (const LedgerRevision& revision : revisions) EXPECT_TRUE(writer.Add(revision).ok());
    EXPECT_TRUE(writer.Finish().ok());
    return bytes;
  }

  std::string bytes_;
};

TEST_F(ExportTest, AnExportIsReadAsItWasWrittenHoweverItsBytesArrive) {
  const auto revisions = ReadAll(bytes_);
  ASSERT_TRUE(revisions.ok()) << revisions.status().ToString();
  // One revision left nothing behind that is not newer elsewhere.
  EXPECT_EQ(revisions->size(), truth_->applied() - 1);
  EXPECT_EQ(revisions->back().revision, truth_->applied());
  for (const size_t piece : {1U, 7U, 100'000U}) EXPECT_EQ(ReadAll(bytes_, piece)->size(), revisions->size()) << piece;
}

TEST_F(ExportTest, TheFormatBeginsAsItIsDocumented) {
  EXPECT_EQ(bytes_.substr(0, 14), "souk export 1\n");
  const std::string header = bytes_.substr(14);
  const auto length = static_cast<unsigned char>(header[3]);
  const std::string body = header.substr(kFrameLengthBytes + kFrameDigestBytes, length);
  store::v1::ExportFrame frame;
  ASSERT_TRUE(frame.ParseFromString(body));
  EXPECT_EQ(frame.header().epoch(), truth_->epoch());
  EXPECT_EQ(frame.header().revision(), truth_->applied());
  EXPECT_EQ(header.substr(kFrameLengthBytes, kFrameDigestBytes),
            DigestBuilder().Add("").Add(body).Finish().substr(0, kFrameDigestBytes));
}

TEST_F(ExportTest, AnExportThatEndsAnywhereIsCutOff) {
  for (size_t size = 1; size < bytes_.size(); ++size) {
    const auto read = ReadAll(bytes_.substr(0, size));
    ASSERT_THAT(read, FailsWith(Code::kDataLoss, "EXPORT_CUT_OFF")) << size << " of " << bytes_.size();
    ASSERT_THAT(read.status().message(), ::testing::HasSubstr("byte " + std::to_string(size) + ","));
  }
  EXPECT_THAT(ReadAll(""), FailsWith(Code::kInvalidArgument, "NOT_AN_EXPORT"));
}

TEST_F(ExportTest, AnExportWithAnyByteChangedIsRefused) {
  for (size_t at = 0; at < bytes_.size(); ++at) {
    std::string changed = bytes_;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    const auto read = ReadAll(changed);
    ASSERT_FALSE(read.ok()) << "byte " << at;
    ASSERT_FALSE(read.status().detail().remedy.empty());
  }
}

TEST_F(ExportTest, FramesThatAreLostSwappedOrOfAnotherExportAreNoticed) {
  std::vector<std::pair<size_t, size_t>> frames;  // begin, size
  for (size_t at = 14; at < bytes_.size();) {
    size_t length = 0;
    for (size_t i = 0; i < kFrameLengthBytes; ++i) length = length << 8U | static_cast<unsigned char>(bytes_[at + i]);
    frames.emplace_back(at, kFrameLengthBytes + kFrameDigestBytes + length);
    at += frames.back().second;
  }
  ASSERT_GT(frames.size(), 5U);
  const auto frame = [&](size_t i) { return bytes_.substr(frames[i].first, frames[i].second); };
  const std::string before = bytes_.substr(0, frames[2].first);
  const std::string behind = bytes_.substr(frames[4].first);
  EXPECT_THAT(ReadAll(before + frame(3) + behind), FailsWith(Code::kDataLoss, "EXPORT_DAMAGED"));
  EXPECT_THAT(ReadAll(before + frame(3) + frame(2) + behind), FailsWith(Code::kDataLoss, "EXPORT_DAMAGED"));
  EXPECT_THAT(ReadAll(before + frame(2) + frame(2) + frame(3) + behind), FailsWith(Code::kDataLoss, "EXPORT_DAMAGED"));
  EXPECT_THAT(ReadAll(bytes_ + "x"), FailsWith(Code::kDataLoss, "EXPORT_DAMAGED"));
  EXPECT_TRUE(ReadAll(before + frame(2) + frame(3) + behind).ok());
}

TEST_F(ExportTest, AnotherKindOrVersionOfFileIsCalledThat) {
  for (const std::string& other : {std::string("kind: DataProduct\n"), std::string(1000, '\0'), std::string("souks"),
                                   std::string("souk export x\n"), std::string("souk export 0\n"),
                                   std::string("souk export 1 \n"), std::string("souk export 1000000000\n")}) {
    EXPECT_THAT(ReadAll(other), FailsWith(Code::kInvalidArgument, "NOT_AN_EXPORT")) << other;
  }
  const std::string newer = "souk export 2\n" + bytes_.substr(14);
  EXPECT_THAT(ReadAll(newer), FailsWith(Code::kFailedPrecondition, "EXPORT_TOO_NEW"));
}

TEST_F(ExportTest, WhatNoLedgerWouldHoldIsRefusedThoughTheChecksumsFit) {
  EXPECT_TRUE(ReadAll(Forge([](auto&, auto&) {})).ok());
  const auto damaged = FailsWith(Code::kDataLoss, "EXPORT_DAMAGED");
  EXPECT_THAT(ReadAll(Forge([](auto& header, auto&) { header.set_epoch("a/b"); })), damaged);
  EXPECT_THAT(ReadAll(Forge([](auto& header, auto&) { header.set_epoch(""); })), damaged);
  EXPECT_THAT(ReadAll(Forge([](auto& header, auto&) { header.set_revision(8); })), damaged);
  EXPECT_THAT(ReadAll(Forge([](auto&, auto& revisions) { revisions[1].revision = 3; })), damaged);
  EXPECT_THAT(ReadAll(Forge([](auto&, auto& revisions) { revisions[1].time_us = 29; })), damaged);
  EXPECT_THAT(ReadAll(Forge([](auto&, auto& revisions) { revisions[1].writes.clear(); })), damaged);
  EXPECT_THAT(ReadAll(Forge([](auto&, auto& revisions) { std::swap(revisions[0].writes[0], revisions[0].writes[1]); })),
              damaged);
  EXPECT_THAT(ReadAll(Forge([](auto&, auto& revisions) { revisions[0].writes[1].key = "a"; })), damaged);
  EXPECT_THAT(ReadAll(Forge([](auto&, auto& revisions) { revisions[0].writes[0].key = ""; })), damaged);
  EXPECT_THAT(ReadAll(Forge([](auto&, auto& revisions) { revisions[1].writes[0].key = "import"; })), damaged);
  EXPECT_THAT(ReadAll(Forge([](auto&, auto& revisions) { revisions[1].writes[0].key = std::string(3000, 'c'); })),
              damaged);
}

TEST_F(ExportTest, AHistoryThatDoesNotHoldTogetherIsFoundOut) {
  const std::vector<LedgerRevision> whole = *ReadAll(bytes_);
  const auto check = [](const std::vector<LedgerRevision>& revisions) {
    HistoryCheck check;
    for (const LedgerRevision& revision : revisions) RETURN_IF_ERROR(check.Add(revision).status());
    return check.Finish();
  };
  EXPECT_TRUE(check(whole).ok());
  const auto broken = FailsWith(Code::kDataLoss, "HISTORY_BROKEN");
  for (size_t i = 0; i < whole.size(); ++i) {
    for (size_t j = 0; j < whole[i].writes.size(); ++j) {
      if (whole[i].writes[j].key.starts_with("claim/")) continue;
      auto changed = whole;
      std::string& value = changed[i].writes[j].value;
      value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 1);
      EXPECT_THAT(check(changed), broken) << changed[i].writes[j].key;
      auto missing = whole;
      missing[i].writes.erase(missing[i].writes.begin() + static_cast<std::ptrdiff_t>(j));
      EXPECT_THAT(check(missing), broken) << whole[i].writes[j].key;
    }
  }
}

}  // namespace
}  // namespace souk::storage::history
