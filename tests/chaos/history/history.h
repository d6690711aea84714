// SPDX-License-Identifier: Apache-2.0
// What clients of a cluster did and were told, and what the nodes tell in the end. Plain values.
//
// Every write has a mark of its own, by which it is found again: a registration its version, a change of state its
// reason. So what became of a write whose answer was lost can be told, and a write that was applied twice is seen.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace souk::chaos {

// A revision as a number. The clients of a test may look into the token.
using Revision = uint64_t;
// Microseconds of one monotonic clock, the same for all clients.
using Moment = int64_t;
inline constexpr Moment kNever = std::numeric_limits<Moment>::max();

enum class Outcome {
  kOk,
  kFailed,   // certainly not written; for a read: refused
  kUnknown,  // the answer was lost
};

enum class Kind { kRegister, kSetState, kRetire, kGet, kSearch, kOwner, kLineage };
inline bool IsWrite(Kind kind) { return kind <= Kind::kRetire; }

// What a read asks for.
enum class Level { kAny, kToken, kLatest };

// What a read saw of a line; what it does not tell is left out.
struct Seen {
  std::string version = {};
  std::string state = {};
  std::optional<uint64_t> number = {};    // of the change within the line
  std::optional<Revision> changed = {};   // revision of that change
  std::optional<std::string> owner = {};  // as registered
  std::optional<std::string> reads = {};  // contracts, in order, one space between them
};

struct Operation {
  Kind kind = Kind::kGet;
  std::string line = {};
  std::string where = {};  // for people: client and node
  int node = -1;           // that alone was asked; -1: any
  Moment invoked = 0;
  Moment returned = kNever;
  Outcome outcome = Outcome::kUnknown;
  std::string error = {};
  Revision revision = 0;  // of the change that a write made; that a read reflects
  // Tried again with its request id after the answer was lost.
  bool repeated = false;

  // Writes.
  std::string mark = {};
  std::string owner = {};                      // of a registration
  std::string reads = {};                      // the same
  std::optional<uint64_t> number = {};         // told as its place within the line
  std::optional<uint64_t> stands_on = {};      // it carried the etag of this change
  std::optional<bool> changed = std::nullopt;  // told: something was written

  // Reads.
  Level level = Level::kAny;
  Revision token = 0;
  std::optional<Seen> seen = {};  // nothing: there is no such line
};

// One accepted change of a line, as a node tells it.
struct Change {
  Revision revision = 0;
  std::string line = {};
  uint64_t number = 0;
  std::string action = {};
  std::string version = {};
  std::string state = {};
  std::string reason = {};
  // Only in the history of a line; the feed does not tell them.
  std::string digest = {};
  std::string previous = {};

  bool operator==(const Change&) const = default;
};

// One message of a feed of changes: a whole revision, or a mark that says how far it is.
struct Told {
  Revision revision = 0;
  bool mark = false;
  std::vector<Change> changes = {};
};

// What one reader was told after a revision, in the order in which it came, through however many nodes.
struct Stream {
  std::string reader = {};
  Revision after = 0;
  std::vector<Told> told = {};
};

// What one node tells in the end: every change of every line of this history.
struct Account {
  std::string node = {};
  std::vector<Change> changes = {};
};

struct History {
  std::vector<Operation> operations = {};
  std::vector<Stream> streams = {};
  std::vector<Account> accounts = {};  // at least one
};

}  // namespace souk::chaos
