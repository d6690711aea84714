// SPDX-License-Identifier: Apache-2.0
// What a client may be told, with the defaults beside their reasons.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/certificates.h"
#include "base/clock.h"
#include "client/lib/backoff.h"
#include "client/lib/cancellation.h"

namespace souk::client {

// Every call has a deadline: a person or a pipeline waits behind it.
inline constexpr std::chrono::milliseconds kCallDeadline{5'000};
// A chunk of a bulk import, or a registration on deploy, may wait behind others.
inline constexpr std::chrono::milliseconds kBulkDeadline{30'000};
// Tries of one call, the first included. A try asks each node at most once.
inline constexpr int kAttemptsMax = 4;
// The first pause between tries, and the longest.
inline constexpr std::chrono::milliseconds kBackoffFirst{100};
inline constexpr std::chrono::milliseconds kBackoffMax{2'000};

struct ClientOptions {
  // "host:port" of the nodes, all of one catalog. A client uses the first that is well, and stays with it; a call that
  // it does not take (UNAVAILABLE) goes to the next.
  std::vector<std::string> addresses = {"127.0.0.1:7070"};
  // Authorities: TLS, and the nodes must show a certificate of theirs. Certificate and key: what we show the nodes,
  // which then record its name as the actor. None: plain text, for nodes on this machine.
  CertificateFiles certificates = {};
  // Begins with a node that chance picks: many clients with the same addresses then share its nodes.
  bool spread = false;
  // For the whole call: all tries and the pauses between them.
  std::chrono::milliseconds deadline = kCallDeadline;
  std::chrono::milliseconds bulk_deadline = kBulkDeadline;
  // Tried again are UNAVAILABLE (the node says that it did not take the call, or could not be reached) and
  // OUTCOME_UNKNOWN (it can't tell what became of a change, which the request id then keeps from being applied twice).
  int attempts_max = kAttemptsMax;
  std::chrono::milliseconds backoff_first = kBackoffFirst;
  std::chrono::milliseconds backoff_max = kBackoffMax;
  // Each read that names no consistency asks for at least the revision of this client's newest write, whichever node
  // answers it.
  bool read_your_writes = true;
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
