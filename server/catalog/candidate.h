// SPDX-License-Identifier: Apache-2.0
// A bundle that somebody wants to register: read and judged, before any view is looked at. Pure functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/names.h"
#include "base/status.h"
#include "descriptor/bundle.h"
#include "souk/store/v1/records.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::catalog {

struct Candidate {
  const v1::RegisterProductRequest* request = nullptr;
  LineName line;
  v1::ProductState state = v1::PRODUCT_STATE_UNSPECIFIED;  // what the descriptor's status asks for
  // As far as the candidate says it: model and documents. Planning fills in the rest and gives it to the record, so
  // that a further try begins with ReadCandidate.
  store::v1::Registration registration;
  google::protobuf::RepeatedPtrField<v1::Finding> findings;  // of the gate
  std::string content_digest;
  std::vector<Violation> warnings;
  descriptor::Locations locations;  // of the product document
  bool fit_for_active = false;
  std::string request_content;  // digest of what is asked for, for the request id

  const v1::DataProduct& model() const { return registration.model(); }
};

// INVALID_ARGUMENT as ParseBundle says, and for a state that is none.
StatusOr<Candidate> ReadCandidate(const v1::RegisterProductRequest& request);

}  // namespace souk::catalog
