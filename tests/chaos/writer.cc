// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/writer.h"

#include <string>
#include <utility>

namespace souk::chaos {
namespace {

// Live products of one writer: enough to collide and to update, few enough to check each after every kill.
constexpr size_t kLiveMax = 40;
constexpr size_t kReadsMax = 3;
constexpr size_t kColumnsMax = 12;
constexpr uint64_t kDomains = 3;
constexpr uint64_t kPercent = 100;
constexpr size_t kTextWordsMax = 60;

bool Live(const Product& product) {
  return product.settled && !product.pending && product.settled->state != v1::PRODUCT_STATE_RETIRED;
}

// Answers that say for sure that nothing was written.
bool Refused(const Status& status) {
  return status.code() == Code::kAborted || status.code() == Code::kResourceExhausted ||
         (status.code() == Code::kFailedPrecondition && status.reason() == "HAS_CONSUMERS");
}

bool OutcomeUnknown(const Status& status) {
  return status.code() == Code::kUnavailable || status.code() == Code::kUnknown ||
         status.code() == Code::kDeadlineExceeded || status.code() == Code::kCancelled;
}

std::string NextVersion(const std::string& version) {
  const size_t minor = version.find('.') + 1;
  return version.substr(0, minor) + std::to_string(std::stoi(version.substr(minor)) + 1) + ".0";
}

}  // namespace

Writer::Writer(int number, uint64_t seed, Journal& journal, Violations& violations)
    : number_(number), random_(seed), journal_(journal), violations_(violations) {}

void Writer::Run(client::Client& client) {
  client_ = &client;
  node_gone_ = false;
  while (!stopping_ && !node_gone_) Step();
}

void Writer::Step() {
  size_t live = 0;
  for (const Product* product : mine_) live += Live(*product) ? 1 : 0;
  const uint64_t dice = random_() % kPercent;
  Product* product = SomeLive();
  if (product == nullptr || (dice < 35 && live < kLiveMax)) return RegisterNew();
  if (dice < 80) return Update(*product);
  if (dice < 86) return Repeat(*product);
  if (dice < 92) return Deprecate(*product);
  Retire(*product);
}

Product* Writer::SomeLive() {
  std::vector<Product*> live;
  for (Product* product : mine_) {
    if (Live(*product)) live.push_back(product);
  }
  return live.empty() ? nullptr : live[random_() % live.size()];
}

support::Sample Writer::NewSample(const std::string& word) {
  support::Sample sample;
  sample.domain = "chaos-" + std::to_string(random_() % kDomains);
  sample.name = word;
  sample.team = "team-" + std::to_string(number_);
  sample.owner = "writer" + std::to_string(number_) + "@example.com";
  return sample;
}

void Writer::RegisterNew() {
  Product& product = journal_.New();
  mine_.push_back(&product);
  Expected after{.sample = NewSample(product.word)};
  after.sample.reads = journal_.SomeContracts(random_, kReadsMax);
  Register(product, after);
  journal_.Publish(after.sample.contract());
}

void Writer::Update(Product& product) {
  Expected after = *product.settled;
  after.sample.version = NextVersion(after.sample.version);
  after.sample.reads = journal_.SomeContracts(random_, kReadsMax);
  std::erase(after.sample.reads, after.sample.contract());
  after.sample.purpose = "Rewritten";
  for (uint64_t words = random_() % kTextWordsMax; words > 0; --words) {
    after.sample.purpose += " thought" + std::to_string(random_() % kPercent);
  }
  // None ever goes: that would break those who read it.
  if (after.sample.columns.size() < kColumnsMax) {
    after.sample.columns.push_back(
        {"extra_" + std::to_string(random_() % kPercent) + "_" + std::to_string(after.sample.columns.size())});
  }
  Register(product, after);
}

void Writer::Register(Product& product, const Expected& expected) {
  Expected after = expected;
  after.number += 1;
  after.revision.clear();
  after.action = "register";
  v1::RegisterProductRequest request = support::RegistrationOf(after.sample);
  const bool named = random_() % 2 == 0;
  if (named) request.set_request_id("w" + std::to_string(number_) + "-" + std::to_string(++requests_));
  const auto answer = client_->RegisterProduct(request);
  if (!answer.ok()) {
    Pending pending{std::move(after), std::nullopt};
    if (named) pending.replay = std::move(request);
    return Failed(product, std::move(pending), answer.status());
  }
  if (!answer->changed()) violations_.Add(after.sample.line() + ": a new content was answered as no change");
  Settle(product, std::move(after), answer->product(), answer->revision());
  if (answer->visible() && random_() % 8 == 0) ReadBack(product);
}

void Writer::Repeat(Product& product) {
  const auto answer = client_->RegisterProduct(support::RegistrationOf(product.settled->sample));
  if (!answer.ok()) {
    if (OutcomeUnknown(answer.status())) node_gone_ = true;  // whatever became of it, it changed nothing
    if (!OutcomeUnknown(answer.status()) && !Refused(answer.status())) {
      violations_.Add(product.settled->sample.line() + " repeated: " + answer.status().ToString());
    }
    return;
  }
  if (answer->changed() || answer->revision() != product.settled->revision) {
    violations_.Add(product.settled->sample.line() + ": the same content again gave revision " + answer->revision() +
                    ", not " + product.settled->revision);
  }
}

void Writer::Deprecate(Product& product) {
  if (product.settled->state != v1::PRODUCT_STATE_ACTIVE) return;
  Expected after = *product.settled;
  after.state = v1::PRODUCT_STATE_DEPRECATED;
  after.number += 1;
  after.revision.clear();
  after.action = "set-state";
  v1::SetProductStateRequest request;
  request.set_name(after.sample.line());
  request.set_state(after.state);
  const auto answer = client_->SetProductState(request);
  if (!answer.ok()) return Failed(product, {std::move(after), std::nullopt}, answer.status());
  Settle(product, std::move(after), answer->product(), answer->revision());
}

void Writer::Retire(Product& product) {
  Expected after = *product.settled;
  after.state = v1::PRODUCT_STATE_RETIRED;
  after.number += 1;
  after.revision.clear();
  after.action = "retire";
  v1::RetireProductRequest request;
  request.set_name(after.sample.line());
  const auto answer = client_->RetireProduct(request);
  if (!answer.ok()) return Failed(product, {std::move(after), std::nullopt}, answer.status());
  Settle(product, std::move(after), answer->product(), answer->revision());
}

void Writer::Settle(Product& product, Expected after, const v1::Product& answer, const std::string& revision) {
  after.revision = revision;
  const std::string line = after.sample.line();
  if (answer.change_number() != after.number || answer.state() != after.state ||
      answer.version() != after.sample.version || answer.name() != line) {
    violations_.Add(line + ": answered as " + answer.name() + " " + answer.version() + " " +
                    v1::ProductState_Name(answer.state()) + " change " + std::to_string(answer.change_number()) +
                    ", sent as " + after.sample.version + " " + v1::ProductState_Name(after.state) + " change " +
                    std::to_string(after.number));
  }
  journal_.CountAcknowledged(line, after);
  product.settled = std::move(after);
}

void Writer::Failed(Product& product, Pending pending, const Status& status) {
  if (Refused(status)) {
    product.gone = !product.settled;
    return;
  }
  if (!OutcomeUnknown(status)) violations_.Add(pending.after.sample.line() + ": " + status.ToString());
  journal_.CountUnknown();
  product.pending = std::move(pending);
  // A refused connection comes back at once: without this a writer would fill its journal while the node is dead.
  node_gone_ = status.code() == Code::kUnavailable;
}

void Writer::ReadBack(const Product& product) {
  v1::SearchRequest request;
  request.set_query(product.word);
  const auto found = client_->Search(request);
  if (!found.ok()) return;  // the node may have been killed by now
  const bool first = found->hits_size() > 0 && found->hits(0).name() == product.settled->sample.line() &&
                     found->hits(0).version() == product.settled->sample.version;
  if (!first) violations_.Add(product.settled->sample.line() + " was answered as visible, but a search misses it");
}

}  // namespace souk::chaos
