// SPDX-License-Identifier: Apache-2.0
// How every write commits: look at one view, plan a transaction with guards, commit; if a guard moved, look again, a
// bounded number of times; if the outcome is unknown, find it out. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "server/catalog/backends.h"
#include "souk/store/v1/records.pb.h"

namespace souk::catalog {

// Plans against one view. An empty transaction (no writes) means that nothing needs to be written.
using Planner = std::function<StatusOr<storage::Transaction>(const storage::View& view)>;

struct Written {
  storage::Revision revision = 0;  // of the commit, or of the view where nothing was written
  bool changed = false;
};

// False: written, but this node's store does not show it yet. Nobody may take that for "not written".
bool IsShown(const Backends& parts, const Written& written);

// Where it is written, waits for this node's store to show it, bounded as VisibleUntil() says.
// ABORTED after limits::kCommitAttemptsMax tries; UNKNOWN if the outcome can't be found out.
StatusOr<Written> CommitPlan(const Backends& parts, const CallContext& call, std::string_view what,
                             const Planner& plan);

// Commits each transaction for itself, all at once, and waits for the store as above. Results in their order: the
// revision, or ABORTED where a guard moved or the ledger lost the write (look again); UNKNOWN if the outcome can't be
// found out.
std::vector<StatusOr<storage::Revision>> CommitEach(const Backends& parts, Deadline deadline, std::string_view what,
                                                    std::vector<storage::Transaction> transactions);

// The tries of one write that ended with ABORTED.
class Tries {
 public:
  void Add(const Status& aborted);
  bool enough() const;
  // What the caller is told when they are enough: ABORTED (CONCURRENT_CHANGE). Where it was the ledger that lost the
  // write, at least once, guards move for that reason too: then RESOURCE_EXHAUSTED (NOT_WRITABLE), or UNAVAILABLE
  // (LEDGER_UNREACHABLE) if it is elsewhere.
  Status Verdict(const Backends& parts, std::string_view what) const;

 private:
  int count_ = 0;
  bool lost_ = false;
};

// Waits until the deadline for this node's indexes to show the revision; returns the names of those that don't. A store
// that does not show it has had its time: then nothing does, and nobody waits.
std::vector<std::string> NotVisibleIn(const Backends& parts, storage::Revision revision, Deadline until);
// Until when a call whose write is committed now waits for that: so that the answer still comes in time.
Deadline VisibleUntil(const CallContext& call);

// A record of this call, with who, when and why; the payload is for the caller to set.
store::v1::ChangeRecord NewRecord(const Backends& parts, const CallContext& call, const std::string& entity,
                                  const std::string& request_id, const std::string& reason);

// Head of an entity at a view's revision; nothing if there is none.
StatusOr<std::optional<store::v1::EntityHead>> HeadOf(const storage::View& view, const std::string& entity);

// Reuse of a request id. `content` is the digest of what was asked.
struct EarlierRequest {
  std::string entity;
  storage::Revision revision = 0;
};
// The earlier request with that id, nothing if there was none, REQUEST_ID_REUSED if it asked for something else.
StatusOr<std::optional<EarlierRequest>> FindEarlier(const storage::View& view, const CallContext& call,
                                                    const std::string& request_id, std::string_view content);
// Adds the mark (and its guard) to the transaction; nothing for an empty id.
void MarkRequest(storage::Transaction& transaction, const CallContext& call, const std::string& request_id,
                 std::string_view content, const std::string& entity, storage::Revision seen, int64_t now_us);

}  // namespace souk::catalog
