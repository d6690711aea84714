// SPDX-License-Identifier: Apache-2.0
// The inspector's second half: the feed of changes.
#include "base/digest.h"
#include "tests/chaos/inspector.h"

namespace souk::chaos {
namespace {

constexpr uint32_t kProgressMs = 100;
// Marks without a change before the feed counts as stuck.
constexpr int kMarksMax = 100;

std::string Told(const std::string& revision, const std::string& action, const std::string& version,
                 v1::ProductState state) {
  return revision + " " + action + " " + version + " " + v1::ProductState_Name(state);
}

std::string DigestOf(const v1::WatchChangesResponse& revision) {
  return revision.revision() + " " + Hex(Sha256(revision.SerializeAsString()));
}

}  // namespace

std::vector<v1::WatchChangesResponse> Inspector::ReadFeed(const std::string& after, const std::string& until) {
  v1::WatchChangesRequest request;
  request.set_after_revision(after);
  request.set_progress_interval_ms(kProgressMs);
  const auto reader = client_->WatchChanges(request);
  std::vector<v1::WatchChangesResponse> revisions;
  int marks = 0;
  while (marks < kMarksMax) {
    auto next = reader->Next();
    if (!next.ok()) {
      violations_.Add("the feed after " + after + ": " + next.status().ToString());
      return revisions;
    }
    const bool end = next->revision() == until;
    marks = next->has_commit_time() ? 0 : marks + 1;
    if (next->has_commit_time()) revisions.push_back(*std::move(next));
    if (end) return revisions;
  }
  violations_.Add("the feed after " + after + " does not reach " + until);
  return revisions;
}

// Each entity's changes are numbered from 1 without gaps.
void Inspector::Follow(const v1::WatchChangesResponse& revision) {
  feed_.push_back(DigestOf(revision));
  for (const v1::EntityChange& change : revision.changes()) {
    v1::EntityChange& newest = newest_[change.name()];
    if (change.change_number() != newest.change_number() + 1) {
      violations_.Add("the feed has a gap: " + change.name() + " goes from change " +
                      std::to_string(newest.change_number()) + " to " + std::to_string(change.change_number()));
    }
    newest = change;
    told_[{change.name(), change.change_number()}] =
        Told(revision.revision(), change.action(), change.version(), change.state());
  }
}

void Inspector::CheckFeedAgainstJournal() {
  for (const Journal::Change& change : journal_.TakeAcknowledged()) {
    const Expected& expected = change.expected;
    const auto told = told_.find({change.line, expected.number});
    const std::string want = Told(expected.revision, expected.action, expected.sample.version, expected.state);
    if (told == told_.end()) {
      violations_.Add("the feed lacks change " + std::to_string(expected.number) + " of " + change.line);
    } else if (told->second != want) {
      violations_.Add("the feed says of " + change.line + ": " + told->second + ", acknowledged was: " + want);
    }
  }
  for (const auto& [line, product] : product_of_line_) {
    const v1::EntityChange& newest = newest_[line];
    if (newest.change_number() != product->settled->number || newest.state() != product->settled->state ||
        newest.version() != product->settled->sample.version) {
      violations_.Add("the feed ends elsewhere than the store for " + line);
    }
  }
}

void Inspector::CheckFeed(bool whole) {
  const auto status = client_->GetStatus({});
  if (!status.ok()) return violations_.Add("no status: " + status.status().ToString());
  const std::string head = status->ledger_revision();
  for (const auto& revision : ReadFeed(read_until_.empty() ? "0" : read_until_, head)) Follow(revision);
  read_until_ = head;
  CheckFeedAgainstJournal();
  if (!whole) return;
  std::vector<std::string> again;
  for (const auto& revision : ReadFeed("0", head)) again.push_back(DigestOf(revision));
  if (again != feed_) {
    violations_.Add("the feed read from the beginning (" + std::to_string(again.size()) +
                    " revisions) differs from what was read along the way (" + std::to_string(feed_.size()) + ")");
  }
}

}  // namespace souk::chaos
