// SPDX-License-Identifier: Apache-2.0
// How the methods of the services run: how long they may take, and in which lane. Free functions; thread-safe.
#pragma once

#include <chrono>

#include "server/catalog/reading.h"
#include "server/rpc/edge.h"
#include "server/rpc/lanes.h"
#include "souk/v1/consistency.pb.h"

namespace souk::rpc {

inline constexpr std::chrono::milliseconds kQuick{30'000};  // reads and single writes
inline constexpr std::chrono::milliseconds kLong{600'000};  // batches, verify, rebuild, backup
inline constexpr std::chrono::milliseconds kVeryLong{
    std::chrono::hours(24)};  // a history of millions, written one by one
inline constexpr std::chrono::milliseconds kForever{std::chrono::hours(24 * 365)};  // a watcher may stay

inline bool Waits(const v1::Consistency& consistency) {
  return consistency.level_case() != v1::Consistency::LEVEL_NOT_SET;
}

// A quick read runs at once; one that must wait for a revision, or walk through history, may not hold one of the
// transport's threads.
template <typename Request>
Route QuickRead(const Request& request, Lanes& lanes) {
  return {.lane = Waits(request.consistency()) ? &lanes.waiting_reads : nullptr};
}

// A read of a small lane.
template <typename Request>
Route Read(const Request& request, Lanes& lanes, Lane& lane, const catalog::Backends& parts,
           index::ProjectionRunner* index = nullptr) {
  if (!Waits(request.consistency())) return {.lane = &lane};
  // The request lives until the call is finished, and it is not finished before it has waited.
  const auto wait = [&request, &parts, index](const catalog::CallContext& call) {
    return catalog::AwaitRevision(parts, request.consistency(), call, index);
  };
  return {.lane = &lane, .waiting = &lanes.waiting_reads, .wait = wait};
}

// Calls a handler's member function.
template <typename Object, typename Request, typename Response>
auto To(const Object& object, StatusOr<Response> (Object::*member)(const Request&, const catalog::CallContext&) const) {
  return [&object, member](const Request& request, const catalog::CallContext& call) {
    return (object.*member)(request, call);
  };
}

}  // namespace souk::rpc
