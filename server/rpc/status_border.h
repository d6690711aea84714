// SPDX-License-Identifier: Apache-2.0
// The one border between our Status and gRPC's. Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "base/status.h"

namespace souk::rpc {

// Bytes of details that any gRPC client takes: its metadata limit is 8 KiB unless it says otherwise, some count the
// details in base64, and the message stands beside them once more.
inline constexpr size_t kDetailBytesDefault = 5 * 1024;
// Room for everything but findings.
inline constexpr size_t kDetailBytesLeast = 1024;
// Bytes that a client may ask for with the metadata "souk-error-bytes-max".
inline constexpr size_t kDetailBytesMax = 512 * 1024;

// Serialized google.rpc.Status with ErrorInfo (remedy in its metadata), RetryInfo, FindingList, BadRequest; never more
// than bytes_max (of at least kDetailBytesLeast). Long texts are cut; findings that don't fit are counted in the
// metadata "findings_omitted".
std::string DetailsOf(const Status& status, size_t bytes_max);

// The message, cut so that it leaves the details their room.
std::string MessageOf(const Status& status, size_t bytes_max);

}  // namespace souk::rpc
