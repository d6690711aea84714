// SPDX-License-Identifier: Apache-2.0
#include "storage/view.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/errors.h"
#include "storage/change_log.h"
#include "storage/fold.h"
#include "storage/record.h"
#include "storage/row_cache.h"
#include "storage/rows.h"
#include "storage/snapshot.h"

namespace souk::storage {
namespace {

using store::v1::ChangeRecord;
using store::v1::EntityState;
using store::v1::LineState;

// Where the cache keeps answers: no table of rows has this byte.
constexpr char kAnswers = '?';

std::string Behind(std::string key) {
  key += '\0';
  return key;
}

// Last key of a line in its table, so that the next one is behind it.
StatusOr<std::string> ScanBegin(const std::string& prefix, std::string_view start_after) {
  if (start_after.empty()) return prefix;
  ASSIGN_OR_RETURN(const LineName after, ParseLineName(start_after));
  return std::max(prefix, Behind(rows::Line(after)));
}

// The line that a row under a prefix leads to.
std::optional<LineName> NameInRow(std::string_view key, std::string_view prefix) {
  if (key.front() == rows::kAssets) return rows::ParseAssetLine(key);
  if (key.front() == rows::kLines) return rows::ParseLine(key.substr(1));
  return rows::ParseLine(key.substr(prefix.size()));
}

// What the cache has, or else what `read` finds in the snapshot, kept for the next reader.
template <typename Value, typename Read>
StatusOr<Value> Cached(const Snapshot& snapshot, const std::string& key, const Read& read) {
  if (auto known = snapshot.cache().Find(key, snapshot.revision())) return std::get<Value>(*std::move(known));
  ASSIGN_OR_RETURN(Value value, read());
  snapshot.cache().Keep(key, value, snapshot.revision());
  return value;
}

StatusOr<SharedEntity> ReadEntity(const Snapshot& snapshot, const std::string& key, const std::string& entity) {
  ASSIGN_OR_RETURN(const auto row, snapshot.engine().Get(key, snapshot.rows()));
  if (!row) return SharedEntity();
  auto state = std::make_shared<EntityState>();
  if (!state->ParseFromString(*row)) return errors::DataLoss("the row of " + entity + " can't be read");
  return SharedEntity(std::move(state));
}

// Lines whose rows have the prefix, in order, each once.
StatusOr<SharedNames> ReadNames(const Snapshot& snapshot, const std::string& prefix) {
  std::vector<LineName> lines;
  Status fault;
  RETURN_IF_ERROR(snapshot.engine().Scan(prefix, rows::PrefixEnd(prefix), snapshot.rows(),
                                         [&](std::string_view key, std::string_view) {
                                           auto line = NameInRow(key, prefix);
                                           if (!line) {
                                             fault = errors::DataLoss("the row of an identifier can't be read");
                                             return false;
                                           }
                                           lines.push_back(std::move(*line));
                                           return true;
                                         }));
  RETURN_IF_ERROR(fault);
  // One name may lead to a line through several namespaces.
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return std::make_shared<const std::vector<LineName>>(std::move(lines));
}

bool AllowsEach(const Visibility& visibility, const std::vector<LineName>& lines) {
  return visibility.AllowsAll() ||
         std::all_of(lines.begin(), lines.end(), [&](const LineName& line) { return visibility.Allows(line); });
}

// Each once, and no more memory than that takes.
template <typename T>
void Settle(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  values.shrink_to_fit();
}

}  // namespace

// What has been read while an answer was worked out.
struct View::Notes {
  Reads reads;
  bool complete = true;  // nothing else has been read
};

View::View(std::shared_ptr<const Snapshot> snapshot, Revision revision, bool historic, const Visibility& visibility)
    : snapshot_(std::move(snapshot)), revision_(revision), historic_(historic), visibility_(&visibility) {}

const Snapshot& View::Noting(std::string_view key) const {
  if (notes_ != nullptr) notes_->reads.rows.push_back(RowStamps::SlotOf(key));
  return *snapshot_;
}

const Snapshot& View::Unnoted() const {
  if (notes_ != nullptr) notes_->complete = false;
  return *snapshot_;
}

bool View::Sees(const LineName& line) const {
  if (notes_ != nullptr) notes_->reads.lines.push_back(line);
  return visibility_->AllowsAll() || visibility_->Allows(line);
}

StatusOr<SharedBytes> View::AnsweredOnce(std::string_view question,
                                         const std::function<StatusOr<std::string>(const View&)>& answer) const {
  if (historic_ || notes_ != nullptr) {  // what is part of another answer is noted there
    ASSIGN_OR_RETURN(std::string bytes, answer(*this));
    return std::make_shared<const std::string>(std::move(bytes));
  }
  std::string key;
  key.reserve(1 + question.size());
  key += kAnswers;
  key += question;
  if (const auto known = snapshot_->cache().Find(key, revision_)) {
    const SharedAnswer& found = std::get<SharedAnswer>(*known);
    if (AllowsEach(*visibility_, found->reads.lines)) return SharedBytes(found, &found->bytes);
  }
  Notes notes;
  View noting = *this;
  noting.notes_ = &notes;
  ASSIGN_OR_RETURN(std::string bytes, answer(noting));
  Settle(notes.reads.rows);
  Settle(notes.reads.lines);
  // One from whom something was hidden has got an answer of their own.
  const bool for_all = notes.complete && AllowsEach(*visibility_, notes.reads.lines);
  const auto made = std::make_shared<const Answer>(Answer{std::move(bytes), std::move(notes.reads)});
  if (for_all) snapshot_->cache().Keep(key, made, revision_);
  return SharedBytes(made, &made->bytes);
}

StatusOr<SharedLine> View::FindLine(const LineName& line) const {
  if (!Sees(line)) return SharedLine();
  if (historic_) return LineAt(Unnoted(), line, revision_);
  const std::string key = rows::Line(line);
  return Cached<SharedLine>(Noting(key), key, [&] { return LineAt(*snapshot_, line, revision_); });
}

StatusOr<std::vector<SharedLine>> View::LinesOfProduct(std::string_view domain, std::string_view product) const {
  std::vector<SharedLine> lines;
  if (!historic_) {
    ASSIGN_OR_RETURN(const std::vector<LineName> names, ScanIds(rows::ProductPrefix(domain, product)));
    for (const LineName& name : names) {
      ASSIGN_OR_RETURN(SharedLine line, FindLine(name));
      if (line) lines.push_back(std::move(line));
    }
    return lines;
  }
  RETURN_IF_ERROR(
      ScanLines(rows::ProductPrefix(domain, product), rows::ProductPrefix(domain, product), [&](const LineState& line) {
        lines.push_back(std::make_shared<const LineState>(line));
        return true;
      }));
  return lines;
}

Status View::ForEachLine(std::string_view domain, std::string_view start_after,
                         const std::function<bool(const LineState&)>& visit) const {
  const std::string prefix = rows::LinesPrefix(domain);
  ASSIGN_OR_RETURN(const std::string begin, ScanBegin(prefix, start_after));
  return ScanLines(begin, prefix, visit);
}

Status View::ScanLines(const std::string& begin, const std::string& prefix,
                       const std::function<bool(const LineState&)>& visit) const {
  Status fault;
  const Snapshot& snapshot = Unnoted();
  const Status scanned = snapshot.engine().Scan(
      begin, rows::PrefixEnd(prefix), snapshot.rows(), [&](std::string_view key, std::string_view value) {
        const auto line = rows::ParseLine(key.substr(1));
        LineState state;
        if (!line || !state.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
          fault = errors::DataLoss("the row of a line can't be read");
          return false;
        }
        if (!visibility_->AllowsAll() && !visibility_->Allows(*line)) return true;
        if (state.revision() <= revision_) return visit(state);
        // Changed since: every line that ever was has a row here, so that the older ones need no list of their own.
        const StatusOr<SharedLine> older = LineAt(snapshot, *line, revision_);
        fault = older.status();
        if (!fault.ok()) return false;
        return !*older || visit(**older);
      });
  RETURN_IF_ERROR(fault);
  return scanned;
}

StatusOr<SharedEntity> View::FindDomain(std::string_view domain_id) const {
  return FindEntity(rows::Domain(domain_id), DomainName(domain_id));
}

StatusOr<SharedEntity> View::FindTeam(std::string_view team_id) const {
  return FindEntity(rows::Team(team_id), TeamName(team_id));
}

StatusOr<SharedEntity> View::FindEntity(const std::string& key, const std::string& entity) const {
  const Snapshot& snapshot = Noting(key);
  const auto read = [&] { return ReadEntity(snapshot, key, entity); };
  ASSIGN_OR_RETURN(SharedEntity state, historic_ ? read() : Cached<SharedEntity>(snapshot, key, read));
  if (!state || state->revision() <= revision_) return state;
  // A record of a domain or team holds its whole content: the newest one not above the revision is the answer.
  SharedEntity found;
  RETURN_IF_ERROR(ForEachRecord(entity, 0, [&](const ChangeRecord& record, Revision revision) {
    if (!record.has_domain() && !record.has_team()) return true;  // one that is not understood
    found = std::make_shared<const EntityState>(ToEntityState(record, revision, RecordDigest(record)));
    return false;
  }));
  return found;
}

Status View::ForEachDomain(std::string_view start_after, const std::function<bool(const EntityState&)>& visit) const {
  return ScanEntities(rows::Domain(""), start_after, visit);
}

Status View::ForEachTeam(std::string_view start_after, const std::function<bool(const EntityState&)>& visit) const {
  return ScanEntities(rows::Team(""), start_after, visit);
}

Status View::ScanEntities(const std::string& table, std::string_view start_after,
                          const std::function<bool(const EntityState&)>& visit) const {
  // Both "domains/d" and "d" name the place to go on from.
  const std::string_view id = start_after.substr(start_after.find('/') + 1);
  const bool domains = table.front() == rows::kDomains;
  Status fault;
  const Snapshot& snapshot = Unnoted();
  const Status scanned = snapshot.engine().Scan(
      id.empty() ? table : Behind(table + std::string(id)), rows::PrefixEnd(table), snapshot.rows(),
      [&](std::string_view key, std::string_view) {
        const StatusOr<SharedEntity> state = domains ? FindDomain(key.substr(1)) : FindTeam(key.substr(1));
        fault = state.status();
        if (!fault.ok()) return false;
        return !*state || visit(**state);
      });
  RETURN_IF_ERROR(fault);
  return scanned;
}

StatusOr<std::vector<LineName>> View::LinesByDescriptorId(std::string_view descriptor_id) const {
  return ScanIds(rows::IdPrefix(rows::kDescriptorIds, descriptor_id));
}

StatusOr<std::vector<LineName>> View::LinesByContractId(std::string_view contract_id) const {
  return ScanIds(rows::IdPrefix(rows::kProducers, contract_id));
}

StatusOr<std::vector<LineName>> View::LinesByPhysicalName(std::string_view physical_name) const {
  return ScanIds(rows::IdPrefix(rows::kAssets, physical_name));
}

StatusOr<std::vector<LineName>> View::LinesByDataset(std::string_view dataset_namespace, std::string_view name) const {
  return ScanIds(rows::AssetPrefix(name, dataset_namespace));
}

StatusOr<std::vector<LineName>> View::ConsumersOfContract(std::string_view contract_id) const {
  return ScanIds(rows::IdPrefix(rows::kConsumers, contract_id));
}

StatusOr<std::vector<OwnedLine>> View::OwnedBy(std::string_view owner) const {
  const std::string prefix = rows::IdPrefix(rows::kOwners, owner);
  std::vector<OwnedLine> owned;
  for (const char kind : {rows::kByTeam, rows::kByPerson}) {
    ASSIGN_OR_RETURN(std::vector<LineName> lines, ScanIds(prefix + kind));
    for (LineName& line : lines) owned.push_back({std::move(line), kind == rows::kByTeam});
  }
  return owned;
}

StatusOr<std::vector<LineName>> View::ScanIds(const std::string& prefix) const {
  if (historic_) return errors::AsOfUnsupported("a lookup by identifier");
  const Snapshot& snapshot = Noting(prefix);
  ASSIGN_OR_RETURN(const SharedNames all,
                   Cached<SharedNames>(snapshot, prefix, [&] { return ReadNames(snapshot, prefix); }));
  std::vector<LineName> lines;
  lines.reserve(all->size());
  std::copy_if(all->begin(), all->end(), std::back_inserter(lines),
               [this](const LineName& line) { return Sees(line); });
  return lines;
}

}  // namespace souk::storage
