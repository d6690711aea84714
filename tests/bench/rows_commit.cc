// SPDX-License-Identifier: Apache-2.0
// Ledger::Commit of registrations against bare RocksDB that puts the same bytes, both synced, both from 64 threads.
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/visibility.h"
#include "descriptor/bundle.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"
#include "storage/store.h"
#include "tests/bench/row.h"
#include "tests/bench/threads.h"

namespace souk::bench {
namespace {

constexpr size_t kCommits = 8000;
constexpr size_t kQuickCommits = 1500;
constexpr std::chrono::seconds kCommitPatience{30};

void Claim(storage::Transaction& transaction, std::string key, const std::string& product) {
  store::v1::Claim claim;
  claim.set_product(product);
  transaction.guards.push_back({key, "", 0});
  transaction.writes.push_back({std::move(key), claim.SerializeAsString()});
}

// What a node hands to the ledger for a first registration: the record, the head, the claims of the ids, and the
// guards over them and over what is about to retire.
StatusOr<storage::Transaction> TransactionOf(const v1::Bundle& bundle) {
  ASSIGN_OR_RETURN(descriptor::ParsedBundle parsed, descriptor::ParseBundle(bundle));
  storage::Transaction transaction;
  const std::string product = parsed.line.Product();
  const std::string line = parsed.line.ToString();
  transaction.write_id = "bench/" + line;
  transaction.guards.push_back({std::string(storage::kRetiringBegin), std::string(storage::kRetiringEnd), 0});
  Claim(transaction, storage::DescriptorClaimKey(parsed.model.id()), product);
  for (const v1::OutputPort& port : parsed.model.output_ports()) {
    if (!port.contract_id().empty()) Claim(transaction, storage::ContractClaimKey(port.contract_id()), product);
  }
  store::v1::ChangeRecord record;
  record.set_entity(line);
  record.set_time_us(SystemClock().NowUs());
  record.set_actor("bench");
  record.set_content_digest(parsed.content_digest);
  store::v1::Registration& registration = *record.mutable_registration();
  *registration.mutable_model() = std::move(parsed.model);
  registration.set_state(v1::PRODUCT_STATE_ACTIVE);
  registration.set_registered_state(v1::PRODUCT_STATE_ACTIVE);
  for (v1::Document& document : parsed.documents) *registration.add_documents() = std::move(document);
  storage::AppendRecord(transaction, std::move(record), nullptr, 0);
  return transaction;
}

struct Put {
  std::string key;
  std::string value;
};

// All that the transaction writes, as one pair.
Put PutOf(const storage::Transaction& transaction) {
  Put put;
  for (const storage::LedgerWrite& write : transaction.writes) {
    if (write.key.starts_with(storage::kRecordPrefix)) {
      put.key = write.key;
    } else {
      put.value += write.key;
    }
    put.value += write.value;
  }
  return put;
}

StatusOr<double> CommitsPerSecond(const std::filesystem::path& directory, std::vector<storage::Transaction> all) {
  const SystemClock clock;
  storage::StoreOptions options;
  options.directory = directory;
  ASSIGN_OR_RETURN(const std::unique_ptr<storage::Store> store, storage::Store::Open(options, clock));
  ASSIGN_OR_RETURN(const double seconds, InThreads(kWriters, all.size(), [&](size_t i) {
                     return store->ledger().Commit(std::move(all[i]), clock.Monotonic() + kCommitPatience).status();
                   }));
  if (store->live_lines() != all.size()) return Status(Code::kInternal, "not every commit was folded");
  return static_cast<double>(all.size()) / seconds;
}

StatusOr<double> PutsPerSecond(const std::filesystem::path& directory, const std::vector<Put>& puts) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, directory.string(), &opened);
  if (!status.ok()) return Status(Code::kInternal, "bare RocksDB: " + status.ToString());
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  ASSIGN_OR_RETURN(const double seconds, InThreads(kWriters, puts.size(), [&](size_t i) -> Status {
                     const rocksdb::Status put = db->Put(synced, puts[i].key, puts[i].value);
                     return put.ok() ? Status::Ok() : Status(Code::kInternal, "bare RocksDB: " + put.ToString());
                   }));
  return static_cast<double>(puts.size()) / seconds;
}

}  // namespace

StatusOr<std::vector<Line>> RunCommit(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  std::vector<storage::Transaction> transactions;
  std::vector<Put> puts;
  size_t bytes = 0;
  const size_t commits = bench.settings().quick ? kQuickCommits : kCommits;
  for (size_t i = 0; i < commits; ++i) {
    ASSIGN_OR_RETURN(storage::Transaction transaction, TransactionOf(mesh->At(i)));
    puts.push_back(PutOf(transaction));
    bytes += puts.back().value.size();
    transactions.push_back(std::move(transaction));
  }
  Line line;
  line.name = "commit";
  line.unit = "1/s";
  line.floor = 0.30;
  line.goal = 0.50;
  line.corpus = mesh->name();
  line.note = std::to_string(kWriters) + " threads, " + std::to_string(commits) + " records, mean " +
              std::to_string(bytes / commits) + " B";
  RETURN_IF_ERROR(Alternate(
      bench.settings().rounds, [&] { return CommitsPerSecond(bench.Fresh("ledger"), transactions); },
      [&] { return PutsPerSecond(bench.Fresh("rocksdb"), puts); }, line));
  return std::vector<Line>{std::move(line)};
}

}  // namespace souk::bench
