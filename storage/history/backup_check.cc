// SPDX-License-Identifier: Apache-2.0
#include "storage/history/backup_check.h"

#include <google/protobuf/util/message_differencer.h>

#include <array>
#include <memory>
#include <system_error>
#include <utility>

#include "base/errors.h"
#include "base/visibility.h"
#include "storage/fold_batch.h"
#include "storage/folder.h"
#include "storage/history/history_check.h"
#include "storage/history/history_digest.h"
#include "storage/history/import.h"
#include "storage/ledger_keys.h"
#include "storage/rows.h"
#include "storage/snapshot.h"
#include "storage/store_meta.h"
#include "storage/view.h"

namespace souk::storage::history {
namespace {

using google::protobuf::util::MessageDifferencer;

// The first ones say where it is.
constexpr size_t kFaultsMax = 100;
// Revisions folded in one batch.
constexpr size_t kFoldRevisions = 64;

const AllowAll kEverything;

// Tables that the fold writes, and what a row of each is called.
struct Table {
  char table;
  std::string_view noun;
};
constexpr std::array kFolded = {
    Table{rows::kAssets, "dataset"},        Table{rows::kConsumers, "consumer"},
    Table{rows::kDomains, "domain"},        Table{rows::kLineHistory, "past line"},
    Table{rows::kDescriptorIds, "id"},      Table{rows::kLines, "line"},
    Table{rows::kOwners, "owner"},          Table{rows::kProducers, "contract"},
    Table{rows::kQuarantine, "quarantine"}, Table{rows::kTeams, "team"},
};

// A row's key for people.
std::string Printable(std::string_view key) {
  std::string out;
  for (const char c : key) out += c >= ' ' && c <= '~' ? c : '.';
  return out;
}

// Maps are written in any order: bytes that differ may say the same.
bool SameLine(const std::string& one, const std::string& other) {
  store::v1::LineState a;
  store::v1::LineState b;
  return a.ParseFromString(one) && b.ParseFromString(other) && MessageDifferencer::Equals(a, b);
}

View ViewOf(const std::shared_ptr<Engine>& engine, const std::string& epoch, const store::v1::AppliedState& applied,
            Revision oldest) {
  auto cache = std::make_shared<RowCache>(0, applied.revision());
  auto snapshot = std::make_shared<const Snapshot>(engine, 0, std::move(cache), epoch, applied, oldest);
  return {std::move(snapshot), applied.revision(), /*historic=*/false, kEverything};
}

// A store that is only folded into, and goes with its folder.
class Replay {
 public:
  static StatusOr<std::unique_ptr<Replay>> Open(const std::filesystem::path& scratch) {
    EngineOptions options;
    options.directory = scratch;
    options.create = true;
    options.sync = false;
    ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, Engine::Open(options));
    return std::unique_ptr<Replay>(new Replay(std::move(engine), scratch));
  }
  ~Replay() {
    batch_.reset();
    engine_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(scratch_, ignored);
  }
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  Status Add(const LedgerRevision& revision) {
    digest_.Add(revision);
    LedgerRevision whole = revision;
    ASSIGN_OR_RETURN(whole.writes, check_.Add(revision));
    std::vector<PreparedRecord> records = PrepareRecords(whole.writes);
    if (!batch_) batch_ = std::make_unique<FoldBatch>(*engine_, applied_);
    RETURN_IF_ERROR(batch_->Add(whole, std::move(records)));
    return ++added_ % kFoldRevisions == 0 ? Write() : Status::Ok();
  }

  Status Finish() {
    RETURN_IF_ERROR(check_.Finish());
    return batch_ ? Write() : Status::Ok();
  }

  const std::shared_ptr<Engine>& engine() const { return engine_; }
  const store::v1::AppliedState& applied() const { return applied_; }

  // What was replayed, in the report; behind the end.
  Status Describe(BackupReport& report) {
    report.revisions = digest_.revisions();
    report.records = digest_.records();
    report.entities = check_.entities();
    report.live_lines = applied_.live_lines();
    report.history_digest = digest_.Finish();
    ASSIGN_OR_RETURN(report.state_digest, DigestOfState(ViewOf(engine_, report.epoch, applied_, 0)));
    return Status::Ok();
  }

 private:
  Replay(std::shared_ptr<Engine> engine, std::filesystem::path scratch)
      : engine_(std::move(engine)), scratch_(std::move(scratch)) {}

  Status Write() {
    RETURN_IF_ERROR(batch_->Write());
    applied_ = batch_->applied();
    batch_.reset();
    return Status::Ok();
  }

  std::shared_ptr<Engine> engine_;
  const std::filesystem::path scratch_;
  std::unique_ptr<FoldBatch> batch_;
  store::v1::AppliedState applied_;
  HistoryCheck check_;
  HistoryDigest digest_;
  size_t added_ = 0;
};

// Compares what the fold has written, both ways.
class Comparison {
 public:
  Comparison(const Engine& copy, const Engine& fresh, BackupReport& report)
      : copy_(copy), fresh_(fresh), report_(report) {}

  Status Run() {
    for (const Table& table : kFolded) {
      RETURN_IF_ERROR(Scan(table, copy_, fresh_, "is not what the history gives"));
      RETURN_IF_ERROR(Scan(table, fresh_, copy_, "is missing"));
    }
    return Status::Ok();
  }

 private:
  Status Scan(const Table& table, const Engine& from, const Engine& other, std::string_view fault) {
    const std::string begin(1, table.table);
    const bool of_copy = &from == &copy_;
    Status status;
    RETURN_IF_ERROR(
        from.Scan(begin, rows::PrefixEnd(begin), nullptr, [&](std::string_view key, std::string_view value) {
          if (of_copy) ++report_.rows;
          const auto found = other.Get(key, nullptr);
          status = found.status();
          if (!status.ok()) return false;
          const bool same = *found && (!of_copy || Same(table, std::string(value), **found));
          if (!same) {
            report_.faults.push_back("the row of " + std::string(table.noun) + " " + Printable(key.substr(1)) + " " +
                                     std::string(fault));
          }
          return report_.faults.size() < kFaultsMax;
        }));
    return status;
  }

  static bool Same(const Table& table, const std::string& one, const std::string& other) {
    const bool line = table.table == rows::kLines || table.table == rows::kLineHistory;
    return one == other || (line && SameLine(one, other));
  }

  const Engine& copy_;
  const Engine& fresh_;
  BackupReport& report_;
};

void CompareCounts(const StoreMeta& meta, const store::v1::AppliedState& fresh, BackupReport& report) {
  const auto compare = [&report](std::string_view what, uint64_t said, uint64_t found) {
    if (said == found) return;
    report.faults.push_back("the copy says that it holds " + std::to_string(said) + " " + std::string(what) +
                            ", and its history gives " + std::to_string(found));
  };
  compare("lines", meta.applied.live_lines(), fresh.live_lines());
  compare("records that can't be folded", meta.applied.quarantined(), fresh.quarantined());
}

// A damaged block, and what does not hold together, is for the report; the rest is an error.
Status ToFault(const Status& status, BackupReport& report) {
  if (status.code() != Code::kDataLoss && status.code() != Code::kFailedPrecondition) return status;
  report.faults.push_back(status.message());
  return Status::Ok();
}

Status CheckRows(const std::shared_ptr<Engine>& engine, const StoreMeta& meta, Replay& replay, BackupReport& report) {
  const View view = ViewOf(engine, meta.epoch, meta.applied, meta.oldest);
  uint64_t checked = 0;
  ASSIGN_OR_RETURN(report.faults, view.VerifyChains(&checked));
  ASSIGN_OR_RETURN(const auto import, view.LedgerKey(kImportKey));
  if (import) RETURN_IF_ERROR(ToFault(CheckComplete(*import), report));
  RETURN_IF_ERROR(view.ForEachRevision([&replay](const LedgerRevision& revision) { return replay.Add(revision); }));
  RETURN_IF_ERROR(replay.Finish());
  CompareCounts(meta, replay.applied(), report);
  RETURN_IF_ERROR(Comparison(*engine, *replay.engine(), report).Run());
  return replay.Describe(report);
}

}  // namespace

StatusOr<BackupReport> CheckCopy(const std::filesystem::path& directory, const std::filesystem::path& scratch) {
  EngineOptions options;
  options.directory = Folder::RowsDirectory(directory);
  options.read_only = true;
  std::error_code error;
  if (!std::filesystem::is_directory(options.directory, error)) {
    return errors::NotFound("backup", directory.string());
  }
  BackupReport report;
  const auto engine = Engine::Open(options);
  if (!engine.ok()) {
    RETURN_IF_ERROR(ToFault(engine.status(), report));
    return report;
  }
  const auto meta = LoadMeta(**engine, directory.string());
  if (!meta.ok()) {
    RETURN_IF_ERROR(ToFault(meta.status(), report));
    return report;
  }
  report.epoch = meta->epoch;
  report.revision = meta->applied.revision();
  ASSIGN_OR_RETURN(const auto replay, Replay::Open(scratch));
  RETURN_IF_ERROR(ToFault(CheckRows(*engine, *meta, *replay, report), report));
  return report;
}

StatusOr<BackupReport> CheckExport(ExportReader& reader, const std::filesystem::path& scratch) {
  BackupReport report;
  ASSIGN_OR_RETURN(const store::v1::ExportHeader header, reader.Begin());
  report.epoch = header.epoch();
  report.revision = header.revision();
  ASSIGN_OR_RETURN(const auto replay, Replay::Open(scratch));
  while (true) {
    ASSIGN_OR_RETURN(const auto revision, reader.Next());
    if (!revision) break;
    const Status added = replay->Add(*revision);
    RETURN_IF_ERROR(ToFault(added, report));
    if (!added.ok()) return report;
  }
  const Status finished = replay->Finish();
  RETURN_IF_ERROR(ToFault(finished, report));
  if (finished.ok()) RETURN_IF_ERROR(replay->Describe(report));
  return report;
}

}  // namespace souk::storage::history
