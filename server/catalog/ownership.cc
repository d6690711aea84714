// SPDX-License-Identifier: Apache-2.0
#include "index/ownership/ownership.h"

#include "base/limits.h"
#include "server/catalog/asking.h"
#include "server/catalog/reading.h"

namespace souk::catalog {
namespace {

// Before the identifier: the question that is answered once.
const std::string kFindOwner = "FindOwner ";

}  // namespace

StatusOr<v1::FindOwnerResponse> Ownership::FindOwner(const v1::FindOwnerRequest& request,
                                                     const CallContext& call) const {
  if (request.identifier().empty()) return errors::MissingField("identifier");
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  ASSIGN_OR_RETURN(v1::FindOwnerResponse response, ownership::FindOwner(view, request.identifier()));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<Encoded<v1::FindOwnerResponse>> Ownership::FindEncodedOwner(const v1::FindOwnerRequest& request,
                                                                     const CallContext& call) const {
  const std::string& identifier = request.identifier();
  if (identifier.empty()) return errors::MissingField("identifier");
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  const auto encode = [&](const storage::View& reading) -> StatusOr<std::string> {
    ASSIGN_OR_RETURN(const v1::FindOwnerResponse response, ownership::FindOwner(reading, identifier));
    return response.SerializeAsString();
  };
  Encoded<v1::FindOwnerResponse> answer;
  ASSIGN_OR_RETURN(answer.shared, view.AnsweredOnce(kFindOwner + identifier, encode));
  answer.rest.set_revision(Token(parts_, view.revision()));
  return answer;
}

StatusOr<v1::ListOwnedResponse> Ownership::ListOwned(const v1::ListOwnedRequest& request,
                                                     const CallContext& call) const {
  if (request.owner().empty()) return errors::MissingField("owner");
  ASSIGN_OR_RETURN(const size_t size, PageSize(request.page_size(), limits::kPageSizeDefault, limits::kPageSizeMax));
  const std::string digest = RequestDigest(request);
  ASSIGN_OR_RETURN(const std::string after, ReadPageToken(request.page_token(), digest));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  ASSIGN_OR_RETURN(auto owned, ownership::ListOwned(view, request.owner()));
  v1::ListOwnedResponse response;
  for (v1::OwnedProduct& product : owned) {
    if (product.name() <= after) continue;
    if (static_cast<size_t>(response.products_size()) == size) {
      response.set_next_page_token(MakePageToken(response.products(response.products_size() - 1).name(), digest));
      break;
    }
    *response.add_products() = std::move(product);
  }
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::BatchFindOwnersResponse> Ownership::BatchFindOwners(const v1::BatchFindOwnersRequest& request,
                                                                 const CallContext& call) const {
  const auto count = static_cast<size_t>(request.identifiers_size());
  if (count > limits::kBatchOwnersMax) return errors::TooMany("identifiers", count, limits::kBatchOwnersMax);
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  v1::BatchFindOwnersResponse response;
  for (const std::string& identifier : request.identifiers()) {
    RETURN_IF_ERROR(call.Check("BatchFindOwners"));
    v1::OwnerResult& result = *response.add_results();
    StatusOr<v1::FindOwnerResponse> owner = ownership::FindOwner(view, identifier);
    if (owner.ok()) {
      *result.mutable_owner() = *std::move(owner);
      result.mutable_owner()->set_revision(Token(parts_, view.revision()));
    } else {
      result.set_code(static_cast<int>(owner.status().code()));
      result.set_message(owner.status().message());
    }
  }
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

}  // namespace souk::catalog
