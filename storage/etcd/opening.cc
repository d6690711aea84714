// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/opening.h"

#include <array>
#include <charconv>
#include <tuple>
#include <utility>

#include "base/errors.h"
#include "base/random_id.h"
#include "souk/store/v1/etcd.pb.h"

namespace souk::storage::etcd {
namespace {

using Version = std::tuple<int, int, int>;

Version ParseVersion(std::string_view text) {
  std::array<int, 3> parts{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (int& part : parts) {
    at = std::from_chars(at, end, part).ptr;
    if (at != end) ++at;
  }
  return {parts[0], parts[1], parts[2]};
}

}  // namespace

bool IsSoundVersion(std::string_view version) {
  const Version parsed = ParseVersion(version);
  // Before these a member that crashes, or a leader that changes, may lose what was acknowledged.
  const bool old = parsed < Version{3, 4, 22};
  const bool early_35 = parsed >= Version{3, 5, 0} && parsed < Version{3, 5, 6};
  return !old && !early_35;
}

Status CheckVersion(Client& client, const Clock& clock, Deadline deadline) {
  const auto silent = [](const Status& status) {
    return status.code() == Code::kUnavailable && status.reason() != kRefused;
  };
  auto told = client.Status(deadline);
  while (silent(told.status()) && clock.Monotonic() < deadline) told = client.Status(deadline);
  ASSIGN_OR_RETURN(const etcdserverpb::StatusResponse status, std::move(told));
  if (IsSoundVersion(status.version())) return Status::Ok();
  ErrorDetail detail;
  detail.reason = "ETCD_TOO_OLD";
  detail.remedy = "Use the newest etcd 3.5 or 3.6; 3.4.22 is the oldest that is taken.";
  detail.metadata.emplace_back("version", status.version());
  return {Code::kFailedPrecondition, "etcd " + status.version() + " is known to lose data", std::move(detail)};
}

StatusOr<std::string> FindOrMakeEpoch(Client& client, const KeySpace& keys, Deadline deadline) {
  etcdserverpb::RangeRequest find;
  find.set_key(keys.epoch());
  while (true) {
    ASSIGN_OR_RETURN(const etcdserverpb::RangeResponse found, client.Range(find, deadline));
    if (found.kvs_size() > 0) return found.kvs(0).value();
    etcdserverpb::TxnRequest make;
    etcdserverpb::Compare& absent = *make.add_compare();
    absent.set_target(etcdserverpb::Compare::VERSION);
    absent.set_key(keys.epoch());
    absent.set_version(0);
    etcdserverpb::PutRequest& put = *make.add_success()->mutable_request_put();
    put.set_key(keys.epoch());
    put.set_value(RandomId());
    // A transaction that writes nothing: from the first moment on there is a revision to start from.
    store::v1::EtcdTransaction first;
    first.add_write_ids("epoch");
    etcdserverpb::PutRequest& seq = *make.add_success()->mutable_request_put();
    seq.set_key(keys.seq());
    seq.set_value(first.SerializeAsString());
    // Whether it was this one, another node's or is not known: the next look tells.
    const auto made = client.Txns({make}, deadline);
    if (!made.front().ok() && made.front().status().code() != Code::kUnknown) return made.front().status();
  }
}

}  // namespace souk::storage::etcd
