// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/journal.h"

#include <utility>

#include "tests/chaos/word.h"

namespace souk::chaos {
namespace {

// One in so many references is to a contract that nobody offers yet.
constexpr uint64_t kOpenReferences = 12;

}  // namespace

Product& Journal::New() {
  const std::lock_guard lock(mutex_);
  auto product = std::make_unique<Product>();
  product->word = WordOf(products_.size());
  products_.push_back(std::move(product));
  return *products_.back();
}

void Journal::Publish(const std::string& contract_id) {
  const std::lock_guard lock(mutex_);
  contracts_.push_back(contract_id);
}

std::vector<std::string> Journal::SomeContracts(std::mt19937_64& random, size_t count_max) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> some;
  for (size_t count = random() % (count_max + 1); count > 0 && !contracts_.empty(); --count) {
    std::string contract = contracts_[random() % contracts_.size()];
    if (random() % kOpenReferences == 0) contract += ".later";
    bool known = false;
    for (const std::string& other : some) known = known || other == contract;
    if (!known) some.push_back(contract);
  }
  return some;
}

void Journal::CountAcknowledged(const std::string& line, const Expected& change) {
  const std::lock_guard lock(mutex_);
  ++acknowledged_;
  fresh_.push_back({line, change});
}

void Journal::CountUnknown() {
  const std::lock_guard lock(mutex_);
  ++unknown_;
}

uint64_t Journal::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

uint64_t Journal::unknown() const {
  const std::lock_guard lock(mutex_);
  return unknown_;
}

std::vector<Journal::Change> Journal::TakeAcknowledged() {
  const std::lock_guard lock(mutex_);
  return std::exchange(fresh_, {});
}

std::vector<Product*> Journal::products() const {
  const std::lock_guard lock(mutex_);
  std::vector<Product*> all;
  for (const auto& product : products_) all.push_back(product.get());
  return all;
}

}  // namespace souk::chaos
