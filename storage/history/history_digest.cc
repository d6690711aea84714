// SPDX-License-Identifier: Apache-2.0
#include "storage/history/history_digest.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "storage/ledger_keys.h"

namespace souk::storage::history {
namespace {

// Maps in key order, so that equal states have equal bytes.
template <typename State>
bool AddState(State state, DigestBuilder& digest) {
  state.clear_revision();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    state.SerializeToCodedStream(&coded);
  }
  digest.Add(bytes);
  return true;
}

}  // namespace

void HistoryDigest::Add(const LedgerRevision& revision) {
  ++revisions_;
  writes_ += revision.writes.size();
  for (const LedgerWrite& write : revision.writes) {
    if (ParseRecordKey(write.key)) ++records_;
    if (IsImportMark(write.key)) continue;
    digest_.Add(static_cast<uint64_t>(revision.time_us)).Add(write.key).Add(write.value);
  }
}

StatusOr<std::string> DigestOfHistory(const View& view) {
  HistoryDigest digest;
  RETURN_IF_ERROR(view.ForEachRevision([&digest](const LedgerRevision& revision) {
    digest.Add(revision);
    return Status::Ok();
  }));
  return digest.Finish();
}

StatusOr<std::string> DigestOfState(const View& view) {
  DigestBuilder digest;
  const auto add = [&digest](const auto& state) { return AddState(state, digest); };
  RETURN_IF_ERROR(view.ForEachLine("", "", add));
  RETURN_IF_ERROR(view.ForEachDomain("", add));
  RETURN_IF_ERROR(view.ForEachTeam("", add));
  return digest.Finish();
}

}  // namespace souk::storage::history
