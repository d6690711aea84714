// SPDX-License-Identifier: Apache-2.0
// Stored records, rows and ledger keys from arbitrary bytes: what decodes is folded or set aside, and comes back the
// same when it is encoded and decoded again.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "souk/store/v1/records.pb.h"
#include "storage/fold.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"
#include "storage/rows.h"

namespace {

using souk::storage::PrepareRecords;
namespace store = souk::store::v1;

void Must(bool holds) {
  if (!holds) std::abort();
}

class MemoryRows final : public souk::storage::RowAccess {
 public:
  souk::StatusOr<std::optional<std::string>> Get(std::string_view key) override {
    const auto it = rows_.find(std::string(key));
    return it == rows_.end() ? std::optional<std::string>() : std::optional<std::string>(it->second);
  }
  void Put(std::string_view key, std::string_view value) override { rows_[std::string(key)] = value; }
  void Delete(std::string_view key) override { rows_.erase(std::string(key)); }

 private:
  std::map<std::string, std::string> rows_;
};

void FoldTwice(const std::string& key, const std::string& value) {
  MemoryRows rows;
  store::AppliedState totals;
  for (souk::storage::Revision revision = 1; revision <= 2; ++revision) {
    souk::storage::Change change;
    change.revision = revision;
    Must(FoldRevision(PrepareRecords({{key, value}}), rows, totals, change).ok());
  }
  // The second time it is no longer the entity's next.
  if (souk::storage::ParseRecordKey(key)) Must(totals.quarantined() >= 1 && totals.live_lines() <= 1);
}

void CheckRecord(const store::ChangeRecord& record) {
  const std::string bytes = souk::storage::EncodeRecord(record);
  const auto again = souk::storage::DecodeRecord(bytes);
  Must(again.ok());
  Must(souk::storage::RecordDigest(*again) == souk::storage::RecordDigest(record));
  Must(souk::storage::PayloadDigest(*again) == souk::storage::PayloadDigest(record));
  FoldTwice(souk::storage::RecordKey(record.entity(), record.number()), bytes);
  FoldTwice(souk::storage::RecordKey("domains/d/products/p/lines/1", 1), bytes);
}

void CheckRows(std::string_view bytes, const std::string& text) {
  namespace rows = souk::storage::rows;
  if (const auto line = rows::ParseLine(bytes)) Must(rows::Line(*line).substr(1) == bytes);
  (void)rows::ParseAssetLine(bytes);
  (void)rows::ParseRevision(bytes);
  (void)rows::ParseInvertedRevision(bytes);
  (void)rows::ParseTimeRevision(bytes);
  if (const auto stamped = rows::ParseStamped(bytes)) Must(rows::Stamp(stamped->modified, stamped->value) == bytes);
  const souk::LineName line{"d", "p", 1};
  Must(rows::ParseAssetLine(rows::AssetRow(text, text, line)) == line);
  const std::string prefix = rows::IdPrefix(rows::kProducers, text);
  Must(rows::ParseLine(rows::IdRow(rows::kProducers, text, line).substr(prefix.size())) == line);
  if (const auto key = souk::storage::ParseRecordKey(bytes)) {
    Must(souk::storage::RecordKey(key->entity, key->number) == bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CheckRows(text, text);
  if (const auto record = souk::storage::DecodeRecord(text); record.ok()) CheckRecord(*record);
  FoldTwice(souk::storage::RecordKey("domains/d/products/p/lines/1", 1), text);
  // Without the envelope, so that the messages behind it are reached by more than luck.
  store::ChangeRecord record;
  if (record.ParseFromString(text)) CheckRecord(record);
  store::Registration registration;
  if (registration.ParseFromString(text)) {
    store::ChangeRecord framed;
    framed.set_entity("domains/d/products/p/lines/1");
    framed.set_number(1);
    *framed.mutable_registration() = registration;
    CheckRecord(framed);
  }
  return 0;
}
