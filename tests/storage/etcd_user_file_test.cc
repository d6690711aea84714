// SPDX-License-Identifier: Apache-2.0
// The file that names a user of etcd: what is taken, and what is refused, without a word of what is in it.
#include "storage/etcd/user_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/temp_directory.h"

namespace souk::storage::etcd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class UserFileTest : public ::testing::Test {
 protected:
  StatusOr<User> Read(std::string_view content, mode_t mode = S_IRUSR | S_IWUSR) {
    support::WritePrivateFile(path_, content);
    EXPECT_EQ(chmod(path_.c_str(), mode), 0);
    return ReadUserFile(path_);
  }
  void ExpectRefused(const StatusOr<User>& read, std::string_view problem) {
    ASSERT_FALSE(read.ok()) << problem;
    EXPECT_EQ(read.status().code(), Code::kFailedPrecondition);
    EXPECT_EQ(read.status().reason(), "USER_FILE_UNUSABLE");
    EXPECT_THAT(read.status().message(), StartsWith(path_ + ": "));
    EXPECT_THAT(read.status().message(), HasSubstr(std::string(problem)));
    EXPECT_THAT(read.status().detail().remedy, Not(::testing::IsEmpty()));
    EXPECT_THAT(read.status().ToString() + read.status().detail().remedy, Not(HasSubstr("secret")));
  }

  support::TempDirectory folder_;
  std::string path_ = folder_ / "etcd.user";
};

TEST_F(UserFileTest, IsOneLineOfANameAndAPassword) {
  const struct {
    std::string_view content;
    std::string_view name;
    std::string_view password;
  } kGood[] = {
      {"souk:secret\n", "souk", "secret"},
      {"souk:secret", "souk", "secret"},
      {"souk:with:colons:\n", "souk", "with:colons:"},
      {"s k: spaces count \n", "s k", " spaces count "},
      {"Ж:п\n", "Ж", "п"},
  };
  for (const auto& good : kGood) {
    const auto user = Read(good.content);
    ASSERT_TRUE(user.ok()) << good.content << user.status().ToString();
    EXPECT_EQ(user->name, good.name);
    EXPECT_EQ(user->password, good.password);
  }
}

TEST_F(UserFileTest, AnythingElseIsRefused) {
  const struct {
    std::string content;
    std::string_view problem;
  } kBad[] = {
      {"", "is empty"},
      {"\n", "is empty"},
      {"secret", "has no colon"},
      {":secret\n", "names no user"},
      {"souk:\n", "has no password"},
      {"souk\nsecret\n", "has more than one line"},
      {"souk:secret\n\n", "has more than one line"},
      {"souk:secret\r\n", "control character"},
      {std::string("souk:secret\0\n", 13), "control character"},
      {"souk:" + std::string(5000, 'x'), "far too large"},
      {"M\xfcller:secret\n", "no UTF-8"},
  };
  for (const auto& bad : kBad) ExpectRefused(Read(bad.content), bad.problem);
}

TEST_F(UserFileTest, NobodyButItsOwnerMayReadOrChangeIt) {
  for (const mode_t others : {S_IRGRP, S_IWGRP, S_IROTH, S_IWOTH}) {
    ExpectRefused(Read("souk:secret\n", S_IRUSR | others), "others than its owner");
  }
  EXPECT_TRUE(Read("souk:secret\n", S_IRUSR).ok());
}

struct Entry {
  uint16_t tag;
  uint16_t permissions;
  uint32_t id;
};
constexpr uint16_t kRead = 4;
constexpr uint32_t kNobody = 0xffffffff;
constexpr uint32_t kSomebody = 12345;

// As a service manager gives a secret to a service whose user is made for it: the group bits are the list's mask.
TEST_F(UserFileTest, AnAccessListMayNameUsersWhoReadItAndNoGroups) {
  const Entry owner{1, kRead, kNobody};
  const Entry user{2, kRead, kSomebody};
  const Entry nobody{4, 0, kNobody};  // of its group
  const Entry mask{16, kRead, kNobody};
  const Entry others{32, 0, kNobody};
  const struct {
    std::array<Entry, 6> entries;
    size_t size;
    bool good;
  } kLists[] = {
      {{owner, user, nobody, mask, others}, 5, true},
      {{owner, Entry{4, kRead, kNobody}, mask, others}, 4, false},
      {{owner, user, nobody, Entry{8, kRead, kSomebody}, mask, others}, 6, false},
      {{owner, user, Entry{4, 2, kNobody}, mask, others}, 5, true},  // its mask takes that away
  };
  for (const auto& list : kLists) {
    support::WritePrivateFile(path_, "souk:secret\n");
    std::string bytes = {2, 0, 0, 0};  // the version
    bytes.append(reinterpret_cast<const char*>(list.entries.data()), list.size * sizeof(Entry));
    if (setxattr(path_.c_str(), "system.posix_acl_access", bytes.data(), bytes.size(), 0) != 0) {
      GTEST_SKIP() << "the file system has no access lists";
    }
    struct stat info {};
    ASSERT_EQ(stat(path_.c_str(), &info), 0);
    const size_t number = static_cast<size_t>(&list - kLists);
    EXPECT_EQ(info.st_mode & (S_IRWXG | S_IRWXO), S_IRGRP) << number;
    const auto read = ReadUserFile(path_);
    if (list.good) {
      EXPECT_TRUE(read.ok()) << number << read.status().ToString();
    } else {
      ExpectRefused(read, "others than its owner");
    }
  }
}

TEST_F(UserFileTest, WhatIsNoFileIsRefused) {
  ExpectRefused(ReadUserFile(path_), "No such file");
  ASSERT_EQ(mkdir(path_.c_str(), S_IRWXU), 0);
  ExpectRefused(ReadUserFile(path_), "is no file");
  ASSERT_EQ(rmdir(path_.c_str()), 0);
  ASSERT_EQ(mkfifo(path_.c_str(), S_IRUSR | S_IWUSR), 0);
  ExpectRefused(ReadUserFile(path_), "is no file");
}

}  // namespace
}  // namespace souk::storage::etcd
