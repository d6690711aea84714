// SPDX-License-Identifier: Apache-2.0
// SHA-256, the digest of documents, records and verdicts. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace souk {

// 32 raw bytes.
std::string Sha256(std::string_view bytes);

// Lower-case hexadecimal of any bytes.
std::string Hex(std::string_view bytes);

// Feeds fields one by one, each with its length in front, so that no two field lists share a digest.
class DigestBuilder {
 public:
  DigestBuilder();
  ~DigestBuilder();
  DigestBuilder(const DigestBuilder&) = delete;
  DigestBuilder& operator=(const DigestBuilder&) = delete;

  DigestBuilder& Add(std::string_view field);
  DigestBuilder& Add(uint64_t number);
  // 32 raw bytes; the builder is used up.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace souk
