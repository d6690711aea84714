// SPDX-License-Identifier: Apache-2.0
#include "tests/server/support/mesh.h"

#include <chrono>
#include <future>
#include <stdexcept>

#include "base/errors.h"
#include "server/catalog/reading.h"

namespace souk::support {
namespace {

constexpr std::chrono::seconds kCallTime{30};

// A test can't go on without.
template <typename T>
T Must(StatusOr<T> answer) {
  if (!answer.ok()) throw std::runtime_error(answer.status().ToString());
  return *std::move(answer);
}

}  // namespace

Status TestAuthorizer::Authorize(const catalog::Principal& principal, v1::Permission permission,
                                 std::string_view domain) const {
  const std::lock_guard lock(mutex_);
  if (permissions_.contains(permission) || forbidden_.contains(std::string(domain))) {
    return errors::PermissionDenied(principal.name, v1::Permission_Name(permission));
  }
  return Status::Ok();
}

const Visibility& TestAuthorizer::VisibilityOf(const catalog::Principal& principal) const {
  if (!blind_.empty() && principal.name == blind_) return hiding_;
  return everything_;
}

void TestAuthorizer::Forbid(std::string domain) {
  const std::lock_guard lock(mutex_);
  forbidden_.insert(std::move(domain));
}

void TestAuthorizer::Forbid(v1::Permission permission) {
  const std::lock_guard lock(mutex_);
  permissions_.insert(permission);
}

void TestAuthorizer::Hide(std::string person, std::string domain) {
  blind_ = std::move(person);
  hiding_ = HidingVisibility({std::move(domain)});
}

Mesh::Mesh()
    : Mesh([this](const std::filesystem::path& directory) {
        storage::StoreOptions options;
        options.directory = directory;
        options.sync = false;  // nobody pulls the plug here
        return storage::Store::Open(options, clock);
      }) {}

Mesh::Mesh(const StoreOpener& open) {
  store = Must(open(folder / "store"));
  text::TextIndexOptions text_options;
  text_options.directory = folder / "text";
  text_options.epoch = store->epoch();
  text_options.before_commit = [this] { return store->FlushLog(); };
  text = Must(text::TextIndex::Open(text_options, clock));
  text_runner = std::make_unique<index::ProjectionRunner>(*text, *store, clock);
  lineage_runner = std::make_unique<index::ProjectionRunner>(lineage, *store, clock);
  parts = std::make_unique<catalog::Backends>(
      catalog::Backends{*store, *text, lineage, *text_runner, *lineage_runner, clock, ids, authorizer, under_way});
  registry = std::make_unique<catalog::Registry>(*parts);
  desk = std::make_unique<catalog::RegistrationDesk>(*parts);
  lifecycle = std::make_unique<catalog::Lifecycle>(*parts);
  directory = std::make_unique<catalog::Directory>(*parts);
  discovery = std::make_unique<catalog::Discovery>(*parts);
  tracing = std::make_unique<catalog::Lineage>(*parts);
  ownership = std::make_unique<catalog::Ownership>(*parts);
  admin = std::make_unique<catalog::Admin>(*parts);
  governance = std::make_unique<catalog::Governance>(*parts);
  text_runner->Start();
  lineage_runner->Start();
}

Mesh::~Mesh() {
  store->Shutdown();
  text_runner->Stop();
  lineage_runner->Stop();
}

catalog::CallContext Mesh::Call(const std::string& person) const {
  catalog::CallContext call;
  call.principal.name = person;
  call.deadline = clock.Monotonic() + kCallTime;
  call.visibility = &authorizer.VisibilityOf(call.principal);
  call.clock = &clock;
  return call;
}

StatusOr<v1::RegisterProductResponse> Mesh::Register(const Sample& sample) const {
  return Register(RegistrationOf(sample));
}

StatusOr<v1::RegisterProductResponse> Mesh::Register(const v1::RegisterProductRequest& request) const {
  return Register(request, Call());
}

StatusOr<v1::RegisterProductResponse> Mesh::Register(const v1::RegisterProductRequest& request,
                                                     const catalog::CallContext& call) const {
  std::promise<StatusOr<catalog::EncodedRegistration>> promise;
  desk->Register(request, call, [&promise](auto answer) { promise.set_value(std::move(answer)); });
  StatusOr<catalog::EncodedRegistration> answer = promise.get_future().get();
  if (!answer.ok()) return answer.status();
  v1::RegisterProductResponse response;
  if (!response.ParseFromString(*answer->shared)) return errors::Internal("the answer can't be read");
  response.MergeFrom(answer->rest);
  return response;
}

StatusOr<v1::SetProductStateResponse> Mesh::SetState(const std::string& name, v1::ProductState state) const {
  v1::SetProductStateRequest request;
  request.set_name(name);
  request.set_state(state);
  return lifecycle->SetProductState(request, Call());
}

StatusOr<v1::RetireProductResponse> Mesh::Retire(const std::string& name) const {
  v1::RetireProductRequest request;
  request.set_name(name);
  return lifecycle->RetireProduct(request, Call());
}

v1::ProductState Mesh::StateOf(const std::string& name) const {
  const auto product = Get(name);
  return product.ok() ? product->state() : v1::PRODUCT_STATE_UNSPECIFIED;
}

StatusOr<v1::Product> Mesh::Get(const std::string& name, const std::string& person) const {
  v1::GetProductRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(v1::GetProductResponse response, registry->GetProduct(request, Call(person)));
  return std::move(*response.mutable_product());
}

std::string Mesh::Token(storage::Revision revision) const { return catalog::Token(*parts, revision); }

std::string ReasonOf(const Status& status) {
  if (status.ok()) return "OK";
  return status.reason().empty() ? std::string(CodeName(status.code())) : status.reason();
}

}  // namespace souk::support
