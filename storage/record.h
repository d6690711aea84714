// SPDX-License-Identifier: Apache-2.0
// Makes and reads the records of the ledger: numbering, the hash chain, compression. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "souk/store/v1/records.pb.h"
#include "storage/ledger.h"

namespace souk::storage {

// SHA-256 over every field but the payload, which is covered by payload_digest and content_digest.
std::string RecordDigest(const store::v1::ChangeRecord& record);
// Digest of the payload without its original documents; deterministic serialization.
std::string PayloadDigest(const store::v1::ChangeRecord& record);

// Adds to the transaction: the record as the entity's next (number, previous digest and payload digest are filled in
// from `head`, which is null for a new entity), the entity's new head, and the guard that the head has not changed
// since `seen`. Returns the new head.
store::v1::EntityHead AppendRecord(Transaction& transaction, store::v1::ChangeRecord& record,
                                   const store::v1::EntityHead* head, Revision seen);
inline store::v1::EntityHead AppendRecord(Transaction& transaction, store::v1::ChangeRecord&& record,
                                          const store::v1::EntityHead* head, Revision seen) {
  return AppendRecord(transaction, record, head, seen);
}

// Stored form: one format byte, then zstd. DATA_LOSS for bytes that are no record (bounded: a bomb is refused).
std::string EncodeRecord(const store::v1::ChangeRecord& record);
StatusOr<store::v1::ChangeRecord> DecodeRecord(std::string_view bytes);

// Quoted etag of a line or entity, from the digest of its last record.
std::string EtagOf(std::string_view record_digest);

}  // namespace souk::storage
