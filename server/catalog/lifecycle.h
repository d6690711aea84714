// SPDX-License-Identifier: Apache-2.0
// The life of a line: which state may follow which, and how a line ends. Thread-safe.
#pragma once

#include "base/status.h"
#include "server/catalog/backends.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::catalog {

// OK, or BAD_TRANSITION. A registration never moves a line back behind active; only the explicit call un-deprecates.
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
  StatusOr<storage::Revision> Mark(const LineName& line, bool set, const CallContext& call) const;
  StatusOr<std::vector<std::string>> Consumers(const storage::View& view, const store::v1::LineState& line) const;
  StatusOr<v1::RetireProductResponse> End(const v1::RetireProductRequest& request, const LineName& line,
                                          const CallContext& call) const;

  const Backends& parts_;
};

}  // namespace souk::catalog
