// SPDX-License-Identifier: Apache-2.0
// How every read finds its revision, and how pages are cut. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "server/catalog/backends.h"
#include "souk/v1/consistency.pb.h"

namespace souk::catalog {

// The view that a consistency asks for, after waiting where it says so (up to the call's deadline).
StatusOr<storage::View> ViewFor(const Backends& parts, const v1::Consistency& consistency, const CallContext& call);

// The revision that an index must have reached before it answers; 0 for "whatever it has". AS_OF_UNSUPPORTED for a past
// one.
StatusOr<storage::Revision> RevisionFor(const Backends& parts, const v1::Consistency& consistency,
                                        const CallContext& call, std::string_view method);

// Only the waiting of the two above, so that it can be done before a thread of a small pool is taken: until the store,
// and the index if there is one, reflect what the consistency asks for. Nothing to wait for with none or a past one.
Status AwaitRevision(const Backends& parts, const v1::Consistency& consistency, const CallContext& call,
                     index::ProjectionRunner* index);

// Another node may have told of a revision that this one is about to apply: it is not in the future, but not here yet.
// Waits for it; UNAVAILABLE if it does not come in time, for another node may know it. OK at once where this node is
// the only one.
Status AwaitToldElsewhere(const Backends& parts, storage::Revision revision, Deadline until);

// The revision that a token names: of this history, or what a revision of an imported one has become.
StatusOr<storage::Revision> RevisionOfToken(const Backends& parts, std::string_view token);

// The time by which a wait for a revision must end.
Deadline WaitDeadline(const CallContext& call);
Deadline WaitDeadline(const Clock& clock, Deadline deadline);

std::string Token(const Backends& parts, storage::Revision revision);

// A page token holds a cursor and is bound to the other fields of the request by their digest.
std::string MakePageToken(std::string_view cursor, std::string_view request_digest);
// Empty cursor for an empty token. BAD_PAGE_TOKEN if it is of another request.
StatusOr<std::string> ReadPageToken(std::string_view token, std::string_view request_digest);

// Digest of a request without its page fields, for the two above.
template <typename Request>
std::string RequestDigest(Request request);

// Default for zero, coerced to the most, BAD_PAGE_SIZE for negative (AIP-158).
StatusOr<size_t> PageSize(int32_t asked, int32_t otherwise, int32_t most);

std::string DigestOfMessage(const std::string& serialized);

template <typename Request>
std::string RequestDigest(Request request) {
  request.clear_page_token();
  request.clear_page_size();
  // The type too: two empty requests of different methods look the same.
  return DigestOfMessage(request.GetTypeName() + request.SerializeAsString());
}

}  // namespace souk::catalog
