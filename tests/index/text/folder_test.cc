// SPDX-License-Identifier: Apache-2.0
#include "index/text/folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "index/checksum.h"
#include "index/files.h"
#include "tests/support/temp_dir.h"

namespace souk::text {
namespace {

TEST(Checksum, AgreesWithThePublishedVectors) {
  EXPECT_EQ(index::Checksum64(""), 0xef46db3751d8e999U);
  EXPECT_EQ(index::Checksum64("a"), 0xd24ec4f1a98c6e5bU);
  EXPECT_EQ(index::Checksum64("abc"), 0x44bc2cf5ad770999U);
  EXPECT_EQ(index::Checksum64("Nobody inspects the spammish repetition"), 0xfbcea83c8a378bf1U);
}

TEST(Checksum, OfAFileIsThatOfItsBytes) {
  const testing::TempDir directory;
  for (const size_t size : {0UL, 1UL, 31UL, 32UL, 262'143UL, 262'144UL, 262'145UL, 1'000'003UL}) {
    std::string bytes(size, 'x');
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 255);
    std::ofstream(directory / "file", std::ios::binary) << bytes;
    const auto checksum = index::ChecksumFile(directory / "file");
    ASSERT_TRUE(checksum.ok());
    EXPECT_EQ(checksum->size, size);
    EXPECT_EQ(checksum->checksum, index::Checksum64(bytes)) << size;
  }
  EXPECT_EQ(index::ChecksumFile(directory / "absent").status().code(), Code::kUnavailable);
}

Manifest Sample() {
  Manifest manifest;
  manifest.revision = 42;
  manifest.schema = 1;
  manifest.documents = 7;
  manifest.epoch = "an epoch";
  manifest.files["_0.fdt"] = {123, 0xabcdef0123456789U};
  manifest.files["segments_2"] = {9, 1};
  return manifest;
}

TEST(Manifest, SurvivesItsFile) {
  const testing::TempDir directory;
  for (const std::string epoch : {"an epoch", ""}) {
    Manifest manifest = Sample();
    manifest.epoch = epoch;
    ASSERT_TRUE(WriteManifest(directory.path(), manifest).ok());
    const auto read = ReadManifest(directory.path());
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(read->revision, manifest.revision);
    EXPECT_EQ(read->documents, manifest.documents);
    EXPECT_EQ(read->epoch, manifest.epoch);
    EXPECT_EQ(read->files, manifest.files);
  }
}

TEST(Manifest, AnyDamageIsSeen) {
  const testing::TempDir directory;
  ASSERT_TRUE(WriteManifest(directory.path(), Sample()).ok());
  const auto path = directory / "MANIFEST";
  const auto sound = index::ReadWholeFile(path);
  ASSERT_TRUE(sound.ok());
  for (size_t i = 0; i < sound->size(); ++i) {
    std::string damaged = *sound;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    ASSERT_TRUE(index::WriteFileAtomically(path, damaged).ok());
    EXPECT_FALSE(ReadManifest(directory.path()).ok()) << i;
  }
  for (size_t size = 0; size < sound->size(); ++size) {
    ASSERT_TRUE(index::WriteFileAtomically(path, sound->substr(0, size)).ok());
    EXPECT_FALSE(ReadManifest(directory.path()).ok()) << size;
  }
}

TEST(Manifest, FindsFilesThatDiffer) {
  const testing::TempDir directory;
  Manifest manifest;
  for (const std::string name : {"same", "longer", "other", "gone"}) {
    ASSERT_TRUE(index::WriteFileAtomically(directory / name, "content").ok());
    manifest.files[name] = *index::ChecksumFile(directory / name);
  }
  EXPECT_TRUE(CheckFiles(directory.path(), manifest).empty());
  ASSERT_TRUE(index::WriteFileAtomically(directory / "longer", "content and more").ok());
  ASSERT_TRUE(index::WriteFileAtomically(directory / "other", "Content").ok());
  std::filesystem::remove(directory / "gone");
  const auto faults = CheckFiles(directory.path(), manifest);
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_EQ(faults[0].subject, "gone");
  EXPECT_EQ(faults[1].subject, "longer");
  EXPECT_EQ(faults[2].subject, "other");
}

TEST(Folder, GoesWithItsLastHolderOnceDoomed) {
  const testing::TempDir directory;
  const auto path = directory / "gen-1";
  std::filesystem::create_directory(path);
  { const Folder kept(path); }
  EXPECT_TRUE(std::filesystem::exists(path));
  auto folder = std::make_shared<Folder>(path);
  const auto reader = folder;
  folder->Doom();
  folder.reset();
  EXPECT_TRUE(std::filesystem::exists(path));
  const_cast<std::shared_ptr<Folder>&>(reader).reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace souk::text
