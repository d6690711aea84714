// SPDX-License-Identifier: Apache-2.0
#include "index/checksum.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "base/errors.h"

namespace souk::index {
namespace {

constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87;
constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4F;
constexpr uint64_t kPrime3 = 0x165667B19E3779F9;
constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63;
constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5;
constexpr size_t kStripeBytes = 32;
constexpr size_t kReadBytes = size_t{256} * 1024;  // a multiple of the stripe

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

uint64_t Round(uint64_t lane, uint64_t input) { return std::rotl(lane + input * kPrime2, 31) * kPrime1; }

// Four lanes over whole stripes, then the tail.
class Hasher {
 public:
  explicit Hasher(uint64_t seed)
      : seed_(seed), lanes_{seed + kPrime1 + kPrime2, seed + kPrime2, seed, seed - kPrime1} {}

  // Any number of bytes in the last call, whole stripes before.
  void Add(std::string_view bytes) {
    size_ += bytes.size();
    while (bytes.size() >= kStripeBytes) {
      for (size_t i = 0; i < lanes_.size(); ++i) {
        lanes_[i] = Round(lanes_[i], Load<uint64_t>(bytes.data() + i * sizeof(uint64_t)));
      }
      bytes.remove_prefix(kStripeBytes);
    }
    tail_ = bytes;
  }

  uint64_t Finish() {
    uint64_t hash = size_ >= kStripeBytes ? Merge() : seed_ + kPrime5;
    hash += size_;
    while (tail_.size() >= sizeof(uint64_t)) {
      hash = std::rotl(hash ^ Round(0, Load<uint64_t>(tail_.data())), 27) * kPrime1 + kPrime4;
      tail_.remove_prefix(sizeof(uint64_t));
    }
    if (tail_.size() >= sizeof(uint32_t)) {
      hash = std::rotl(hash ^ (Load<uint32_t>(tail_.data()) * kPrime1), 23) * kPrime2 + kPrime3;
      tail_.remove_prefix(sizeof(uint32_t));
    }
    for (const char c : tail_) hash = std::rotl(hash ^ (static_cast<unsigned char>(c) * kPrime5), 11) * kPrime1;
    hash = (hash ^ (hash >> 33U)) * kPrime2;
    hash = (hash ^ (hash >> 29U)) * kPrime3;
    return hash ^ (hash >> 32U);
  }

 private:
  uint64_t Merge() const {
    uint64_t hash =
        std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) + std::rotl(lanes_[3], 18);
    for (const uint64_t lane : lanes_) hash = (hash ^ Round(0, lane)) * kPrime1 + kPrime4;
    return hash;
  }

  uint64_t seed_;
  std::array<uint64_t, 4> lanes_;
  uint64_t size_ = 0;
  std::string_view tail_;
};

Status CantRead(const std::filesystem::path& path, int error) {
  return {Code::kUnavailable, "can't read " + path.string() + ": " + std::strerror(error)};
}

// Fills the buffer unless the file ends before; negative on an error.
ssize_t ReadFully(int file, std::vector<char>& buffer) {
  size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t got = read(file, buffer.data() + filled, buffer.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return got;
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(filled);
}

}  // namespace

uint64_t Checksum64(std::string_view bytes, uint64_t seed) {
  Hasher hasher(seed);
  hasher.Add(bytes);
  return hasher.Finish();
}

StatusOr<FileChecksum> ChecksumFile(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return CantRead(path, errno);
  std::vector<char> buffer(kReadBytes);
  Hasher hasher(0);
  FileChecksum result;
  while (true) {
    const ssize_t got = ReadFully(file, buffer);
    if (got < 0) {
      const Status status = CantRead(path, errno);
      close(file);
      return status;
    }
    result.size += static_cast<uint64_t>(got);
    if (got == 0 && result.size != 0) break;
    hasher.Add(std::string_view(buffer.data(), static_cast<size_t>(got)));
    if (static_cast<size_t>(got) < buffer.size()) break;
  }
  close(file);
  result.checksum = hasher.Finish();
  return result;
}

}  // namespace souk::index
