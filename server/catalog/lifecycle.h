// SPDX-License-Identifier: Apache-2.0
// The life of a line: which state may follow which, and how a line ends. Thread-safe.
#pragma once

#include <set>
#include <string>

#include "base/status.h"
#include "server/catalog/backends.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::catalog {

// OK, or BAD_TRANSITION: nothing goes back behind active, what is retired stays so, and only RetireProduct retires.
Status CheckTransition(const std::string& line, v1::ProductState from, v1::ProductState to);

class Lifecycle {
 public:
  explicit Lifecycle(const Backends& parts) : parts_(parts) {}

  StatusOr<v1::SetProductStateResponse> SetProductState(const v1::SetProductStateRequest& request,
                                                        const CallContext& call) const;
  // Two commits: a mark that every registration guards, a second look for consumers at that revision, then the end or
  // the mark's lifting.
  StatusOr<v1::RetireProductResponse> RetireProduct(const v1::RetireProductRequest& request,
                                                    const CallContext& call) const;

 private:
  // The mark's revision.
  StatusOr<storage::Revision> Mark(const LineName& line, const CallContext& call) const;
  void Lift(const LineName& line, storage::Revision marked, Deadline deadline) const;
  StatusOr<v1::RetireProductResponse> EndMarked(const v1::RetireProductRequest& request, const LineName& line,
                                                storage::Revision marked, const CallContext& call) const;
  StatusOr<storage::Revision> RequireMark(const storage::View& view, const std::string& line,
                                          storage::Transaction& transaction) const;
  StatusOr<bool> OfferedElsewhere(const storage::View& view, const store::v1::LineState& line,
                                  const std::string& contract_id, storage::Transaction& transaction) const;
  StatusOr<std::set<std::string>> Consumers(const storage::View& view, const store::v1::LineState& line,
                                            const CallContext& call, storage::Transaction& transaction) const;
  StatusOr<v1::RetireProductResponse> End(const v1::RetireProductRequest& request, const LineName& line,
                                          const CallContext& call) const;

  const Backends& parts_;
};

}  // namespace souk::catalog
