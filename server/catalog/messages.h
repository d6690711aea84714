// SPDX-License-Identifier: Apache-2.0
// Stored state to API messages, and findings to error details. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "google/protobuf/timestamp.pb.h"
#include "server/catalog/backends.h"
#include "souk/store/v1/records.pb.h"
#include "souk/v1/finding.pb.h"
#include "souk/v1/product.pb.h"

namespace souk::catalog {

google::protobuf::Timestamp TimeOf(int64_t time_us);
// INVALID_ARGUMENT, naming the field, for what is no time of the years 1 to 9999.
StatusOr<int64_t> MicrosOf(const google::protobuf::Timestamp& time, std::string_view field);

// Without documents.
v1::Product ProductOf(const Backends& parts, const store::v1::LineState& line);
// The same, serialized as that field of an answer, without a copy of the model between, or without the model.
std::string EncodedProduct(const Backends& parts, const store::v1::LineState& line, int field, bool with_model = true);
v1::Domain DomainOf(const store::v1::EntityState& state);
v1::Team TeamOf(const store::v1::EntityState& state);

std::vector<Violation> ViolationsOf(const google::protobuf::RepeatedPtrField<v1::Finding>& findings);
std::vector<Violation> ViolationsOf(const std::vector<v1::Finding>& findings);
v1::Finding FindingOf(const Violation& violation);

}  // namespace souk::catalog
