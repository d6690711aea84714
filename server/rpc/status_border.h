// SPDX-License-Identifier: Apache-2.0
// The one border between our Status and gRPC's. Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "base/status.h"

namespace souk::rpc {

// Bytes of details that any gRPC client takes (its metadata limit is 8 KiB unless it says otherwise).
inline constexpr size_t kDetailBytesDefault = 6 * 1024;
// Bytes that a client may ask for with the metadata "souk-error-bytes-max".
inline constexpr size_t kDetailBytesMax = 512 * 1024;

// Serialized google.rpc.Status with ErrorInfo (remedy in its metadata), RetryInfo, FindingList, BadRequest. Findings
// that don't fit are counted in the metadata "findings_omitted".
std::string DetailsOf(const Status& status, size_t bytes_max);

}  // namespace souk::rpc
