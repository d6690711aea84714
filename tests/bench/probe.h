// SPDX-License-Identifier: Apache-2.0
// A product that one search finds and no other: how the rows ask when a write can be found. Free functions;
// thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "base/status.h"
#include "client/lib/client.h"

namespace souk::bench {

// A word that nothing else has: "zq" and letters.
std::string WordOf(size_t number);

// Whether a search for the word, which asks for no consistency of its own, finds that product.
StatusOr<bool> Finds(client::Client& client, const std::string& word, const std::string& name);

}  // namespace souk::bench
