// SPDX-License-Identifier: Apache-2.0
// What the writer and the reader of exports share; drawn in souk/store/v1/export.proto. On disks of others: a change is
// a new version. Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace souk::storage::history {

inline constexpr std::string_view kExportKind = "souk export ";
inline constexpr uint32_t kExportVersion = 1;
inline constexpr size_t kFrameLengthBytes = 4;
inline constexpr size_t kFrameDigestBytes = 8;
// Body of a frame: the bytes of a transaction, with room for what a ledger puts together. Stops a length that is
// damaged.
inline constexpr size_t kFrameBytesMax = size_t{4} * 1024 * 1024;

// The chain's digest behind a frame.
inline std::string NextInChain(std::string_view chain, std::string_view body) {
  return DigestBuilder().Add(chain).Add(body).Finish();
}

}  // namespace souk::storage::history
