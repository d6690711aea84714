// SPDX-License-Identifier: Apache-2.0
#include "storage/ledger.h"

#include <utility>

namespace souk::storage {

StatusOr<Revision> Ledger::Commit(Transaction transaction, Deadline deadline) {
  std::vector<Transaction> one;
  one.push_back(std::move(transaction));
  return std::move(CommitEach(std::move(one), deadline).front());
}

StatusOr<Revision> Ledger::List(std::string_view prefix, Revision at, const Visitor& visit) {
  return ListUnlessStopping({.prefix = prefix, .at = at}, visit, [] { return false; });
}

}  // namespace souk::storage
