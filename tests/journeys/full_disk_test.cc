// SPDX-License-Identifier: Apache-2.0
// The journey of an operator whose disk runs full: writes are refused with a clear word, reads go on, and once there is
// room again so do the writes.
#include <random>

#include "tests/journeys/journey.h"
#include "tests/support/small_disk.h"

namespace souk::journeys {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint64_t kMegabyte = 1024 * 1024;
// The store wants room for its write buffer before it trusts a disk again.
constexpr uint64_t kDiskBytes = 192 * kMegabyte;
// Too little for the store to reserve space for its log in advance, which would put off the moment of truth.
constexpr uint64_t kRoomAtStart = 24 * kMegabyte;
constexpr int kWritesMax = 500;
constexpr std::chrono::seconds kRecoveryMax{60};

class FullDisk : public Journey {
 protected:
  // A product whose text does not compress well.
  static Sample Bulky(int number) {
    std::mt19937_64 random(static_cast<uint64_t>(number));
    Sample sample{.domain = "full", .name = "Bulky " + std::to_string(number)};
    for (int i = 0; i < 1000; ++i) sample.purpose += " " + std::to_string(random());
    return sample;
  }

  // Registers until it is refused; returns what was acknowledged.
  static std::vector<Sample> RegisterUntilRefused() {
    std::vector<Sample> acknowledged;
    for (int i = 0; i < kWritesMax; ++i) {
      const Sample sample = Bulky(i);
      const auto answer = client().RegisterProduct(support::RegistrationOf(sample));
      if (answer.ok()) acknowledged.push_back(sample);
      if (answer.ok() || answer.status().reason() == "OUTCOME_UNKNOWN") continue;  // honest, but not yet clear
      EXPECT_THAT(answer, FailsWith(Code::kResourceExhausted, "NOT_WRITABLE"));
      EXPECT_THAT(answer.status().detail().remedy, Not(IsEmpty()));
      return acknowledged;
    }
    ADD_FAILURE() << "the disk is full and " << kWritesMax << " writes were taken";
    return acknowledged;
  }

  static void ExpectReadsGoOn(const std::vector<Sample>& acknowledged) {
    const v1::GetStatusResponse status = Must(client().GetStatus({}));
    EXPECT_FALSE(status.writable());
    EXPECT_THAT(status.not_writable_reason(), Not(IsEmpty()));
    EXPECT_THAT(Souk({"admin", "status"}), ExitsWith(0));
    for (const Sample& sample : acknowledged) EXPECT_TRUE(Get(sample.line()).ok());
    EXPECT_THAT(Lines(Souk({"search", "early", "-o", "id"}).out), ::testing::Contains("full.early.v1"));
  }

  // By itself, without a new start: the write is taken, and a search finds it.
  static void ExpectWritesComeBack(const Sample& sample) {
    const auto until = std::chrono::steady_clock::now() + kRecoveryMax;
    Status last;
    while (std::chrono::steady_clock::now() < until) {
      const auto taken = client().RegisterProduct(support::RegistrationOf(sample));
      last = taken.status();
      if (!taken.ok()) continue;
      v1::SearchRequest request;
      request.set_query(sample.name);
      const auto found = client().Search(request);  // at this client's newest write
      last = found.status();
      if (found.ok() && found->hits_size() > 0 && found->hits(0).id() == sample.id()) return;
    }
    ADD_FAILURE() << "there is room again, and the node does not recover: " << last.ToString();
  }
};

TEST_F(FullDisk, WritesAreRefusedReadsGoOnAndWithRoomItRecoversByItself) {
  const auto disk = support::SmallDisk::Make(kDiskBytes);
  if (!disk.ok()) GTEST_SKIP() << "needs a small disk of its own: " << disk.status().message();
  Must((*disk)->Fill(kRoomAtStart));
  StopNode();
  StartOn((*disk)->path() / "data");
  Register({.domain = "full", .name = "Early"});

  Must((*disk)->Fill(0));
  std::vector<Sample> acknowledged = RegisterUntilRefused();
  ExpectReadsGoOn(acknowledged);

  (*disk)->Empty();
  acknowledged.push_back({.domain = "full", .name = "Late"});
  ExpectWritesComeBack(acknowledged.back());
  node().Kill();
  StartAgain();
  for (const Sample& sample : acknowledged) ExpectThere(sample);
  ExpectSound();
  StopNode();
  StartOn(Folder("elsewhere") / "data");  // the small disk goes with this test
}

}  // namespace
}  // namespace souk::journeys
