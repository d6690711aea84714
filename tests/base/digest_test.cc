// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <gtest/gtest.h>

#include <set>

namespace souk {
namespace {

// FIPS 180-4 examples.
TEST(DigestTest, KnownAnswers) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(Hex(std::string_view("\x00\xff\x10", 3)), "00ff10");
}

TEST(DigestTest, FieldsDoNotRunTogether) {
  std::set<std::string> digests;
  digests.insert(DigestBuilder().Add("ab").Add("c").Finish());
  digests.insert(DigestBuilder().Add("a").Add("bc").Finish());
  digests.insert(DigestBuilder().Add("abc").Finish());
  digests.insert(DigestBuilder().Add("abc").Add("").Finish());
  digests.insert(DigestBuilder().Add("").Add("abc").Finish());
  digests.insert(DigestBuilder().Finish());
  EXPECT_EQ(digests.size(), 6U);
  EXPECT_EQ(DigestBuilder().Add("x").Add(uint64_t{7}).Finish(), DigestBuilder().Add("x").Add(uint64_t{7}).Finish());
}

// A stored digest must not change: eight bytes of length, low first, then the bytes.
TEST(DigestTest, TheLayoutIsFixed) {
  EXPECT_EQ(DigestBuilder().Add("abc").Finish(), Sha256(std::string("\x03\0\0\0\0\0\0\0abc", 11)));
  EXPECT_EQ(DigestBuilder().Add(uint64_t{258}).Finish(), Sha256(std::string("\x02\x01\0\0\0\0\0\0", 8)));
}

}  // namespace
}  // namespace souk
