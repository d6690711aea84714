// SPDX-License-Identifier: Apache-2.0
// A node's error as it came over the wire, back into our Status: reason, remedy and metadata from ErrorInfo, findings
// from souk.v1.FindingList (or BadRequest), the retry hint from RetryInfo. Pure functions; any bytes may be given:
// details that can't be read are left out.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "souk/v1/finding.pb.h"

namespace souk::client {

// `details` is the serialized google.rpc.Status of the trailer grpc-status-details-bin; it may be empty.
Status DecodeError(Code code, std::string message, std::string_view details);

// A finding as the violation that errors carry, and back.
Violation ToViolation(const v1::Finding& finding);
v1::Finding ToFinding(const Violation& violation);

}  // namespace souk::client
