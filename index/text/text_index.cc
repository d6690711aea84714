// SPDX-License-Identifier: Apache-2.0
#include "index/text/text_index.h"

#include <atomic>
#include <charconv>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/errors.h"
#include "index/files.h"
#include "index/text/folder.h"
#include "index/text/generation.h"
#include "index/text/search.h"
#include "index/text/verify.h"

namespace souk::text {
namespace {

constexpr std::string_view kCurrentName = "CURRENT";
constexpr std::string_view kGenerationPrefix = "gen-";

// The newest state of each line that the changes after `applied` speak of, in order of first appearance.
std::vector<const store::v1::LineState*> NewestStates(const std::vector<storage::Change>& changes,
                                                      storage::Revision applied) {
  std::vector<const store::v1::LineState*> states;
  std::unordered_map<std::string_view, size_t> places;
  for (const storage::Change& change : changes) {
    if (change.revision <= applied) continue;
    for (const storage::EntityDelta& delta : change.deltas) {
      if (delta.line == nullptr) continue;
      const auto [place, fresh] = places.emplace(delta.line->name(), states.size());
      if (fresh) {
        states.push_back(delta.line.get());
      } else {
        states[place->second] = delta.line.get();
      }
    }
  }
  return states;
}

uint64_t NumberOfGeneration(std::string_view name) {
  uint64_t number = 0;
  if (!name.starts_with(kGenerationPrefix)) return 0;
  name.remove_prefix(kGenerationPrefix.size());
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

}  // namespace

struct TextIndex::Impl {
  explicit Impl(TextIndexOptions given) : options(std::move(given)) {}
  ~Impl() {
    // Goes when the locks are free: that ends the merging thread, which calls OnMerged.
    std::shared_ptr<Generation> last;
    const std::scoped_lock locks(apply_mutex, snapshot_mutex);
    last.swap(generation);
  }

  Status Start() {
    RETURN_IF_ERROR(MakeFolder());
    std::error_code ignored;
    const bool fresh = std::filesystem::is_empty(options.directory, ignored);
    const StatusOr<std::string> current = index::ReadWholeFile(options.directory / kCurrentName);
    if (current.ok() && NumberOfGeneration(*current) != 0) {
      StatusOr<std::unique_ptr<Generation>> opened = Generation::Open(GenerationOptions(*current));
      if (opened.ok()) {
        generation = std::move(opened).value();
      } else {
        discarded = opened.status().message();
      }
      next_number = NumberOfGeneration(*current) + 1;
    } else if (!fresh) {
      discarded = "the file CURRENT is damaged or missing";
    }
    RemoveOthers(generation != nullptr ? *current : "");
    if (generation == nullptr) {
      ASSIGN_OR_RETURN(generation, Generation::Create(GenerationOptions(NextName())));
      RETURN_IF_ERROR(PointTo(*generation));
    }
    durable = generation->durable();
    return Publish(*generation, durable);
  }

  // An index may be thrown away at any time: whatever else stands in its place is no reason not to start.
  Status MakeFolder() {
    std::error_code error;
    if (std::filesystem::is_regular_file(options.directory, error) &&
        std::filesystem::remove(options.directory, error)) {
      discarded = options.directory.string() + " is a file, not a folder";
    }
    std::filesystem::create_directories(options.directory, error);
    return error ? errors::FolderUnusable(options.directory.string(), error) : Status::Ok();
  }

  Generation::Options GenerationOptions(const std::string& name) {
    return {options.directory / name, options.epoch, [this] { OnMerged(); }};
  }

  std::string NextName() { return std::string(kGenerationPrefix) + std::to_string(next_number++); }

  Status PointTo(const Generation& serving) const {
    return index::WriteFileAtomically(options.directory / kCurrentName, serving.folder()->path().filename().string());
  }

  // Folders of generations that do not serve: what a crash or a fault left.
  void RemoveOthers(const std::string& serving) const {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(options.directory, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(kGenerationPrefix) && name != serving) std::filesystem::remove_all(entry.path(), ignored);
    }
  }

  Status Publish(Generation& from, storage::Revision revision) {
    stale = false;
    ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> fresh, from.Publish(revision));
    const std::lock_guard lock(snapshot_mutex);
    snapshot.swap(fresh);
    return Status::Ok();
  }

  std::shared_ptr<const Snapshot> Current() const {
    const std::lock_guard lock(snapshot_mutex);
    return snapshot;
  }

  std::shared_ptr<const Generation> Serving() const {
    const std::lock_guard lock(snapshot_mutex);
    return generation;
  }

  // On the merging thread. If the lock is taken, its holder makes the merged segments visible, or the next one does.
  void OnMerged() {
    stale = true;
    const std::unique_lock lock(apply_mutex, std::try_to_lock);
    if (lock.owns_lock()) RefreshIfStale();
  }

  void RefreshIfStale() {
    if (!stale || failed || generation == nullptr) return;
    const std::shared_ptr<const Snapshot> now = Current();
    if (now != nullptr) failed = !Publish(*generation, now->revision).ok();
  }

  // What there is to merge shows once it was refreshed.
  Status Compact() {
    RETURN_IF_ERROR(CheckSound());
    RETURN_IF_ERROR(generation->Compact());
    RefreshIfStale();
    return CheckSound();
  }

  Status CheckSound() const {
    return failed ? errors::Internal("the text index met a fault and waits to be built anew") : Status::Ok();
  }

  Status Fill(Generation& empty, const storage::View& view) {
    Status fault;
    RETURN_IF_ERROR(view.ForEachLine("", "", [&](const store::v1::LineState& state) {
      fault = empty.Put(state);
      return fault.ok();
    }));
    return fault;
  }

  TextIndexOptions options;
  // Held by the applying thread, and for a moment by the merging one.
  std::mutex apply_mutex;
  uint64_t next_number = 1;
  std::string discarded;           // set when it is opened
  bool failed = false;             // guarded by apply_mutex
  std::atomic<bool> stale{false};  // segments were written or merged since the snapshot
  std::atomic<storage::Revision> durable{0};

  mutable std::mutex snapshot_mutex;
  std::shared_ptr<Generation> generation;  // written under both locks, read under either
  std::shared_ptr<const Snapshot> snapshot;
  ScratchPool scratch;
};

TextIndex::TextIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TextIndex::~TextIndex() = default;

StatusOr<std::unique_ptr<TextIndex>> TextIndex::Open(TextIndexOptions options, const Clock& /*clock*/) {
  auto impl = std::make_unique<Impl>(std::move(options));
  {
    const std::lock_guard lock(impl->apply_mutex);
    RETURN_IF_ERROR(impl->Start());
  }
  return std::unique_ptr<TextIndex>(new TextIndex(std::move(impl)));
}

index::ProjectionStatus TextIndex::status() const {
  index::ProjectionStatus status;
  const std::shared_ptr<const Snapshot> snapshot = impl_->Current();
  status.applied = snapshot->revision;
  status.durable = impl_->durable;
  status.discarded = impl_->discarded;
  status.entries = snapshot->by_name->size();
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(snapshot->folder->path(), ignored)) {
    std::error_code gone;  // files come and go
    const uint64_t bytes = entry.file_size(gone);
    if (!gone) status.size_bytes += bytes;
  }
  return status;
}

Status TextIndex::Apply(const std::vector<storage::Change>& changes) {
  const std::lock_guard lock(impl_->apply_mutex);
  RETURN_IF_ERROR(impl_->CheckSound());
  const storage::Revision applied = impl_->Current()->revision;
  if (changes.empty() || changes.back().revision <= applied) return Status::Ok();
  Status status;
  for (const store::v1::LineState* state : NewestStates(changes, applied)) {
    status = impl_->generation->Put(*state);
    if (!status.ok()) break;
  }
  if (status.ok()) status = impl_->Publish(*impl_->generation, changes.back().revision);
  impl_->failed = !status.ok();
  return status;
}

Status TextIndex::Persist() {
  const std::lock_guard lock(impl_->apply_mutex);
  RETURN_IF_ERROR(impl_->CheckSound());
  const storage::Revision applied = impl_->Current()->revision;
  if (impl_->durable != applied) {
    RETURN_IF_ERROR(impl_->options.before_commit());
    RETURN_IF_ERROR(impl_->generation->Commit(applied));
    impl_->durable = impl_->generation->durable();
    impl_->stale = true;  // what was in memory is in files now
  }
  impl_->RefreshIfStale();
  return impl_->Compact();
}

Status TextIndex::Rebuild(const storage::View& view) {
  const std::lock_guard lock(impl_->apply_mutex);
  ASSIGN_OR_RETURN(std::shared_ptr<Generation> fresh, Generation::Create(impl_->GenerationOptions(impl_->NextName())));
  const auto build = [&] {
    RETURN_IF_ERROR(impl_->Fill(*fresh, view));
    ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> snapshot, fresh->Publish(view.revision()));
    RETURN_IF_ERROR(impl_->options.before_commit());
    RETURN_IF_ERROR(fresh->Commit(view.revision()));
    RETURN_IF_ERROR(impl_->PointTo(*fresh));
    impl_->durable = view.revision();
    impl_->failed = false;
    const std::lock_guard swap_lock(impl_->snapshot_mutex);
    impl_->snapshot.swap(snapshot);
    impl_->generation.swap(fresh);
    return Status::Ok();
  };
  Status status = build();
  // The one that does not serve goes, with its folder: now, or when its last reader is done.
  fresh->folder()->Doom();
  fresh.reset();
  if (!status.ok()) return status;
  impl_->stale = true;
  impl_->RefreshIfStale();
  return impl_->Compact();
}

StatusOr<SearchAnswer> TextIndex::Search(const v1::SearchRequest& request, const SearchPage& page,
                                         const Visibility& visibility, const std::function<Status()>& stop) const {
  const std::shared_ptr<const Snapshot> snapshot = impl_->Current();
  return SearchSnapshot(
      *snapshot, impl_->scratch, request, page, visibility, stop ? stop : [] { return Status::Ok(); });
}

StatusOr<v1::SuggestResponse> TextIndex::Suggest(const v1::SuggestRequest& request, const Visibility& visibility,
                                                 storage::Revision* revision) const {
  const std::shared_ptr<const Snapshot> snapshot = impl_->Current();
  *revision = snapshot->revision;
  return SuggestFromSnapshot(*snapshot, request, visibility);
}

StatusOr<TextVerdict> TextIndex::Verify(const storage::View& view) const {
  TextVerdict verdict;
  std::shared_ptr<const Snapshot> snapshot;
  {
    const std::shared_ptr<const Generation> generation = impl_->Serving();
    snapshot = impl_->Current();
    verdict.faults = generation->CheckCommitted(&verdict.files_checked);
    const std::string merge_fault = generation->merge_fault();
    if (!merge_fault.empty()) verdict.faults.push_back({"merging", merge_fault});
  }
  // Reading documents from files that are known to be damaged proves nothing more.
  if (verdict.faults.empty()) RETURN_IF_ERROR(VerifyDocuments(*snapshot, view, verdict));
  return verdict;
}

}  // namespace souk::text
