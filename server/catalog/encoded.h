// SPDX-License-Identifier: Apache-2.0
// An answer that is partly serialized already: what a handler returns in place of a Response whose greater part was
// sent before and has not changed since. Both parts are serialized messages of the type Response; sent one behind the
// other they are one, because that is how protobuf merges: fields of `rest` are added to those of `shared`, message by
// message, lists behind lists. A value.
#pragma once

#include <string>

#include "storage/change.h"

namespace souk::catalog {

template <typename Response>
struct Encoded {
  storage::SharedBytes shared;  // never null in an answer that is OK
  Response rest;
};

}  // namespace souk::catalog
