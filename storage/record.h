// SPDX-License-Identifier: Apache-2.0
// Makes and reads the records of the ledger: numbering, the hash chain, compression. Pure functions; thread-safe.
#pragma once

#include <memory>
#include <optional>
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

// A record in the pieces that the fold uses. Immutable; shared by all that was made of it.
struct UnpackedRecord {
  store::v1::ChangeRecord record;  // without the model, findings and documents of a registration
  std::string digest;
  // Of a registration: its model and findings, and the same, serialized. Never null.
  std::shared_ptr<const store::v1::LineState> content;
  std::string content_bytes;
};

// Takes a record to pieces. The same whether the record has just been made or was decoded.
std::shared_ptr<const UnpackedRecord> Unpack(store::v1::ChangeRecord record);

// Adds to the transaction: the record as the entity's next (number, previous digest and payload digest are filled in
// from `head`, which is null for a new entity), the entity's new head, and the guard that the head has not changed
// since `seen`. Returns the new head. The write carries the record unpacked, for the fold: so its texts must be UTF-8,
// and nothing may be nested deeper than protobuf reads (descriptor/model_check.h and the edges see to that).
store::v1::EntityHead AppendRecord(Transaction& transaction, store::v1::ChangeRecord record,
                                   const store::v1::EntityHead* head, Revision seen);

// The record of the entity among the transaction's writes; null if there is none, or one that can't be folded.
std::shared_ptr<const UnpackedRecord> RecordIn(const Transaction& transaction, std::string_view entity);

// The head that goes with a record when it is its entity's last.
store::v1::EntityHead HeadOf(const store::v1::ChangeRecord& record);

// A head as it is stored; nothing for bytes that are none.
std::optional<store::v1::EntityHead> DecodeHead(std::string_view bytes);

// Stored form: one format byte, then zstd. DATA_LOSS for bytes that are no record (bounded: a bomb is refused).
std::string EncodeRecord(const store::v1::ChangeRecord& record);
StatusOr<store::v1::ChangeRecord> DecodeRecord(std::string_view bytes);

// Quoted etag of a line or entity, from the digest of its last record.
std::string EtagOf(std::string_view record_digest);

}  // namespace souk::storage
