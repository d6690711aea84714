// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <glog/logging.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>

#include "base/certificates.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/random_id.h"
#include "index/lineage/lineage_graph.h"
#include "index/runner.h"
#include "index/text/text_index.h"
#include "server/auth/certificate.h"
#include "server/auth/development.h"
#include "server/catalog/backends.h"
#include "server/catalog/retirement_marks.h"
#include "server/http/http_server.h"
#include "server/http/metrics.h"
#include "server/http/operations.h"
#include "server/rpc/server.h"
#include "server/store_opening.h"
#include "storage/store.h"

namespace souk::server {
namespace {

// A node with a large mesh may have to build its indexes anew before it can serve.
constexpr std::chrono::minutes kCatchUpMax{30};

void Log(const index::RunnerReport& report) {
  LOG_IF(ERROR, report.fault) << "index " << report.projection << ": " << report.text;
  LOG_IF(INFO, !report.fault) << "index " << report.projection << ": " << report.text;
}

// Who may call from elsewhere must show who they are.
Status CheckExposure(const Options& options, const Clock& clock) {
  RETURN_IF_ERROR(CheckCertificateFiles(options.certificates, TlsEnd::kServer, clock.NowUs()));
  if (!options.certificates.any() && !auth::IsLoopback(options.grpc_address)) {
    return errors::ExposedAddress("gRPC", options.grpc_address,
                                  "Give --tls-cert, --tls-key and --tls-ca, or listen on 127.0.0.1.");
  }
  if (auth::IsLoopback(options.http_address)) return Status::Ok();
  return errors::ExposedAddress("HTTP", options.http_address,
                                "HTTP has no TLS of its own: listen on 127.0.0.1 and put a proxy with TLS in front.");
}

std::unique_ptr<catalog::Authenticator> AuthenticatorFor(const Options& options) {
  if (options.certificates.any()) return std::make_unique<auth::CertificateAuthenticator>();
  return std::make_unique<auth::DevelopmentAuthenticator>(auth::OperatingSystemUser());
}

}  // namespace

// In the order of making; destroyed in reverse.
struct Server::Impl {
  explicit Impl(const Options& given) : options(given), ids(RandomId()), authenticator(AuthenticatorFor(given)) {}

  Options options;
  SystemClock clock;
  catalog::UniqueIds ids;
  catalog::UnderWay under_way;
  const std::unique_ptr<catalog::Authenticator> authenticator;
  auth::DevelopmentAuthorizer authorizer;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<text::TextIndex> text;
  std::unique_ptr<lineage::LineageGraph> lineage;
  std::unique_ptr<index::ProjectionRunner> text_runner;
  std::unique_ptr<index::ProjectionRunner> lineage_runner;
  std::unique_ptr<catalog::Backends> parts;
  std::unique_ptr<catalog::RetirementMarks> marks;
  http::Metrics metrics;
  std::unique_ptr<http::Operations> operations;
  std::unique_ptr<http::HttpServer> http;
  std::unique_ptr<rpc::RpcServer> rpc;
  bool stopped = false;

  Status OpenStore();
  Status StartIndexes();
  Status Listen(const std::function<void()>& on_serving);
  Status WriteReadyFile() const;
};

Status Server::Impl::OpenStore() {
  ASSIGN_OR_RETURN(store, server::OpenStore(options, clock));
  text::TextIndexOptions text_options;
  text_options.directory = std::filesystem::path(options.data_dir) / "text";
  text_options.epoch = store->identity();
  text_options.before_commit = [this] { return store->FlushLog(); };
  lineage::LineageGraphOptions lineage_options;
  lineage_options.directory = std::filesystem::path(options.data_dir) / "lineage";
  lineage_options.epoch = store->identity();
  lineage_options.before_persist = text_options.before_commit;
  // Each reads what it has on disk, side by side: with a large mesh this is most of a start.
  auto opening = std::async(std::launch::async, [&] { return text::TextIndex::Open(text_options, clock); });
  auto opened_lineage = lineage::LineageGraph::Open(lineage_options);
  ASSIGN_OR_RETURN(text, opening.get());
  ASSIGN_OR_RETURN(lineage, std::move(opened_lineage));
  return Status::Ok();
}

Status Server::Impl::StartIndexes() {
  index::RunnerOptions runner_options;
  runner_options.report = Log;
  text_runner = std::make_unique<index::ProjectionRunner>(*text, *store, clock, runner_options);
  lineage_runner = std::make_unique<index::ProjectionRunner>(*lineage, *store, clock, runner_options);
  parts = std::make_unique<catalog::Backends>(
      catalog::Backends{*store, *text, *lineage, *text_runner, *lineage_runner, clock, ids, authorizer, under_way});
  operations = std::make_unique<http::Operations>(*parts, metrics);
  text_runner->Start();
  lineage_runner->Start();
  return Status::Ok();
}

// Health answers at once; readiness, and the gRPC edge, wait until the indexes reflect the store.
Status Server::Impl::Listen(const std::function<void()>& on_serving) {
  http::HttpOptions http_options;
  http_options.address = options.http_address;
  ASSIGN_OR_RETURN(http, http::HttpServer::Start(http_options, [this](const http::HttpRequest& request) {
                     return operations->Handle(request);
                   }));
  const Deadline until = clock.Monotonic() + kCatchUpMax;
  RETURN_IF_ERROR(CatchUp(*store, clock, until));
  // Of several nodes, another one may be about its marks.
  const Status lifted = store->follows() ? Status::Ok() : catalog::LiftMarksLeftBehind(*parts);
  if (!lifted.ok()) LOG(WARNING) << "a line may refuse new consumers: " << lifted.ToString();  // reads go on
  marks = std::make_unique<catalog::RetirementMarks>(*parts, catalog::RetirementMarks::Options());
  marks->Start();
  RETURN_IF_ERROR(lineage_runner->WaitApplied(store->applied(), until));
  RETURN_IF_ERROR(text_runner->WaitApplied(store->applied(), until));
  on_serving();
  const rpc::RpcOptions rpc_options{options.grpc_address, options.certificates};
  ASSIGN_OR_RETURN(rpc, rpc::RpcServer::Start(rpc_options, *parts, *authenticator, metrics));
  rpc->SetServing(true);
  operations->SetServing(true);
  return Status::Ok();
}

Status Server::Impl::WriteReadyFile() const {
  if (options.ready_file.empty()) return Status::Ok();
  const std::string draft = options.ready_file + ".tmp";
  {
    std::ofstream file(draft, std::ios::trunc);
    file << "grpc=" << rpc->address() << "\nhttp=" << http->address() << "\npid=" << getpid() << "\n";
    file.close();
    if (!file) return errors::BadField("ready-file", "can't write " + draft, "Name a file in a folder that exists.");
  }
  std::error_code error;
  std::filesystem::rename(draft, options.ready_file, error);  // it appears whole or not at all
  if (error) return errors::BadField("ready-file", error.message(), "Name a file in a folder that exists.");
  return Status::Ok();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { Stop(); }

StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options, const std::function<void()>& on_serving) {
  RETURN_IF_ERROR(CheckExposure(options, SystemClock()));
  std::error_code error;
  if (!options.ready_file.empty()) std::filesystem::remove(options.ready_file, error);  // an old one would lie
  std::filesystem::create_directories(options.data_dir, error);
  if (error)
    return errors::BadField("data-dir", options.data_dir + ": " + error.message(), "Name a folder you may write.");
  std::unique_ptr<Server> server(new Server(std::make_unique<Impl>(options)));
  RETURN_IF_ERROR(server->impl_->OpenStore());
  RETURN_IF_ERROR(server->impl_->StartIndexes());
  RETURN_IF_ERROR(server->impl_->Listen(on_serving));
  RETURN_IF_ERROR(server->impl_->WriteReadyFile());
  return server;
}

const std::string& Server::grpc_address() const { return impl_->rpc->address(); }
const std::string& Server::http_address() const { return impl_->http->address(); }

void Server::Stop() {
  if (impl_->stopped) return;
  impl_->stopped = true;
  const auto grace = std::chrono::seconds(impl_->options.drain_seconds);
  if (impl_->operations) impl_->operations->SetServing(false);
  if (impl_->rpc) impl_->rpc->SetServing(false);
  if (impl_->rpc) impl_->rpc->Drain(grace);
  if (impl_->http) impl_->http->Drain(grace);
  if (impl_->store) impl_->store->Shutdown();  // the followers end; nobody waits for them any more
  if (impl_->marks) impl_->marks->Stop();
  if (impl_->text_runner) impl_->text_runner->Stop();
  if (impl_->lineage_runner) impl_->lineage_runner->Stop();
  std::error_code error;
  if (!impl_->options.ready_file.empty()) std::filesystem::remove(impl_->options.ready_file, error);
}

}  // namespace souk::server
