// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/cluster/stage.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/names.h"
#include "tests/chaos/word.h"

namespace souk::chaos {
namespace {

// Few enough that clients meet on them all the time.
constexpr size_t kLines = 8;
constexpr size_t kDomains = 3;
constexpr size_t kReadsMax = 2;
// A call that takes longer has an unknown outcome; shorter than the longest faults.
constexpr std::chrono::milliseconds kReadDeadline{4'000};
constexpr std::chrono::milliseconds kWriteDeadline{6'000};

std::unique_ptr<client::Client> ClientOf(std::vector<std::string> addresses, int attempts, bool spread) {
  client::ClientOptions options;
  options.addresses = std::move(addresses);
  options.spread = spread;
  options.deadline = kReadDeadline;
  options.bulk_deadline = kWriteDeadline;
  options.attempts_max = attempts;
  options.read_your_writes = false;  // each read says itself what it wants
  return std::make_unique<client::Client>(options);
}

}  // namespace

Revision RevisionOf(const std::string& token) {
  Revision revision = 0;
  std::from_chars(token.data(), token.data() + token.size(), revision);
  return revision;
}

Stage::Stage(std::vector<std::string> addresses, size_t first_word, Violations& violations)
    : any_(ClientOf(addresses, client::kAttemptsMax, true)),
      violations_(violations),
      written_(addresses.size()),
      next_word_(first_word) {
  for (const std::string& address : addresses) pinned_.push_back(ClientOf({address}, 1, false));
  for (size_t first = 0; first < addresses.size(); ++first) {
    watching_.push_back(ClientOf(addresses, client::kAttemptsMax, false));
    std::rotate(addresses.begin(), addresses.begin() + 1, addresses.end());
  }
  while (lines_.size() < kLines) lines_.push_back(NewLine());
}

Moment Stage::Now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

support::Sample Stage::NewLine() {
  support::Sample line;
  line.domain = "chaos-" + std::to_string(next_word_ % kDomains);
  line.name = WordOf(next_word_++);
  names_.push_back(line.line());
  return line;
}

support::Sample Stage::SomeLine(std::mt19937_64& random) const {
  const std::lock_guard lock(mutex_);
  return lines_[random() % lines_.size()];
}

void Stage::Replace(const support::Sample& line) {
  const std::lock_guard lock(mutex_);
  for (support::Sample& one : lines_) {
    if (one.name == line.name) one = NewLine();
  }
}

std::vector<std::string> Stage::SomeContracts(std::mt19937_64& random, const support::Sample& but) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> contracts;
  for (size_t count = random() % (kReadsMax + 1); count > 0; --count) {
    const support::Sample& line = lines_[random() % lines_.size()];
    const bool known = std::find(contracts.begin(), contracts.end(), line.contract()) != contracts.end();
    if (line.name != but.name && !known) contracts.push_back(line.contract());
  }
  std::sort(contracts.begin(), contracts.end());
  return contracts;
}

std::string Stage::NewVersion() { return "1." + std::to_string(++marks_) + ".0"; }
std::string Stage::NewReason() { return "reason " + std::to_string(++marks_); }

std::string Stage::newest_token() const {
  const std::lock_guard lock(mutex_);
  return newest_token_;
}

void Stage::OfferToken(const std::string& token) {
  const std::lock_guard lock(mutex_);
  if (RevisionOf(token) > RevisionOf(newest_token_)) newest_token_ = token;
}

void Stage::Record(Operation operation) {
  if (IsWrite(operation.kind) && operation.outcome == Outcome::kOk && operation.node >= 0) {
    ++written_[static_cast<size_t>(operation.node)];
  }
  const std::lock_guard lock(mutex_);
  operations_.push_back(std::move(operation));
}

void Stage::CountError(const Status& status) {
  const std::lock_guard lock(mutex_);
  ++errors_[std::string(CodeName(status.code())) + " " + status.reason()];
}

std::vector<Operation> Stage::TakeOperations() {
  const std::lock_guard lock(mutex_);
  return std::exchange(operations_, {});
}

std::vector<std::string> Stage::LineNames() const {
  const std::lock_guard lock(mutex_);
  return names_;
}

size_t Stage::words_used() const {
  const std::lock_guard lock(mutex_);
  return next_word_;
}

std::map<std::string, uint64_t> Stage::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

}  // namespace souk::chaos
