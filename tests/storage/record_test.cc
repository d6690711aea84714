// SPDX-License-Identifier: Apache-2.0
// Records: the chain, what digests cover, and that only records are taken for records.
#include "storage/record.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <string>

#include "base/limits.h"
#include "storage/ledger_keys.h"
#include "tests/support/records.h"

namespace souk::storage {
namespace {

using souk::testing::DomainRecord;
using souk::testing::RegistrationRecord;
using souk::testing::SimpleModel;
using souk::testing::StateRecord;
using souk::testing::TeamRecord;

store::v1::ChangeRecord WithDocument() {
  store::v1::ChangeRecord record = RegistrationRecord(SimpleModel("sales", "orders"));
  v1::Document& document = *record.mutable_registration()->add_documents();
  document.set_path("product.odps.yaml");
  document.set_content("name: orders\n");
  return record;
}

TEST(RecordTest, WhatTravelsWithAWriteIsWhatItsBytesDecodeTo) {
  store::v1::ChangeRecord full = WithDocument();
  full.set_reason("why");
  full.mutable_registration()->add_findings()->set_rule("owner-required");
  for (const store::v1::ChangeRecord& record :
       {full, StateRecord({"sales", "orders", 1}, v1::PRODUCT_STATE_RETIRED, 7), DomainRecord("sales", "sales-team"),
        TeamRecord("sales-team"), store::v1::ChangeRecord()}) {
    Transaction transaction;
    AppendRecord(transaction, record, nullptr, 0);
    const LedgerWrite& write = transaction.writes[0];
    ASSERT_TRUE(write.unpacked);
    const auto decoded = Unpack(*DecodeRecord(write.value));
    EXPECT_EQ(write.unpacked->record.SerializeAsString(), decoded->record.SerializeAsString());
    EXPECT_EQ(write.unpacked->content->SerializeAsString(), decoded->content->SerializeAsString());
    EXPECT_EQ(write.unpacked->content_bytes, decoded->content_bytes);
    EXPECT_EQ(write.unpacked->digest, decoded->digest);
    EXPECT_FALSE(write.unpacked->record.registration().has_model());
    EXPECT_EQ(write.unpacked->record.registration().documents_size(), 0);
  }
}

TEST(RecordTest, NothingTravelsThatCouldNotBeDecoded) {
  store::v1::ChangeRecord record = WithDocument();
  record.mutable_registration()->mutable_documents(0)->set_content(std::string(limits::kRecordBytesMax, ' '));
  Transaction transaction;
  AppendRecord(transaction, record, nullptr, 0);
  EXPECT_FALSE(transaction.writes[0].unpacked);
  EXPECT_FALSE(DecodeRecord(transaction.writes[0].value).ok());
}

TEST(RecordTest, AppendingMakesAChain) {
  Transaction first;
  const auto head = AppendRecord(first, WithDocument(), nullptr, 0);
  ASSERT_EQ(first.guards.size(), 1U);
  EXPECT_EQ(first.guards[0].key, HeadKey("domains/sales/products/orders/lines/1"));
  EXPECT_EQ(first.guards[0].unchanged_since, 0U);
  ASSERT_EQ(first.writes.size(), 2U);
  EXPECT_EQ(first.writes[0].key, RecordKey("domains/sales/products/orders/lines/1", 1));
  const auto record = DecodeRecord(first.writes[0].value);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(first.writes[0].value, EncodeRecord(*record));
  EXPECT_EQ(record->number(), 1U);
  EXPECT_EQ(record->previous_digest(), "");
  EXPECT_EQ(record->payload_digest(), PayloadDigest(*record));
  EXPECT_EQ(head.number(), 1U);
  EXPECT_EQ(head.digest(), RecordDigest(*record));
  EXPECT_FALSE(head.tombstone());

  Transaction second;
  const auto end = AppendRecord(second, StateRecord({"sales", "orders", 1}, v1::PRODUCT_STATE_RETIRED), &head, 7);
  EXPECT_EQ(second.guards[0].unchanged_since, 7U);
  EXPECT_EQ(DecodeRecord(second.writes[0].value)->previous_digest(), head.digest());
  EXPECT_EQ(end.number(), 2U);
  EXPECT_TRUE(end.tombstone());
  store::v1::EntityHead stored;
  ASSERT_TRUE(stored.ParseFromString(second.writes[1].value));
  EXPECT_EQ(stored.digest(), end.digest());
}

TEST(RecordTest, TheDigestCoversEveryFieldButThePayload) {
  const store::v1::ChangeRecord record = WithDocument();
  const std::string digest = RecordDigest(record);
  EXPECT_EQ(digest.size(), 32U);
  const auto* descriptor = store::v1::ChangeRecord::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    if (field->containing_oneof() != nullptr) continue;
    store::v1::ChangeRecord changed = record;
    const auto* reflection = changed.GetReflection();
    switch (field->cpp_type()) {
      case google::protobuf::FieldDescriptor::CPPTYPE_STRING:
        reflection->SetString(&changed, field, "changed");
        break;
      case google::protobuf::FieldDescriptor::CPPTYPE_UINT64:
        reflection->SetUInt64(&changed, field, 99);
        break;
      case google::protobuf::FieldDescriptor::CPPTYPE_INT64:
        reflection->SetInt64(&changed, field, 99);
        break;
      case google::protobuf::FieldDescriptor::CPPTYPE_BOOL:
        reflection->SetBool(&changed, field, true);
        break;
      default:
        FAIL() << "a new kind of field: " << field->name();
    }
    EXPECT_NE(RecordDigest(changed), digest) << field->name() << " is not covered";
  }
  store::v1::ChangeRecord without = record;
  without.clear_registration();
  EXPECT_EQ(RecordDigest(without), digest);
}

TEST(RecordTest, OriginalBytesCanBeRedacted) {
  const store::v1::ChangeRecord record = WithDocument();
  store::v1::ChangeRecord redacted = record;
  redacted.mutable_registration()->clear_documents();
  EXPECT_EQ(PayloadDigest(redacted), PayloadDigest(record));
  redacted.mutable_registration()->mutable_model()->set_name("another");
  EXPECT_NE(PayloadDigest(redacted), PayloadDigest(record));
  redacted = record;
  redacted.mutable_registration()->set_uid("another");  // behind the documents in the bytes
  EXPECT_NE(PayloadDigest(redacted), PayloadDigest(record));
}

TEST(RecordTest, EqualPayloadsHaveEqualDigestsWhateverTheOrderOfAMap) {
  store::v1::ChangeRecord one = WithDocument();
  store::v1::ChangeRecord two = one;
  auto& fields_one =
      *one.mutable_registration()->mutable_model()->mutable_contracts(0)->add_servers()->mutable_fields();
  auto& fields_two =
      *two.mutable_registration()->mutable_model()->mutable_contracts(0)->add_servers()->mutable_fields();
  for (int i = 0; i < 50; ++i) fields_one["key" + std::to_string(i)] = "v";
  for (int i = 50; i-- > 0;) fields_two["key" + std::to_string(i)] = "v";
  EXPECT_EQ(PayloadDigest(one), PayloadDigest(two));
  EXPECT_EQ(EncodeRecord(one), EncodeRecord(two));
}

TEST(RecordTest, EncodedRecordsComeBack) {
  const store::v1::ChangeRecord record = WithDocument();
  const auto decoded = DecodeRecord(EncodeRecord(record));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->SerializeAsString(), record.SerializeAsString());
  EXPECT_TRUE(DecodeRecord(EncodeRecord(store::v1::ChangeRecord())).ok());
}

TEST(RecordTest, FieldsOfNewerVersionsSurvive) {
  store::v1::ChangeRecord record = WithDocument();
  record.GetReflection()->MutableUnknownFields(&record)->AddVarint(1000, 5);
  const auto decoded = DecodeRecord(EncodeRecord(record));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->GetReflection()->GetUnknownFields(*decoded).field_count(), 1);
}

TEST(RecordTest, OtherBytesAreNoRecords) {
  const std::string good = EncodeRecord(WithDocument());
  EXPECT_EQ(DecodeRecord("").status().code(), Code::kDataLoss);
  EXPECT_EQ(DecodeRecord("\x01").status().code(), Code::kDataLoss);
  EXPECT_EQ(DecodeRecord("\x02" + good.substr(1)).status().code(), Code::kDataLoss);
  EXPECT_EQ(DecodeRecord(good + "x").status().code(), Code::kDataLoss);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(DecodeRecord(std::string_view(good).substr(0, size)).ok()) << size;
  }
}

TEST(RecordTest, ABombIsRefusedBeforeItGoesOff) {
  const std::string zeros(limits::kRecordBytesMax + 1, '\0');
  std::string bomb(1 + ZSTD_compressBound(zeros.size()), '\x01');
  bomb.resize(1 + ZSTD_compress(bomb.data() + 1, bomb.size() - 1, zeros.data(), zeros.size(), 1));
  EXPECT_LT(bomb.size(), zeros.size() / 1000);
  EXPECT_EQ(DecodeRecord(bomb).status().code(), Code::kDataLoss);
}

TEST(RecordTest, AnEtagIsQuotedAndFollowsTheDigest) {
  const std::string digest = RecordDigest(WithDocument());
  const std::string etag = EtagOf(digest);
  EXPECT_EQ(etag.size(), 18U);
  EXPECT_EQ(etag.front(), '"');
  EXPECT_EQ(etag.back(), '"');
  EXPECT_NE(etag, EtagOf(RecordDigest(StateRecord({"sales", "orders", 1}, v1::PRODUCT_STATE_DRAFT))));
}

}  // namespace
}  // namespace souk::storage
