// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"
#include "base/limits.h"
#include "base/roles.h"
#include "descriptor/bundle.h"
#include "descriptor/diff.h"
#include "index/ownership/ownership.h"
#include "index/text/filter.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/registry.h"

namespace souk::catalog {
namespace {

// A page of large models ends before its answer could be too large to send.
constexpr size_t kPageBytesMax = limits::kResponseBytesMax / 2;
// Before the name: the question that is answered once.
const std::string kGetProduct = "GetProduct ";

// A line's state at one version, found in its records. NOT_FOUND if the line never had it.
StatusOr<storage::SharedLine> LineAtVersion(const storage::View& view, const LineName& line,
                                            const std::string& version) {
  ASSIGN_OR_RETURN(storage::SharedLine head, view.FindLine(line));
  if (!head) return errors::NotFound("product", line.ToString());
  if (head->model().version() == version) return head;
  std::shared_ptr<store::v1::LineState> found;
  RETURN_IF_ERROR(
      view.ForEachRecord(line.ToString(), 0, [&](const store::v1::ChangeRecord& record, storage::Revision revision) {
        if (!record.has_registration() || record.registration().model().version() != version) return true;
        found = std::make_shared<store::v1::LineState>(*head);
        *found->mutable_model() = record.registration().model();
        *found->mutable_findings() = record.registration().findings();
        found->set_state(record.registration().state());
        found->set_actor(record.actor());
        found->set_actor_verified(record.actor_verified());
        found->set_update_us(record.time_us());
        found->set_revision(revision);
        found->set_number(record.number());
        found->set_registration_number(record.number());
        found->set_content_digest(record.content_digest());
        found->clear_sunset_us();
        return false;
      }));
  if (!found) return errors::NotFound("version", line.Product() + "/versions/" + version);
  return storage::SharedLine(std::move(found));
}

// Any identifier of a line, or a version name.
StatusOr<storage::SharedLine> FindAny(const storage::View& view, const std::string& name) {
  if (name.empty()) return errors::MissingField("name");
  const auto reference = ParseProductReference(name);
  if (reference && reference->version) {
    return LineAtVersion(view, LineName{reference->domain, reference->product, *reference->major}, *reference->version);
  }
  return ownership::ResolveState(view, name);
}

// Why a name that leads nowhere may do so: a line whose first record is not understood has no state here.
Status WhyUnknown(const storage::View& view, const std::string& name, const Status& unknown) {
  const auto reference = ParseProductReference(name);
  if (!reference || unknown.code() != Code::kNotFound) return unknown;
  const LineName line{reference->domain, reference->product, reference->major.value_or(1)};
  const std::string prefix = reference->major ? line.ToString() : line.Product() + "/lines/";
  std::string hidden;
  RETURN_IF_ERROR(view.ForEachUndecodable(prefix, [&](const std::string& entity, const auto& mark) {
    if (mark.has_record() && (!reference->major || entity == prefix)) hidden = entity;
    return hidden.empty();
  }));
  if (hidden.empty()) return unknown;
  const Status understood = view.CheckUnderstood(hidden);
  return understood.ok() ? unknown : understood;
}

// The same for what a line is now: refused where that is not understood.
StatusOr<storage::SharedLine> FindUnderstood(const storage::View& view, const std::string& name) {
  StatusOr<storage::SharedLine> line = FindAny(view, name);
  if (!line.ok()) return WhyUnknown(view, name, line.status());
  const auto reference = ParseProductReference(name);
  // A version that can be read is what it always was.
  if (!reference || !reference->version) RETURN_IF_ERROR(view.CheckUnderstood((*line)->name()));
  return line;
}

const std::vector<std::string>& ListFields() {
  static const std::vector<std::string> kFields = {"state", "domain", "name", "owner", "team", "tag", "type"};
  return kFields;
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::vector<std::string> ValuesOf(const store::v1::LineState& line, std::string_view field) {
  const v1::DataProduct& model = line.model();
  std::vector<std::string> values;
  if (field == "state") values = {std::string(descriptor::StateWord(line.state()))};
  if (field == "domain") values = {Lower(model.domain()), Slug(model.domain())};
  if (field == "name") values = {Lower(model.name())};
  if (field == "type") values = {Lower(model.type())};
  if (field == "team") values = {Lower(model.team().name()), Slug(model.team().name())};
  if (field == "tag") {
    for (const std::string& tag : model.tags()) values.push_back(Lower(tag));
  }
  if (field == "owner") {
    for (const v1::Member& member : model.team().members()) {
      if (IsOwnerRole(member.role()) && member.date_out().empty()) values.push_back(Lower(member.username()));
    }
  }
  return values;
}

bool Passes(const text::Filter& filter, const store::v1::LineState& line) {
  if (filter.empty()) return true;
  std::vector<std::string> values;
  return filter.Matches([&](std::string_view field) -> const std::vector<std::string>& {
    values = ValuesOf(line, field);
    return values;
  });
}

// NOT_FOUND unless the domain is described or has a line: none and unknown are different answers.
Status RequireKnown(const storage::View& view, const std::string& domain) {
  ASSIGN_OR_RETURN(const auto described, view.FindDomain(domain));
  bool known = described != nullptr;
  if (known) return Status::Ok();
  RETURN_IF_ERROR(view.ForEachLine(domain, "", [&](const store::v1::LineState& /*line*/) {
    known = true;
    return false;
  }));
  return known ? Status::Ok() : errors::UnknownDomain(domain);
}

std::string ActionOf(const store::v1::ChangeRecord& record) {
  if (record.has_registration()) return "register";
  if (!record.has_state_change()) return "undecodable";
  return record.state_change().state() == v1::PRODUCT_STATE_RETIRED ? "retire" : "set-state";
}

v1::ProductVersion VersionOf(const Backends& parts, const LineName& line, const store::v1::ChangeRecord& record,
                             storage::Revision revision, const std::string& digest) {
  v1::ProductVersion version;
  version.set_change_number(record.number());
  version.set_action(ActionOf(record));
  if (record.has_registration()) {
    version.set_version(record.registration().model().version());
    version.set_name(line.Product() + "/versions/" + version.version());
    version.set_state(record.registration().state());
  } else {
    version.set_name(line.ToString());
    version.set_state(record.state_change().state());
  }
  version.set_actor(record.actor());
  version.set_reason(record.reason());
  *version.mutable_create_time() = TimeOf(record.time_us());
  version.set_revision(Token(parts, revision));
  version.set_digest(Hex(digest));
  version.set_previous_digest(Hex(record.previous_digest()));
  version.set_content_digest(Hex(record.content_digest()));
  return version;
}

Status AddDocuments(const storage::View& view, const store::v1::LineState& line, v1::GetProductResponse& response) {
  ASSIGN_OR_RETURN(auto record, view.Record(line.name(), line.registration_number()));
  *response.mutable_product()->mutable_documents() = std::move(*record.mutable_registration()->mutable_documents());
  return Status::Ok();
}

}  // namespace

StatusOr<v1::GetProductResponse> Registry::GetProduct(const v1::GetProductRequest& request,
                                                      const CallContext& call) const {
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  ASSIGN_OR_RETURN(const storage::SharedLine line, FindUnderstood(view, request.name()));
  v1::GetProductResponse response;
  *response.mutable_product() = ProductOf(parts_, *line);
  if (request.include_documents()) RETURN_IF_ERROR(AddDocuments(view, *line, response));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<Encoded<v1::GetProductResponse>> Registry::GetEncodedProduct(const v1::GetProductRequest& request,
                                                                      const CallContext& call) const {
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  const auto encode = [&](const storage::View& reading) -> StatusOr<std::string> {
    ASSIGN_OR_RETURN(const storage::SharedLine line, FindUnderstood(reading, request.name()));
    return EncodedProduct(parts_, *line, v1::GetProductResponse::kProductFieldNumber);
  };
  Encoded<v1::GetProductResponse> answer;
  ASSIGN_OR_RETURN(answer.shared, view.AnsweredOnce(kGetProduct + request.name(), encode));
  if (request.include_documents()) {
    ASSIGN_OR_RETURN(const storage::SharedLine line, FindUnderstood(view, request.name()));
    RETURN_IF_ERROR(AddDocuments(view, *line, answer.rest));
  }
  answer.rest.set_revision(Token(parts_, view.revision()));
  return answer;
}

StatusOr<v1::ListProductsResponse> Registry::ListProducts(const v1::ListProductsRequest& request,
                                                          const CallContext& call) const {
  ASSIGN_OR_RETURN(const size_t size, PageSize(request.page_size(), limits::kPageSizeDefault, limits::kPageSizeMax));
  const std::string digest = RequestDigest(request);
  ASSIGN_OR_RETURN(const std::string after, ReadPageToken(request.page_token(), digest));
  ASSIGN_OR_RETURN(const text::Filter filter, text::Filter::Parse(request.filter(), ListFields()));
  std::string domain;
  if (!request.parent().empty()) {
    ASSIGN_OR_RETURN(domain, ParseDomainName(request.parent()));
  }
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  v1::ListProductsResponse response;
  size_t bytes = 0;
  Status stopped = Status::Ok();
  RETURN_IF_ERROR(view.ForEachLine(domain, after, [&](const store::v1::LineState& line) {
    stopped = call.Check("ListProducts");
    if (!stopped.ok()) return false;
    if (!Passes(filter, line)) return true;
    if (static_cast<size_t>(response.products_size()) == size || bytes > kPageBytesMax) {
      response.set_next_page_token(MakePageToken(response.products(response.products_size() - 1).name(), digest));
      return false;
    }
    v1::Product& product = *response.add_products();
    product = ProductOf(parts_, line);
    if (!request.full()) product.mutable_model()->clear_contracts();
    bytes += product.ByteSizeLong();
    return true;
  }));
  RETURN_IF_ERROR(stopped);
  if (response.products().empty() && !domain.empty()) RETURN_IF_ERROR(RequireKnown(view, domain));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::ListProductVersionsResponse> Registry::ListProductVersions(const v1::ListProductVersionsRequest& request,
                                                                        const CallContext& call) const {
  ASSIGN_OR_RETURN(const size_t size, PageSize(request.page_size(), limits::kPageSizeDefault, limits::kPageSizeMax));
  const std::string digest = RequestDigest(request);
  ASSIGN_OR_RETURN(const std::string cursor, ReadPageToken(request.page_token(), digest));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  ASSIGN_OR_RETURN(const storage::SharedLine line, FindAny(view, request.name()));
  ASSIGN_OR_RETURN(const LineName line_name, ParseLineName(line->name()));
  uint64_t from = 0;
  std::string digest_of_next = line->digest();
  if (const size_t split = cursor.find(' '); split != std::string::npos) {
    from = std::strtoull(cursor.c_str(), nullptr, 10);
    digest_of_next = cursor.substr(split + 1);
  }
  v1::ListProductVersionsResponse response;
  const auto visit = [&](const store::v1::ChangeRecord& record, storage::Revision revision) {
    if (static_cast<size_t>(response.versions_size()) == size) {
      response.set_next_page_token(MakePageToken(std::to_string(record.number()) + " " + digest_of_next, digest));
      return false;
    }
    *response.add_versions() = VersionOf(parts_, line_name, record, revision, digest_of_next);
    digest_of_next = record.previous_digest();
    return true;
  };
  RETURN_IF_ERROR(view.ForEachRecord(line->name(), from, visit));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::DiffProductsResponse> Registry::DiffProducts(const v1::DiffProductsRequest& request,
                                                          const CallContext& call) const {
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  ASSIGN_OR_RETURN(const storage::SharedLine base, FindUnderstood(view, request.base()));
  v1::DataProduct target;
  switch (request.target_case()) {
    case v1::DiffProductsRequest::kName: {
      ASSIGN_OR_RETURN(const storage::SharedLine line, FindUnderstood(view, request.name()));
      target = line->model();
      break;
    }
    case v1::DiffProductsRequest::kBundle: {
      ASSIGN_OR_RETURN(const descriptor::ParsedBundle bundle, descriptor::ParseBundle(request.bundle()));
      target = bundle.model;
      break;
    }
    case v1::DiffProductsRequest::TARGET_NOT_SET:
      return errors::MissingField("target");
  }
  const std::vector<v1::Difference> differences = descriptor::Diff(base->model(), target);
  v1::DiffProductsResponse response;
  for (const v1::Difference& difference : differences) *response.add_differences() = difference;
  response.set_change_class(descriptor::Gravest(differences));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

}  // namespace souk::catalog
