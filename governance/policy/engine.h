// SPDX-License-Identifier: Apache-2.0
// Runs one SELECT over the tables of a product, in a box: nothing is written, no file or clock or chance is reached,
// and steps are counted, not time, so that a policy ends at the same place everywhere. An engine is one thread's while
// it is borrowed; borrowing is thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "governance/policy/tables.h"

namespace souk::governance {

// What the engine says of a source before it runs.
struct PreparedPolicy {
  std::string problem;  // empty: it can run
  std::string remedy;
  uint32_t line = 0;  // of the problem
  uint32_t column = 0;
  std::set<std::string> tables;      // that it reads
  std::vector<std::string> columns;  // that it returns
};

struct PolicyRow {
  std::string message;
  std::string remedy;    // may be empty
  std::string severity;  // as the policy says it; may be empty
  std::string pointer;   // into the product document; may be empty
  int64_t place = -1;    // index into Places; -1: none
};

struct PolicyRun {
  std::string problem;  // not empty: it was stopped, and the rows count for nothing
  std::vector<PolicyRow> rows;
  uint64_t steps = 0;
};

class Engine {
 public:
  // Given back when the pointer goes.
  using Lease = std::unique_ptr<Engine, void (*)(Engine*)>;
  static Lease Borrow();

  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  PreparedPolicy Prepare(const std::string& source);
  // The product that the next runs look at; what was loaded before is gone. Everything outlives the runs.
  void Load(const PolicyFacts& facts);
  // At most limits::kFindingsMax rows.
  PolicyRun Run(const std::string& source);
  // Where the loaded rows stand.
  const Places& places() const;
  // How it would be run, one line a step.
  std::vector<std::string> Plan(const std::string& source);

 private:
  Engine();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::governance
