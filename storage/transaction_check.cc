// SPDX-License-Identifier: Apache-2.0
#include "storage/transaction_check.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "base/errors.h"
#include "base/limits.h"
#include "base/names.h"
#include "storage/ledger_keys.h"

namespace souk::storage {
namespace {

Status CheckKey(std::string_view key) {
  if (key.empty() || key.find('\0') != std::string_view::npos) {
    return errors::BadField("key", "a ledger key is neither empty nor holds a zero byte", "Use storage/ledger_keys.h.");
  }
  if (key.size() > limits::kLedgerKeyBytesMax) {
    return errors::IdentifierTooLong("ledger key", key.size(), limits::kLedgerKeyBytesMax);
  }
  return Status::Ok();
}

Status WithMetadata(const Status& status, std::string key, std::string value) {
  ErrorDetail detail = status.detail();
  detail.metadata.emplace_back(std::move(key), std::move(value));
  return {status.code(), status.message(), std::move(detail)};
}

// What one transaction was in one ledger must be one in every other: marks of imports come on top. They are few and
// small, and there is room for them in what etcd takes.
size_t CountedWrites(const Transaction& transaction) {
  return static_cast<size_t>(std::count_if(transaction.writes.begin(), transaction.writes.end(),
                                           [](const LedgerWrite& write) { return !IsImportMark(write.key); }));
}

}  // namespace

size_t BytesOf(const Transaction& transaction) {
  size_t bytes = transaction.write_id.size();
  for (const Guard& guard : transaction.guards) bytes += guard.key.size() + guard.range_end.size();
  for (const LedgerWrite& write : transaction.writes) {
    if (!IsImportMark(write.key)) bytes += write.key.size() + write.value.size();
  }
  return bytes;
}

Status CheckTransaction(const Transaction& transaction) {
  if (transaction.write_id.empty()) return errors::MissingField("write_id");
  if (transaction.write_id.size() > limits::kIdentifierBytesMax) {
    return errors::IdentifierTooLong("write id", transaction.write_id.size(), limits::kIdentifierBytesMax);
  }
  if (transaction.guards.size() > limits::kTransactionOperationsMax) {
    return errors::TooMany("guards of one change", transaction.guards.size(), limits::kTransactionOperationsMax);
  }
  if (const size_t writes = CountedWrites(transaction); writes > limits::kTransactionOperationsMax) {
    return errors::TooMany("writes of one change", writes, limits::kTransactionOperationsMax);
  }
  if (const size_t bytes = BytesOf(transaction); bytes > limits::kTransactionBytesMax) {
    return errors::TooMany("bytes of one change", bytes, limits::kTransactionBytesMax);
  }
  for (const Guard& guard : transaction.guards) {
    RETURN_IF_ERROR(CheckKey(guard.key));
    if (!guard.range_end.empty()) RETURN_IF_ERROR(CheckKey(guard.range_end));
  }
  std::unordered_set<std::string_view> keys;
  for (const LedgerWrite& write : transaction.writes) {
    RETURN_IF_ERROR(CheckKey(write.key));
    if (!keys.insert(write.key).second) {
      return errors::BadField("key", "\"" + write.key + "\" is written twice", "Write each key once.");
    }
  }
  return Status::Ok();
}

Status GuardConflict(const Guard& guard) { return WithMetadata(errors::GuardMoved(guard.key), "guard", guard.key); }

Status FeedCompacted(Revision oldest, std::string_view epoch) {
  return WithMetadata(errors::RevisionCompacted(RevisionToken(oldest, epoch)), "oldest", std::to_string(oldest));
}

}  // namespace souk::storage
