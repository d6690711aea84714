// SPDX-License-Identifier: Apache-2.0
// One team that registers, updates, deprecates and retires products of its own until it is told to stop or the node is
// gone, and writes down what was acknowledged. Run belongs to one thread; Stop may come from any.
#pragma once

#include <atomic>
#include <random>
#include <vector>

#include "client/lib/client.h"
#include "tests/chaos/journal.h"
#include "tests/chaos/violations.h"

namespace souk::chaos {

class Writer {
 public:
  Writer(int number, uint64_t seed, Journal& journal, Violations& violations);

  // Against a node that may be killed at any moment.
  void Run(client::Client& client);
  void Stop() { stopping_ = true; }
  // Before the next Run.
  void Reset() { stopping_ = false; }

 private:
  void Step();
  void RegisterNew();
  void Update(Product& product);
  void Repeat(Product& product);
  void Deprecate(Product& product);
  void Retire(Product& product);
  Product* SomeLive();
  support::Sample NewSample(const std::string& word);

  void Register(Product& product, const Expected& after);
  void Settle(Product& product, Expected after, const v1::Product& answer, const std::string& revision);
  // What an error means for the product: nothing written, or unknown.
  void Failed(Product& product, Pending pending, const Status& status);
  void ReadBack(const Product& product);

  const int number_;
  std::mt19937_64 random_;
  Journal& journal_;
  Violations& violations_;
  std::vector<Product*> mine_;
  client::Client* client_ = nullptr;
  uint64_t requests_ = 0;
  bool node_gone_ = false;
  std::atomic<bool> stopping_{false};
};

}  // namespace souk::chaos
