// SPDX-License-Identifier: Apache-2.0
// What the writers sent and what was acknowledged: the truth that a node is held to after it was killed. Each product
// belongs to one writer, so its changes have one order and at most one unknown outcome. The journal's own methods are
// thread-safe; a product is touched by its writer, or by the inspector while no writer runs.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "souk/v1/registry_service.pb.h"
#include "tests/support/bundles.h"

namespace souk::chaos {

// How a line must look after a change.
struct Expected {
  support::Sample sample;
  v1::ProductState state = v1::PRODUCT_STATE_ACTIVE;
  uint64_t number = 0;        // of the change within the line
  std::string revision = {};  // token of the change; empty while unknown
  std::string action = {};    // as the feed names it
};

// A change that was sent and whose answer never came.
struct Pending {
  Expected after;
  std::optional<v1::RegisterProductRequest> replay;  // set where it carried a request id: it may be sent again
};

struct Product {
  std::string word;  // its name: found by no other search
  std::optional<Expected> settled;
  std::optional<Pending> pending;
  bool gone = false;  // its only registration turned out not to have been written
};

class Journal {
 public:
  // A product with a name that nobody else has; it is the caller's.
  Product& New();
  // For everybody to read from now on.
  void Publish(const std::string& contract_id);
  // Contract ids to read from: mostly published ones, now and then one that nobody offers.
  std::vector<std::string> SomeContracts(std::mt19937_64& random, size_t count_max) const;

  void CountAcknowledged(const std::string& line, const Expected& change);
  void CountUnknown();
  uint64_t acknowledged() const;
  uint64_t unknown() const;

  struct Change {
    std::string line;
    Expected expected;
  };
  // Every acknowledged change since the last call, in no order.
  std::vector<Change> TakeAcknowledged();
  // All products ever made.
  std::vector<Product*> products() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Product>> products_;
  std::vector<std::string> contracts_;
  std::vector<Change> fresh_;
  uint64_t acknowledged_ = 0;
  uint64_t unknown_ = 0;
};

}  // namespace souk::chaos
