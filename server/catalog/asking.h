// SPDX-License-Identifier: Apache-2.0
// Use cases of the asking services: search, suggest, lineage, ownership. Thread-safe.
#pragma once

#include "base/status.h"
#include "server/catalog/backends.h"
#include "server/catalog/encoded.h"
#include "souk/v1/discovery_service.pb.h"
#include "souk/v1/lineage_service.pb.h"
#include "souk/v1/ownership_service.pb.h"

namespace souk::catalog {

class Discovery {
 public:
  explicit Discovery(const Backends& parts) : parts_(parts) {}
  StatusOr<v1::SearchResponse> Search(const v1::SearchRequest& request, const CallContext& call) const;
  StatusOr<v1::SuggestResponse> Suggest(const v1::SuggestRequest& request, const CallContext& call) const;

 private:
  const Backends& parts_;
};

class Lineage {
 public:
  explicit Lineage(const Backends& parts) : parts_(parts) {}
  StatusOr<v1::TraceLineageResponse> TraceLineage(const v1::TraceLineageRequest& request,
                                                  const CallContext& call) const;

 private:
  const Backends& parts_;
};

class Ownership {
 public:
  explicit Ownership(const Backends& parts) : parts_(parts) {}
  StatusOr<v1::FindOwnerResponse> FindOwner(const v1::FindOwnerRequest& request, const CallContext& call) const;
  // The same answer in the form in which it is sent: made once for as long as what it is made from does not change.
  StatusOr<Encoded<v1::FindOwnerResponse>> FindEncodedOwner(const v1::FindOwnerRequest& request,
                                                            const CallContext& call) const;
  StatusOr<v1::ListOwnedResponse> ListOwned(const v1::ListOwnedRequest& request, const CallContext& call) const;
  StatusOr<v1::BatchFindOwnersResponse> BatchFindOwners(const v1::BatchFindOwnersRequest& request,
                                                        const CallContext& call) const;

 private:
  const Backends& parts_;
};

}  // namespace souk::catalog
