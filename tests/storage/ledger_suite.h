// SPDX-License-Identifier: Apache-2.0
// The behaviour suite of the ledger: what every implementation promises, in terms of the interface alone. Revisions are
// never assumed to be consecutive, nor is a key's absence of traces after a failed transaction more than "not written".
//
// A check is a plain function that is given a fresh, empty ledger and answers with what it found violated; so the suite
// can be turned on a ledger that is broken on purpose, to see that it notices (tests/storage/ledger_suite_test.cc).
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "storage/ledger.h"

namespace souk::storage::suite {

// Sentences; empty means that everything holds.
using Violations = std::vector<std::string>;

struct Check {
  const char* name;
  Violations (*run)(Ledger& ledger);
};

// Every check, in the order in which one would read about a ledger.
const std::vector<Check>& AllChecks();
// The one with that name; aborts if there is none.
const Check& FindCheck(std::string_view name);

// A ledger and what it lives in.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual Ledger& ledger() = 0;
};
using SubjectFactory = std::function<std::unique_ptr<Subject>()>;

// For a GoogleTest parameter's name.
inline void PrintTo(const Check& check, std::ostream* out) { *out << check.name; }

}  // namespace souk::storage::suite
