// SPDX-License-Identifier: Apache-2.0
// What ODPS and ODCS write alike. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "descriptor/fields.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

// Copies text into a field of message, given by its mutable_ accessor. An absent text leaves the field alone: most
// fields of most columns are absent, and protobuf would allocate a string for each.
template <typename Message>
void SetText(Message& message, std::string* (Message::*field)(), std::string_view text) {
  if (!text.empty()) (message.*field)()->assign(text);
}

// The list "tags".
void ReadTags(const Fields& fields, google::protobuf::RepeatedPtrField<std::string>& tags);

// The object "description"; make is called only if there is one.
void ReadDescription(const Fields& fields, const std::function<v1::Description*()>& make);

// "v3.1.0" to its two numbers; false if text is no such version.
bool ParseApiVersion(std::string_view text, uint32_t& major, uint32_t& minor);

}  // namespace souk::descriptor
