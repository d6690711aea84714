// SPDX-License-Identifier: Apache-2.0
// Registers any number of bundles: in chunks, with several streams in flight, holding only those chunks in memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

#include "base/status.h"
#include "client/lib/client.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::client {

struct BulkOptions {
  // Items of one stream: large enough that a chunk's answer waits once for its visibility, small enough that the
  // progress is seen and that a retry repeats little.
  size_t chunk_items = 128;
  // Bytes of one stream's bundles, for the same reasons.
  size_t chunk_bytes = 4 * 1024 * 1024;
  // Streams in flight: the node commits what comes together in one group.
  int streams = 4;
  // Waits for a node that has no room (RESOURCE_EXHAUSTED with a retry hint) before the chunk counts as failed.
  int overload_waits_max = 20;
  Cancellation* cancellation = nullptr;
};

// The next item, or nothing at the end. Called by one thread at a time.
using BulkSource = std::function<std::optional<v1::RegisterProductRequest>()>;
// What became of an item; result.index is its place in the source, from 0. Where a chunk's call failed, `call` is its
// error, and each of its items carries that code, reason and message. Called by one thread at a time, in any order of
// items.
using BulkSink = std::function<void(const v1::RegisterProductRequest& item, const v1::BatchRegisterResult& result,
                                    const Status& call)>;

struct BulkOutcome {
  bool visible = true;   // search and lineage of the node show all accepted items
  std::string revision;  // covers all accepted items, or is empty
};

// Every item that is taken from the source reaches the sink. After an UNAVAILABLE chunk (its tries used up) the rest is
// not sent any more, and gets that status: a pipeline must not wait for each of ten thousand items. After a
// cancellation nothing more is taken; what was taken and not sent is CANCELLED, and what was on its way is UNKNOWN
// (OUTCOME_UNKNOWN): the node may have registered it.
BulkOutcome RegisterInBulk(Client& client, const BulkSource& source, const BulkSink& sink, const BulkOptions& options);

}  // namespace souk::client
