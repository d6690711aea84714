// SPDX-License-Identifier: Apache-2.0
#include "base/random_id.h"

#include <random>

#include "base/digest.h"

namespace souk {
namespace {

constexpr size_t kIdBytes = 8;

}  // namespace

std::string RandomId() {
  std::random_device random;
  std::string bytes;
  while (bytes.size() < kIdBytes) bytes += static_cast<char>(random());
  return Hex(bytes);
}

}  // namespace souk
