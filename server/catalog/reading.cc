// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/reading.h"

#include <algorithm>
#include <chrono>

#include "base/digest.h"
#include "base/errors.h"
#include "base/limits.h"
#include "server/catalog/messages.h"

namespace souk::catalog {
namespace {

const AllowAll kEverything;

constexpr size_t kDigestPrefixBytes = 8;  // enough to notice another request; a token grants no rights

StatusOr<storage::Revision> Barrier(const Backends& parts, const CallContext& call) {
  ASSIGN_OR_RETURN(const storage::Revision head, parts.store.ledger().Head(WaitDeadline(call)));
  return head;
}

std::string FromHex(std::string_view text) {
  std::string out;
  const auto nibble = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = nibble(text[i]);
    const int low = nibble(text[i + 1]);
    if (high < 0 || low < 0) return {};
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace

Deadline WaitDeadline(const Clock& clock, Deadline deadline) {
  return std::min(deadline, clock.Monotonic() + std::chrono::milliseconds(limits::kConsistencyWaitMsMax));
}

Deadline WaitDeadline(const CallContext& call) { return WaitDeadline(*call.clock, call.deadline); }

Status AwaitToldElsewhere(const Backends& parts, storage::Revision revision, Deadline until) {
  return parts.store.follows() ? parts.store.WaitApplied(revision, until) : Status::Ok();
}

StatusOr<storage::Revision> RevisionOfToken(const Backends& parts, std::string_view token) {
  StatusOr<storage::Revision> own = ParseRevisionToken(token, parts.store.epoch());
  if (own.status().code() != Code::kFailedPrecondition) return own;
  const std::string_view epoch = token.substr(token.find('-') + 1);
  ASSIGN_OR_RETURN(const storage::Revision there, ParseRevisionToken(token, epoch));
  ASSIGN_OR_RETURN(const auto here, parts.store.Current(kEverything).ImportedAs(epoch, there));
  return here ? StatusOr<storage::Revision>(*here) : std::move(own);
}

StatusOr<storage::View> ViewFor(const Backends& parts, const v1::Consistency& consistency, const CallContext& call) {
  storage::Store& store = parts.store;
  switch (consistency.level_case()) {
    case v1::Consistency::LEVEL_NOT_SET:
      break;
    case v1::Consistency::kMinRevision: {
      ASSIGN_OR_RETURN(const auto revision, RevisionOfToken(parts, consistency.min_revision()));
      RETURN_IF_ERROR(store.WaitApplied(revision, WaitDeadline(call)));
      break;
    }
    case v1::Consistency::kLatest: {
      if (!consistency.latest()) break;
      ASSIGN_OR_RETURN(const auto revision, Barrier(parts, call));
      RETURN_IF_ERROR(store.WaitApplied(revision, WaitDeadline(call)));
      break;
    }
    case v1::Consistency::kAsOfRevision: {
      ASSIGN_OR_RETURN(const auto revision, RevisionOfToken(parts, consistency.as_of_revision()));
      RETURN_IF_ERROR(AwaitToldElsewhere(parts, revision, WaitDeadline(call)));
      return store.At(revision, *call.visibility);
    }
    case v1::Consistency::kAsOfTime: {
      ASSIGN_OR_RETURN(const int64_t time_us, MicrosOf(consistency.as_of_time(), "as_of_time"));
      ASSIGN_OR_RETURN(const auto revision, store.RevisionAt(time_us));
      return store.At(revision, *call.visibility);
    }
  }
  return store.Current(*call.visibility);
}

StatusOr<storage::Revision> RevisionFor(const Backends& parts, const v1::Consistency& consistency,
                                        const CallContext& call, std::string_view method) {
  switch (consistency.level_case()) {
    case v1::Consistency::kMinRevision:
      return RevisionOfToken(parts, consistency.min_revision());
    case v1::Consistency::kLatest:
      if (consistency.latest()) return Barrier(parts, call);
      return storage::Revision{0};
    case v1::Consistency::kAsOfRevision:
    case v1::Consistency::kAsOfTime:
      return errors::AsOfUnsupported(method);
    case v1::Consistency::LEVEL_NOT_SET:
      break;
  }
  return storage::Revision{0};
}

Status AwaitRevision(const Backends& parts, const v1::Consistency& consistency, const CallContext& call,
                     index::ProjectionRunner* index) {
  const bool past = consistency.has_as_of_revision() || consistency.has_as_of_time();
  if (past) return Status::Ok();
  ASSIGN_OR_RETURN(const storage::Revision revision, RevisionFor(parts, consistency, call, ""));
  if (revision == 0) return Status::Ok();
  RETURN_IF_ERROR(parts.store.WaitApplied(revision, WaitDeadline(call)));
  return index == nullptr ? Status::Ok() : index->WaitApplied(revision, WaitDeadline(call));
}

std::string Token(const Backends& parts, storage::Revision revision) {
  return RevisionToken(revision, parts.store.epoch());
}

std::string MakePageToken(std::string_view cursor, std::string_view request_digest) {
  return Hex(request_digest) + Hex(cursor);
}

StatusOr<std::string> ReadPageToken(std::string_view token, std::string_view request_digest) {
  if (token.empty()) return std::string();
  const std::string want = Hex(request_digest);
  if (token.size() <= want.size() || token.substr(0, want.size()) != want) return errors::BadPageToken();
  std::string cursor = FromHex(token.substr(want.size()));
  if (cursor.empty()) return errors::BadPageToken();
  return cursor;
}

std::string DigestOfMessage(const std::string& serialized) { return Sha256(serialized).substr(0, kDigestPrefixBytes); }

StatusOr<size_t> PageSize(int32_t asked, int32_t otherwise, int32_t most) {
  if (asked < 0) return errors::BadPageSize(asked);
  return static_cast<size_t>(std::min(asked == 0 ? otherwise : asked, most));
}

}  // namespace souk::catalog
