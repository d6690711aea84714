// SPDX-License-Identifier: Apache-2.0
#include "storage/record.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/wire_format_lite.h>
#include <zstd.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "base/errors.h"
#include "base/limits.h"
#include "base/owned.h"
#include "storage/ledger_keys.h"

namespace souk::storage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::StringOutputStream;

// First byte of a stored record. On disk: add, never reuse.
constexpr char kFormatZstd = 1;
// Level 3 costs twice the time of level 1 for a tenth of the space.
constexpr int kCompressionLevel = 1;
constexpr size_t kEtagHexDigits = 16;
constexpr size_t kPayloadHeaderBytesMax = 16;  // tag and length

// One compressor a thread: making one costs more than compressing a record.
ZSTD_CCtx* Compressor() {
  thread_local const Owned<ZSTD_CCtx, ZSTD_freeCCtx> context(ZSTD_createCCtx());
  return context.get();
}

ZSTD_DCtx* Decompressor() {
  thread_local const Owned<ZSTD_DCtx, ZSTD_freeDCtx> context(ZSTD_createDCtx());
  return context.get();
}

// Maps are written in key order, so that equal messages have equal bytes.
std::string Serialize(const Message& message) {
  std::string out;
  out.reserve(message.ByteSizeLong());
  StringOutputStream stream(&out);
  CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&coded);  // the sizes were found for the reservation
  coded.Trim();
  return out;
}

// Of the payload; null if there is none.
const FieldDescriptor* PayloadField(const store::v1::ChangeRecord& record) {
  return store::v1::ChangeRecord::descriptor()->FindFieldByNumber(record.payload_case());
}

// Calls visit(number, bytes, bytes behind the tag) with every field of a serialized message, up to a damaged one.
template <typename Visit>
void ForEachField(std::string_view message, const Visit& visit) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()), static_cast<int>(message.size()));
  while (true) {
    const auto begin = static_cast<size_t>(in.CurrentPosition());
    const uint32_t tag = in.ReadTag();
    const auto behind_tag = static_cast<size_t>(in.CurrentPosition());
    if (tag == 0 || !WireFormatLite::SkipField(&in, tag)) return;
    const auto end = static_cast<size_t>(in.CurrentPosition());
    visit(WireFormatLite::GetTagFieldNumber(tag), message.substr(begin, end - begin),
          message.substr(behind_tag, end - behind_tag));
  }
}

// Of a registration the documents are left out: what serializing a copy without them would give, without the copy.
std::string WithoutDocuments(const std::string& registration) {
  std::string out;
  out.reserve(registration.size());
  ForEachField(registration, [&out](int number, std::string_view field, std::string_view /*behind_tag*/) {
    if (number != store::v1::Registration::kDocumentsFieldNumber) out += field;
  });
  return out;
}

// What a line's state with the model and the findings of a serialized registration is serialized to: both messages
// have these two, under other numbers.
std::string ContentOf(const std::string& registration) {
  std::string out;
  out.reserve(registration.size());
  StringOutputStream stream(&out);
  CodedOutputStream coded(&stream);
  ForEachField(registration, [&coded](int number, std::string_view /*field*/, std::string_view behind_tag) {
    int there = 0;
    if (number == store::v1::Registration::kModelFieldNumber) there = store::v1::LineState::kModelFieldNumber;
    if (number == store::v1::Registration::kFindingsFieldNumber) there = store::v1::LineState::kFindingsFieldNumber;
    if (there == 0) return;
    WireFormatLite::WriteTag(there, WireFormatLite::WIRETYPE_LENGTH_DELIMITED, &coded);
    coded.WriteRaw(behind_tag.data(), static_cast<int>(behind_tag.size()));
  });
  coded.Trim();
  return out;
}

// `payload`: the record's payload, serialized.
std::string DigestOfPayload(const store::v1::ChangeRecord& record, const std::string& payload) {
  DigestBuilder digest;
  digest.Add(static_cast<uint64_t>(record.payload_case()));
  return digest.Add(record.has_registration() ? WithoutDocuments(payload) : payload).Finish();
}

std::string SerializePayload(const store::v1::ChangeRecord& record) {
  const FieldDescriptor* field = PayloadField(record);
  return field == nullptr ? std::string()
                          : Serialize(store::v1::ChangeRecord::GetReflection()->GetMessage(record, field));
}

std::string Compress(const std::string& bytes) {
  std::string out(1 + ZSTD_compressBound(bytes.size()), kFormatZstd);
  const size_t size =
      ZSTD_compressCCtx(Compressor(), out.data() + 1, out.size() - 1, bytes.data(), bytes.size(), kCompressionLevel);
  if (ZSTD_isError(size) != 0) std::abort();  // the bound was given: only a lack of memory is left
  out.resize(1 + size);
  return out;
}

// What Serialize(record) gives where the payload, which is nearly all of it, is serialized already.
std::string SerializeAround(store::v1::ChangeRecord& record, const std::string& payload) {
  const FieldDescriptor* field = PayloadField(record);
  if (field == nullptr) return Serialize(record);
  Message* taken_out = store::v1::ChangeRecord::GetReflection()->UnsafeArenaReleaseMessage(&record, field);
  std::string out = Serialize(record);
  store::v1::ChangeRecord::GetReflection()->UnsafeArenaSetAllocatedMessage(&record, taken_out, field);
  // Behind the rest: its field has the highest number of all.
  out.reserve(out.size() + kPayloadHeaderBytesMax + payload.size());
  StringOutputStream stream(&out);
  CodedOutputStream coded(&stream);
  WireFormatLite::WriteTag(field->number(), WireFormatLite::WIRETYPE_LENGTH_DELIMITED, &coded);
  coded.WriteVarint32(static_cast<uint32_t>(payload.size()));
  coded.WriteString(payload);
  coded.Trim();
  return out;
}

bool EndsEntity(const store::v1::ChangeRecord& record) {
  return record.has_state_change() && record.state_change().state() == souk::v1::PRODUCT_STATE_RETIRED;
}

// Everything but the serialized content.
std::shared_ptr<UnpackedRecord> TakeToPieces(store::v1::ChangeRecord record) {
  auto unpacked = std::make_shared<UnpackedRecord>();
  unpacked->digest = RecordDigest(record);
  auto content = std::make_shared<store::v1::LineState>();
  if (record.has_registration()) {
    store::v1::Registration& registration = *record.mutable_registration();
    if (registration.has_model()) content->set_allocated_model(registration.release_model());
    content->mutable_findings()->Swap(registration.mutable_findings());
    registration.clear_documents();
  }
  unpacked->content = std::move(content);
  unpacked->record = std::move(record);
  return unpacked;
}

}  // namespace

std::string RecordDigest(const store::v1::ChangeRecord& record) {
  DigestBuilder digest;
  digest.Add("souk.store.v1.ChangeRecord").Add(record.entity()).Add(record.number()).Add(record.previous_digest());
  digest.Add(static_cast<uint64_t>(record.time_us())).Add(record.actor());
  digest.Add(uint64_t{record.actor_verified() ? 1U : 0U}).Add(record.request_id()).Add(record.reason());
  digest.Add(record.content_digest()).Add(record.payload_digest());
  return digest.Finish();
}

std::string PayloadDigest(const store::v1::ChangeRecord& record) {
  return DigestOfPayload(record, SerializePayload(record));
}

std::shared_ptr<const UnpackedRecord> Unpack(store::v1::ChangeRecord record) {
  std::shared_ptr<UnpackedRecord> unpacked = TakeToPieces(std::move(record));
  unpacked->content_bytes = Serialize(*unpacked->content);
  return unpacked;
}

store::v1::EntityHead AppendRecord(Transaction& transaction, store::v1::ChangeRecord record,
                                   const store::v1::EntityHead* head, Revision seen) {
  const std::string payload = SerializePayload(record);
  record.set_number(head == nullptr ? 1 : head->number() + 1);
  record.set_previous_digest(head == nullptr ? std::string() : head->digest());
  record.set_payload_digest(DigestOfPayload(record, payload));

  const std::string head_key = HeadKey(record.entity());
  const std::string plain = SerializeAround(record, payload);
  LedgerWrite write{RecordKey(record.entity(), record.number()), Compress(plain)};
  const bool registration = record.has_registration();
  std::shared_ptr<UnpackedRecord> unpacked = TakeToPieces(std::move(record));
  if (registration) unpacked->content_bytes = ContentOf(payload);  // of a model, serialized once for all

  // What a newer node keeps in a head, and this one does not know, is kept.
  store::v1::EntityHead next = head == nullptr ? store::v1::EntityHead() : *head;
  next.set_number(unpacked->record.number());
  next.set_digest(unpacked->digest);
  next.set_tombstone(EndsEntity(unpacked->record));

  // What nobody could decode must not be folded here either.
  if (plain.size() <= limits::kRecordBytesMax) write.unpacked = std::move(unpacked);
  transaction.guards.push_back({head_key, "", seen});
  transaction.writes.push_back(std::move(write));
  transaction.writes.push_back({head_key, next.SerializeAsString()});
  return next;
}

std::shared_ptr<const UnpackedRecord> RecordIn(const Transaction& transaction, std::string_view entity) {
  for (const LedgerWrite& write : transaction.writes) {
    if (write.unpacked != nullptr && write.unpacked->record.entity() == entity) return write.unpacked;
  }
  return nullptr;
}

store::v1::EntityHead HeadOf(const store::v1::ChangeRecord& record) {
  store::v1::EntityHead head;
  head.set_number(record.number());
  head.set_digest(RecordDigest(record));
  head.set_tombstone(EndsEntity(record));
  return head;
}

std::optional<store::v1::EntityHead> DecodeHead(std::string_view bytes) {
  std::optional<store::v1::EntityHead> head;
  const bool parsed = head.emplace().ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!parsed || head->number() == 0) head.reset();
  return head;
}

std::string EncodeRecord(const store::v1::ChangeRecord& record) { return Compress(Serialize(record)); }

StatusOr<store::v1::ChangeRecord> DecodeRecord(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != kFormatZstd) return errors::DataLoss("a stored record has an unknown format");
  bytes.remove_prefix(1);
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  // Unknown and error are huge numbers. The size is checked before anything is allocated for it.
  if (size > limits::kRecordBytesMax) return errors::DataLoss("a stored record is damaged or too large");
  std::string plain(size, '\0');
  const size_t got = ZSTD_decompressDCtx(Decompressor(), plain.data(), plain.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) != 0 || got != plain.size()) return errors::DataLoss("a stored record can't be decompressed");
  store::v1::ChangeRecord record;
  if (!record.ParseFromString(plain)) return errors::DataLoss("a stored record can't be read");
  return record;
}

std::string EtagOf(std::string_view record_digest) {
  return "\"" + Hex(record_digest).substr(0, kEtagHexDigits) + "\"";
}

}  // namespace souk::storage
