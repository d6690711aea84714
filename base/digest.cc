// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace souk {
namespace {
constexpr size_t kDigestBytes = 32;

// A failing SHA-256 means that memory ran out or OpenSSL is broken: nothing sensible can follow.
void Must(int result) {
  if (result != 1) std::abort();
}

// Looked up once: EVP_sha256() is looked up again at each use, which takes longer than to digest a short text.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Must(algorithm != nullptr ? 1 : 0);
  return algorithm;
}
}  // namespace

struct DigestBuilder::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

std::string Sha256(std::string_view bytes) {
  std::string out(kDigestBytes, '\0');
  Must(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr, Algorithm(),
                  nullptr));
  return out;
}

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4U]);
    out.push_back(kDigits[byte & 0xFU]);
  }
  return out;
}

DigestBuilder::DigestBuilder() : state_(std::make_unique<State>()) {
  Must(EVP_DigestInit_ex(state_->context, Algorithm(), nullptr));
}
DigestBuilder::~DigestBuilder() = default;

DigestBuilder& DigestBuilder::Add(std::string_view field) {
  Add(static_cast<uint64_t>(field.size()));
  Must(EVP_DigestUpdate(state_->context, field.data(), field.size()));
  return *this;
}

DigestBuilder& DigestBuilder::Add(uint64_t number) {
  std::array<unsigned char, sizeof(number)> bytes{};
  for (size_t i = 0; i < bytes.size(); ++i) bytes.at(i) = static_cast<unsigned char>(number >> (8 * i));
  Must(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
  return *this;
}

std::string DigestBuilder::Finish() {
  std::string out(kDigestBytes, '\0');
  Must(EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(out.data()), nullptr));
  return out;
}

}  // namespace souk
