// SPDX-License-Identifier: Apache-2.0
// What ODPS and ODCS write alike. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "descriptor/fields.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

// The list "tags".
void ReadTags(const Fields& fields, google::protobuf::RepeatedPtrField<std::string>& tags);

// The object "description"; make is called only if there is one.
void ReadDescription(const Fields& fields, const std::function<v1::Description*()>& make);

// "v3.1.0" to its two numbers; false if text is no such version.
bool ParseApiVersion(std::string_view text, uint32_t& major, uint32_t& minor);

}  // namespace souk::descriptor
