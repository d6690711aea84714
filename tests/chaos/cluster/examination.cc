// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/cluster/examination.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "base/digest.h"
#include "tests/chaos/cluster/faults.h"

namespace souk::chaos {
namespace {

constexpr int32_t kPage = 1000;
constexpr std::chrono::milliseconds kLookAgain{50};
// For questions that take long and must be answered now.
constexpr std::chrono::seconds kPatience{60};
constexpr int kTries = 5;

client::CallOptions Patient() {
  client::CallOptions options;
  options.deadline = kPatience;
  options.attempts_max = kTries;
  return options;
}

// What is not as it should be; empty if nothing.
std::string Unwell(const v1::GetStatusResponse& status) {
  if (!status.ledger_link().connected()) return "it is cut off: " + status.ledger_link().reason();
  if (!status.writable()) return "it is not writable: " + status.not_writable_reason();
  if (status.store_revision() != status.ledger_revision()) {
    return "its store is at " + status.store_revision() + ", the ledger at " + status.ledger_revision();
  }
  for (const v1::IndexStatus& index : status.indexes()) {
    if (index.applied_revision() != status.store_revision()) {
      return "its " + index.name() + " index is at " + index.applied_revision() + ", the store at " +
             status.store_revision();
    }
  }
  return {};
}

StatusOr<std::vector<Change>> HistoryOf(client::Client& node, const std::string& line) {
  std::vector<Change> changes;
  v1::ListProductVersionsRequest request;
  request.set_name(line);
  request.set_page_size(kPage);
  request.mutable_consistency()->set_latest(true);
  do {
    auto page = node.ListProductVersions(request, Patient());
    if (page.status().code() == Code::kNotFound) return changes;
    if (!page.ok()) return page.status();
    for (const v1::ProductVersion& version : page->versions()) {
      changes.push_back({RevisionOf(version.revision()), line, version.change_number(), version.action(),
                         version.version(), v1::ProductState_Name(version.state()), version.reason(), version.digest(),
                         version.previous_digest()});
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  // The newest comes first. A change of state leaves the version as it is, and does not tell it.
  std::reverse(changes.begin(), changes.end());
  for (size_t i = 1; i < changes.size(); ++i) {
    if (changes[i].version.empty()) changes[i].version = changes[i - 1].version;
  }
  return changes;
}

StatusOr<std::string> DigestOfAll(client::Client& node) {
  DigestBuilder digest;
  v1::ListProductsRequest request;
  request.set_page_size(kPage);
  request.set_full(true);
  request.mutable_consistency()->set_latest(true);
  do {
    ASSIGN_OR_RETURN(const auto page, node.ListProducts(request, Patient()));
    for (const v1::Product& product : page.products()) digest.Add(product.ShortDebugString());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return Hex(digest.Finish());
}

}  // namespace

StatusOr<std::string> AwaitWhole(Stage& stage, std::chrono::seconds duration_max) {
  const auto until = std::chrono::steady_clock::now() + duration_max;
  while (true) {
    std::string unwell;
    std::string revision;
    for (size_t node = 0; node < stage.nodes() && unwell.empty(); ++node) {
      const auto status = stage.PinnedTo(node).GetStatus({});
      const std::string name = "node " + std::to_string(node) + ": ";
      if (!status.ok()) {
        unwell = name + status.status().ToString();
      } else if (!Unwell(*status).empty()) {
        unwell = name + Unwell(*status);
      } else if (node > 0 && status->store_revision() != revision) {
        unwell = name + "at " + status->store_revision() + ", another at " + revision;
      } else {
        revision = status->store_revision();
      }
    }
    if (unwell.empty()) return revision;
    if (std::chrono::steady_clock::now() >= until) return Status(Code::kDeadlineExceeded, unwell);
    std::this_thread::sleep_for(kLookAgain);
  }
}

std::vector<Account> TakeAccounts(Stage& stage, const std::vector<std::string>& lines) {
  std::vector<Account> accounts;
  for (size_t node = 0; node < stage.nodes(); ++node) {
    Account account{"node " + std::to_string(node), {}};
    for (const std::string& line : lines) {
      auto changes = HistoryOf(stage.PinnedTo(node), line);
      if (!changes.ok()) stage.violations().Add(account.node + ", " + line + ": " + changes.status().ToString());
      if (changes.ok()) account.changes.insert(account.changes.end(), changes->begin(), changes->end());
    }
    accounts.push_back(std::move(account));
  }
  return accounts;
}

void CompareNodes(Stage& stage) {
  std::string first;
  std::optional<uint64_t> not_understood;
  for (size_t node = 0; node < stage.nodes(); ++node) {
    const std::string name = "node " + std::to_string(node);
    const auto status = stage.PinnedTo(node).GetStatus({}, Patient());
    if (!status.ok()) stage.violations().Add(name + " does not tell how it is: " + status.status().ToString());
    if (status.ok() && status->undecodable_count() != not_understood.value_or(status->undecodable_count())) {
      stage.violations().Add(name + " does not understand " + std::to_string(status->undecodable_count()) +
                             " values, another " + std::to_string(*not_understood));
    }
    if (status.ok()) not_understood = status->undecodable_count();
    const auto digest = DigestOfAll(stage.PinnedTo(node));
    if (!digest.ok()) {
      stage.violations().Add(name + " does not list its products: " + digest.status().ToString());
    } else if (first.empty()) {
      first = *digest;
    } else if (*digest != first) {
      stage.violations().Add(name + " lists other products than node 0");
    }
    const auto verdict = stage.PinnedTo(node).VerifyIndex({}, Patient());
    if (!verdict.ok()) stage.violations().Add(name + " can't verify: " + verdict.status().ToString());
    if (!verdict.ok()) continue;
    for (const v1::IndexFault& fault : verdict->faults()) {
      if (fault.message().find(kGarbageTeam) != std::string::npos) continue;  // it was written so
      stage.violations().Add(name + ": " + fault.index() + " " + fault.subject() + ": " + fault.message());
    }
  }
}

}  // namespace souk::chaos
