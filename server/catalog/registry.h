// SPDX-License-Identifier: Apache-2.0
// Use cases of RegistryService over products: register many, read, list, compare. Thread-safe.
#pragma once

#include <vector>

#include "base/status.h"
#include "server/catalog/backends.h"
#include "server/catalog/encoded.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::catalog {

class Registry {
 public:
  explicit Registry(const Backends& parts) : parts_(parts) {}

  // Items are independent. Single registrations go to the RegistrationDesk.
  StatusOr<v1::BatchRegisterResponse> BatchRegister(const std::vector<v1::BatchRegisterRequest>& items,
                                                    const CallContext& call) const;
  StatusOr<v1::GetProductResponse> GetProduct(const v1::GetProductRequest& request, const CallContext& call) const;
  // The same answer in the form in which it is sent: made once for as long as what it is made from does not change.
  StatusOr<Encoded<v1::GetProductResponse>> GetEncodedProduct(const v1::GetProductRequest& request,
                                                              const CallContext& call) const;
  StatusOr<v1::ListProductsResponse> ListProducts(const v1::ListProductsRequest& request,
                                                  const CallContext& call) const;
  StatusOr<v1::ListProductVersionsResponse> ListProductVersions(const v1::ListProductVersionsRequest& request,
                                                                const CallContext& call) const;
  StatusOr<v1::DiffProductsResponse> DiffProducts(const v1::DiffProductsRequest& request,
                                                  const CallContext& call) const;

 private:
  const Backends& parts_;
};

}  // namespace souk::catalog
