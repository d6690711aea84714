// SPDX-License-Identifier: Apache-2.0
// Columns by their path. A pure function; thread-safe.
#pragma once

#include <string_view>

#include "souk/v1/product.pb.h"

namespace souk::ownership {

// True if one of the properties is the column at that path ("customer.address.city"), by its own name or by the
// physical one at each step; the items of a list have no name of their own.
bool HasColumn(const google::protobuf::RepeatedPtrField<v1::SchemaProperty>& properties, std::string_view path);

}  // namespace souk::ownership
