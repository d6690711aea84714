// SPDX-License-Identifier: Apache-2.0
// get, list, columns, history.
#include <filesystem>
#include <fstream>

#include "base/errors.h"
#include "base/names.h"
#include "base/roles.h"
#include "client/cli/command_list.h"
#include "client/cli/complaint.h"
#include "client/cli/paging.h"
#include "client/cli/text.h"
#include "client/lib/error_decoding.h"
#include "descriptor/columns.h"

namespace souk::cli {
namespace {

constexpr int32_t kFullPageSize = 100;  // whole models are large; an answer must stay within its limit

std::vector<std::string> LiveOwners(const v1::DataProduct& model) {
  std::vector<std::string> owners;
  for (const v1::Member& member : model.team().members()) {
    if (IsOwnerRole(member.role()) && member.date_out().empty()) owners.push_back(member.username());
  }
  return owners;
}

// One product as a person wants to see it.
void WriteProduct(const v1::Product& product, std::ostream& out, const Style& style) {
  const v1::DataProduct& model = product.model();
  const auto line = [&](std::string_view label, const std::string& value) {
    if (value.empty()) return;
    std::string padded(label);
    padded.resize(12, ' ');
    out << style.Dim(padded) << " " << Clean(value) << "\n";
  };
  out << style.Bold(Clean(model.name().empty() ? product.name() : model.name())) << "  " << product.version() << "  "
      << StateWord(product.state()) << "\n";
  line("name", product.name());
  line("id", model.id());
  line("domain", model.domain());
  line("team", model.team().name());
  line("owners", Join(LiveOwners(model), ", "));
  line("type", model.type());
  line("tags", Join(Strings(model.tags()), ", "));
  line("purpose", model.description().purpose());
  line("usage", model.description().usage());
  line("limitations", model.description().limitations());
  for (const v1::Contact& contact : model.support()) line("support", contact.channel() + " " + contact.url());
  for (const v1::InputPort& port : model.input_ports()) {
    line("reads", port.contract_id().empty() ? port.name() : port.contract_id());
  }
  for (const v1::OutputPort& port : model.output_ports()) {
    line("offers", port.name() + (port.version().empty() ? "" : " " + port.version()) +
                       (port.contract_id().empty() ? " (no contract)" : " by " + port.contract_id()));
  }
  for (const v1::DataContract& contract : model.contracts()) {
    for (const v1::SchemaObject& object : contract.schema()) {
      line("table", (object.physical_name().empty() ? object.name() : object.physical_name()) + ", " +
                        Count(static_cast<uint64_t>(object.properties_size()), "column"));
    }
    for (const v1::ServiceLevel& level : contract.service_levels()) {
      line("promises", level.property() + " " + level.value() + (level.unit().empty() ? "" : " " + level.unit()));
    }
  }
  line("changed",
       TimeWord(product.update_time()) + " by " + product.actor() + (product.actor_verified() ? "" : " (unverified)"));
  line("sunset", TimeWord(product.sunset_time()));
  line("etag", product.etag());
  for (const v1::Finding& finding : product.findings()) WriteViolation(client::ToViolation(finding), "", style, out);
}

Table ProductTable(const std::vector<const v1::Product*>& products) {
  Table table;
  table.header = {"PRODUCT", "VERSION", "STATE", "TEAM", "PURPOSE"};
  for (const v1::Product* product : products) {
    table.rows.push_back({ShortName(product->name()), product->version(), StateWord(product->state()),
                          product->model().team().name(), product->model().description().purpose()});
  }
  return table;
}

void AddNames(const v1::Product& product, Answer& answer) {
  answer.names.push_back(product.name());
  if (!product.model().id().empty()) answer.ids.push_back(product.model().id());
}

StatusOr<v1::GetProductResponse> Fetch(Session& session, bool documents) {
  v1::GetProductRequest request;
  request.set_name(session.word(0));
  request.set_include_documents(documents);
  session.SetConsistency(request);
  return session.client().GetProduct(request, session.call());
}

// The original bytes, as files.
Status SaveDocuments(Session& session, const v1::Product& product) {
  const std::filesystem::path folder = session.Text("documents");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return errors::BadField("--documents", folder.string() + ": " + error.message(), "Name another folder.");
  for (const v1::Document& document : product.documents()) {
    // A path of a hostile descriptor must not leave the folder.
    const std::filesystem::path path = folder / std::filesystem::path(document.path()).filename();
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << document.content() << std::flush;
    if (!file.good()) return errors::BadField("--documents", path.string() + " can't be written", "Check the folder.");
    session.Note("wrote " + path.string());
  }
  if (product.documents().empty()) session.Note("it was registered without documents: nothing is written");
  return Status::Ok();
}

// One document comes out byte for byte; several are separated as YAML documents are.
void WriteDocuments(const v1::Product& product, std::ostream& out) {
  for (int i = 0; i < product.documents_size(); ++i) {
    const std::string& content = product.documents(i).content();
    if (i > 0) out << "---\n";
    out << content;
    if (product.documents_size() > 1 && !content.empty() && content.back() != '\n') out << "\n";
  }
}

}  // namespace

StatusOr<int> RunGet(Session& session) {
  const bool original = session.format() == "original";
  ASSIGN_OR_RETURN(const v1::GetProductResponse response, Fetch(session, original || session.Has("documents")));
  const v1::Product& product = response.product();
  if (session.Has("documents")) {
    RETURN_IF_ERROR(SaveDocuments(session, product));
    return kExitOk;
  }
  if (original) {
    WriteDocuments(product, session.env().out);
    return kExitOk;
  }
  Answer answer;
  answer.message = &response;
  answer.table = ProductTable({&product});
  AddNames(product, answer);
  answer.text = [&](std::ostream& out, const Style& style) { WriteProduct(product, out, style); };
  return session.Print(answer);
}

StatusOr<int> RunList(Session& session) {
  v1::ListProductsRequest request;
  if (session.Has("domain")) {
    ASSIGN_OR_RETURN(const std::string domain, ParseDomainName(session.Text("domain")));
    request.set_parent(DomainName(domain));
  }
  request.set_filter(session.Text("filter"));
  request.set_full(session.Has("full"));
  const PagedCall<v1::ListProductsRequest, v1::ListProductsResponse, v1::Product> paged = {
      &client::Client::ListProducts, &v1::ListProductsResponse::mutable_products, session.Number("limit", 0),
      session.Has("full") ? kFullPageSize : limits::kPageSizeMax};
  ASSIGN_OR_RETURN(const v1::ListProductsResponse response, AllPages(session, request, paged));
  Answer answer;
  answer.message = &response;
  std::vector<const v1::Product*> products;
  for (const v1::Product& product : response.products()) {
    products.push_back(&product);
    AddNames(product, answer);
  }
  answer.table = ProductTable(products);
  if (products.empty()) session.Note("no product fits; `souk register DIR` adds some");
  RETURN_IF_ERROR(session.Print(answer).status());
  NoteMore(session, response, response.products_size());
  return kExitOk;
}

StatusOr<int> RunColumns(Session& session) {
  ASSIGN_OR_RETURN(const v1::GetProductResponse response, Fetch(session, false));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"TABLE", "COLUMN", "TYPE", "KEY", "REQUIRED", "CLASS", "DESCRIPTION"};
  descriptor::ForEachColumn(response.product().model(), [&](const descriptor::ColumnVisit& visit) {
    const v1::SchemaProperty& column = visit.property;
    const std::string type =
        column.logical_type() + (column.physical_type().empty() ? "" : " " + column.physical_type());
    answer.table.rows.push_back({visit.object.name(), visit.path, type, column.primary_key() ? "key" : "",
                                 column.required() ? "yes" : "", column.classification(), column.description()});
    if (visit.object.datasets().empty()) {
      answer.names.push_back(visit.object.name() + "." + visit.path);
    } else {
      const v1::DatasetIdentity& dataset = visit.object.datasets(0);
      answer.names.push_back(DatasetName{dataset.namespace_(), dataset.name(), visit.path}.ToString());
    }
    answer.ids.push_back(visit.object.name() + "." + visit.path);
  });
  if (answer.table.rows.empty()) session.Note("its contracts describe no columns");
  return session.Print(answer);
}

StatusOr<int> RunHistory(Session& session) {
  v1::ListProductVersionsRequest request;
  request.set_name(session.word(0));
  const PagedCall<v1::ListProductVersionsRequest, v1::ListProductVersionsResponse, v1::ProductVersion> paged = {
      &client::Client::ListProductVersions, &v1::ListProductVersionsResponse::mutable_versions,
      session.Number("limit", 0)};
  ASSIGN_OR_RETURN(const v1::ListProductVersionsResponse response, AllPages(session, request, paged));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"CHANGE", "VERSION", "ACTION", "STATE", "WHEN", "WHO", "REVISION", "WHY"};
  for (const v1::ProductVersion& version : response.versions()) {
    answer.table.rows.push_back({std::to_string(version.change_number()), version.version(), version.action(),
                                 StateWord(version.state()), TimeWord(version.create_time()), version.actor(),
                                 version.revision(), version.reason()});
    answer.names.push_back(version.name());
    answer.ids.push_back(version.revision());
  }
  RETURN_IF_ERROR(session.Print(answer).status());
  NoteMore(session, response, response.versions_size());
  return kExitOk;
}

}  // namespace souk::cli
