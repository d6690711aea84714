// SPDX-License-Identifier: Apache-2.0
// What a client may be told, with the defaults beside their reasons.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "client/lib/backoff.h"
#include "client/lib/cancellation.h"

namespace souk::client {

// Every call has a deadline: a person or a pipeline waits behind it.
inline constexpr std::chrono::milliseconds kCallDeadline{5'000};
// A chunk of a bulk import, or a registration on deploy, may wait behind others.
inline constexpr std::chrono::milliseconds kBulkDeadline{30'000};
// Tries of one call, the first included.
inline constexpr int kAttemptsMax = 4;
// The first pause between tries, and the longest.
inline constexpr std::chrono::milliseconds kBackoffFirst{100};
inline constexpr std::chrono::milliseconds kBackoffMax{2'000};

struct ClientOptions {
  // "host:port" of the nodes. A call that one node does not take (UNAVAILABLE) goes to the next.
  std::vector<std::string> addresses = {"127.0.0.1:7070"};
  std::chrono::milliseconds deadline = kCallDeadline;
  std::chrono::milliseconds bulk_deadline = kBulkDeadline;
  // Only UNAVAILABLE is tried again: the node says that it did not take the call, or could not be reached.
  int attempts_max = kAttemptsMax;
  std::chrono::milliseconds backoff_first = kBackoffFirst;
  std::chrono::milliseconds backoff_max = kBackoffMax;
  // True: each read that names no consistency asks for at least the revision of this client's newest write.
  bool read_your_writes = false;
  // Who the caller says it is, recorded as the actor of its changes; empty: the node takes its own user.
  std::string actor = {};
  // The program that calls, for the node's log.
  std::string user_agent = "souk-client-cpp";
  // For tests. Null: the machine's clock; the pause that a cancellation can end.
  const Clock* clock = nullptr;
  Random random = {};
  std::function<void(std::chrono::milliseconds)> pause = {};
};

// For one call.
struct CallOptions {
  // Zero means the client's.
  std::chrono::milliseconds deadline{0};
  // Zero means the client's.
  int attempts_max = 0;
  // Ends the call with CANCELLED. May be null.
  Cancellation* cancellation = nullptr;
};

}  // namespace souk::client
