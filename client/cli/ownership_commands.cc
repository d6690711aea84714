// SPDX-License-Identifier: Apache-2.0
// owner, owned.
#include <algorithm>
#include <iostream>

#include "base/errors.h"
#include "base/names.h"
#include "client/cli/command_list.h"
#include "client/cli/paging.h"
#include "client/cli/text.h"
#include "client/cli/usage.h"

namespace souk::cli {
namespace {

std::string DerivationWord(v1::OwnerDerivation derivation) {
  switch (derivation) {
    case v1::OWNER_DERIVATION_DECLARED:
      return "declared";
    case v1::OWNER_DERIVATION_INHERITED:
      return "inherited";
    case v1::OWNER_DERIVATION_OBSERVED:
      return "observed";
    case v1::OWNER_DERIVATION_ESCALATED:
      return "escalated";
    default:
      return "";
  }
}

void WriteOwner(const v1::FindOwnerResponse& owner, std::ostream& out, const Style& style) {
  out << style.Bold(Clean(owner.team().empty() ? "no team" : owner.team())) << " answers for "
      << Clean(owner.identifier()) << " (" << DerivationWord(owner.derivation()) << ")\n";
  for (const v1::Member& member : owner.members()) {
    out << "  " << Clean(member.role().empty() ? "member" : member.role()) << "  " << Clean(member.username());
    if (!member.name().empty()) out << "  " << Clean(member.name());
    if (!member.date_out().empty()) out << "  left " << Clean(member.date_out());
    out << "\n";
  }
  if (owner.members().empty()) {
    for (const std::string& name : owner.owners()) out << "  owner  " << Clean(name) << "\n";
  }
  for (const v1::Contact& contact : owner.contacts()) {
    out << "  " << Clean(contact.channel()) << "  " << Clean(contact.url()) << "\n";
  }
  for (const std::string& step : owner.derived_via()) out << "  " << style.Dim("via " + Clean(step)) << "\n";
  if (const std::string time = TimeWord(owner.confirm_time()); !time.empty()) {
    out << "  " << style.Dim("confirmed " + time) << "\n";
  }
}

void AddOwner(const v1::FindOwnerResponse& owner, Answer& answer) {
  answer.table.header = {"IDENTIFIER", "TEAM", "OWNERS", "DERIVATION", "PRODUCT"};
  answer.table.rows.push_back({owner.identifier(), owner.team(), Join(Strings(owner.owners()), " "),
                               DerivationWord(owner.derivation()), ShortName(owner.product())});
  if (!owner.team().empty()) {
    answer.names.push_back(owner.team());
    answer.ids.push_back(LastSegment(owner.team()));
  }
}

StatusOr<int> FindOne(Session& session, const std::string& identifier) {
  v1::FindOwnerRequest request;
  request.set_identifier(identifier);
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(const v1::FindOwnerResponse response, session.client().FindOwner(request, session.call()));
  Answer answer;
  answer.message = &response;
  AddOwner(response, answer);
  answer.text = [&](std::ostream& out, const Style& style) { WriteOwner(response, out, style); };
  return session.Print(answer);
}

StatusOr<int> FindMany(Session& session, const std::vector<std::string>& identifiers) {
  v1::BatchFindOwnersResponse all;
  for (size_t first = 0; first < identifiers.size(); first += limits::kBatchOwnersMax) {
    v1::BatchFindOwnersRequest request;
    const size_t end = std::min(identifiers.size(), first + limits::kBatchOwnersMax);
    for (size_t i = first; i < end; ++i) request.add_identifiers(identifiers[i]);
    session.SetConsistency(request);
    ASSIGN_OR_RETURN(const v1::BatchFindOwnersResponse page, session.client().BatchFindOwners(request, session.call()));
    all.MergeFrom(page);
  }
  Answer answer;
  answer.message = &all;
  int code = kExitOk;
  for (int i = 0; i < all.results_size(); ++i) {
    const v1::OwnerResult& result = all.results(i);
    if (result.code() == 0) {
      AddOwner(result.owner(), answer);
    } else {
      session.Complain(
          Status(static_cast<Code>(result.code()), identifiers[static_cast<size_t>(i)] + ": " + result.message()));
      code = kExitFailure;
    }
  }
  RETURN_IF_ERROR(session.Print(answer).status());
  return code;
}

}  // namespace

StatusOr<int> RunOwner(Session& session) {
  std::vector<std::string> identifiers;
  for (const std::string& word : session.words()) {
    if (word != "-") {
      identifiers.push_back(word);
      continue;
    }
    for (std::string line; std::getline(session.env().in, line);) {
      if (!IsCleanUtf8(line)) {
        return UsageError("\"" + Clean(line) + "\" of standard input is not UTF-8", "Write it in UTF-8.");
      }
      if (!line.empty()) identifiers.push_back(line);
    }
  }
  if (session.words().size() == 1 && session.word(0) != "-") return FindOne(session, identifiers.front());
  return FindMany(session, identifiers);
}

StatusOr<int> RunOwned(Session& session) {
  v1::ListOwnedRequest request;
  request.set_owner(session.word(0));
  const PagedCall<v1::ListOwnedRequest, v1::ListOwnedResponse, v1::OwnedProduct> paged = {
      &client::Client::ListOwned, &v1::ListOwnedResponse::mutable_products, session.Number("limit", 0)};
  ASSIGN_OR_RETURN(const v1::ListOwnedResponse response, AllPages(session, request, paged));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"PRODUCT", "ID", "OWNED AS"};
  for (const v1::OwnedProduct& product : response.products()) {
    answer.table.rows.push_back({ShortName(product.name()), product.id(), product.relation()});
    answer.names.push_back(product.name());
    if (!product.id().empty()) answer.ids.push_back(product.id());
  }
  if (response.products().empty()) session.Note("nothing is owned by " + session.word(0));
  RETURN_IF_ERROR(session.Print(answer).status());
  NoteMore(session, response, response.products_size());
  return kExitOk;
}

}  // namespace souk::cli
