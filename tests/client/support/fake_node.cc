// SPDX-License-Identifier: Apache-2.0
#include "tests/client/support/fake_node.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "client/lib/error_decoding.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "souk/v1/finding.pb.h"
#include "tests/support/temp_directory.h"

namespace souk::client {
namespace {

std::string Text(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  (void)buffer.Dump(&slices);
  std::string text;
  for (const grpc::Slice& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

grpc::ByteBuffer Buffer(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

// As the node's own border does it.
grpc::Status ToGrpc(const Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const ErrorDetail& detail = status.detail();
  if (detail.reason.empty()) return {code, status.message()};
  google::rpc::Status rpc;
  rpc.set_code(static_cast<int>(status.code()));
  rpc.set_message(status.message());
  google::rpc::ErrorInfo info;
  info.set_reason(detail.reason);
  for (const auto& [key, value] : detail.metadata) (*info.mutable_metadata())[key] = value;
  if (!detail.remedy.empty()) (*info.mutable_metadata())["remedy"] = detail.remedy;
  rpc.add_details()->PackFrom(info);
  if (!detail.violations.empty()) {
    v1::FindingList findings;
    for (const Violation& violation : detail.violations) *findings.add_findings() = ToFinding(violation);
    rpc.add_details()->PackFrom(findings);
  }
  if (detail.retry_after_ms > 0) {
    constexpr int kMsPerSecond = 1000;
    constexpr int kNsPerMs = 1'000'000;
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(detail.retry_after_ms / kMsPerSecond);
    retry.mutable_retry_delay()->set_nanos(static_cast<int>(detail.retry_after_ms % kMsPerSecond) * kNsPerMs);
    rpc.add_details()->PackFrom(retry);
  }
  return {code, status.message(), rpc.SerializeAsString()};
}

// One call of any shape: reads all requests, asks for the reply, writes it.
class Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(FakeNode& node, std::string method) : node_(node), method_(std::move(method)) { StartRead(&request_); }

  void OnReadDone(bool ok) override {
    if (ok) {
      requests_.push_back(Text(request_));
      StartRead(&request_);
      return;
    }
    reply_ = node_.Serve(method_, requests_);
    WriteNext();
  }
  void OnWriteDone(bool ok) override {
    if (ok) {
      WriteNext();
    } else {
      FinishOnce(grpc::Status::CANCELLED);
    }
  }
  void OnCancel() override { FinishOnce(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }

 private:
  void WriteNext() {
    const std::unique_lock lock(mutex_);
    if (finished_) return;  // cancelled meanwhile
    if (next_ < reply_.messages.size()) {
      response_ = Buffer(reply_.messages[next_++]);
      StartWrite(&response_);
    } else if (!reply_.hold_open) {
      finished_ = true;
      Finish(ToGrpc(reply_.status));
    }
  }
  void FinishOnce(const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(finished_, true)) return;
    Finish(status);
  }

  FakeNode& node_;
  const std::string method_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::vector<std::string> requests_;
  FakeNode::Reply reply_;
  size_t next_ = 0;
  std::mutex mutex_;
  bool finished_ = false;
};

std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const CertificateFiles& files) {
  if (!files.any()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = support::ReadFile(files.authorities);
  options.pem_key_cert_pairs.push_back({support::ReadFile(files.key), support::ReadFile(files.certificate)});
  return grpc::SslServerCredentials(options);
}

class Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(FakeNode& node) : node_(node) {}
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    const std::string& method = context->method();  // "/souk.v1.RegistryService/GetProduct"
    return new Reactor(node_, method.substr(method.rfind('.') + 1));
  }

 private:
  FakeNode& node_;
};

}  // namespace

struct FakeNode::Server {
  explicit Server(FakeNode& node) : service(node) {}
  Service service;
  std::unique_ptr<grpc::Server> server;
};

FakeNode::FakeNode(int port, const CertificateFiles& files) : server_(std::make_unique<Server>(*this)) {
  grpc::ServerBuilder builder;
  int bound = 0;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port), CredentialsOf(files), &bound);
  builder.RegisterCallbackGenericService(&server_->service);
  server_->server = builder.BuildAndStart();
  address_ = "127.0.0.1:" + std::to_string(bound);
}

FakeNode::~FakeNode() {
  // Calls that are held open are cancelled at once.
  server_->server->Shutdown(std::chrono::system_clock::time_point::min());
  server_->server->Wait();
}

void FakeNode::SetServing(bool serving) {
  On(kHealthMethod, [serving](const auto&) { return Reply{{serving ? "\x08\x01" : "\x08\x02"}, Status::Ok(), false}; });
}

void FakeNode::On(const std::string& method, Handler handler) {
  const std::lock_guard lock(mutex_);
  handlers_[method] = std::move(handler);
}

int FakeNode::calls(const std::string& method) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(method);
  return found == calls_.end() ? 0 : found->second;
}

FakeNode::Reply FakeNode::Serve(const std::string& method, const std::vector<std::string>& requests) {
  Handler handler;
  {
    const std::lock_guard lock(mutex_);
    ++calls_[method];
    auto& seen = seen_[method];
    seen.insert(seen.end(), requests.begin(), requests.end());
    if (const auto found = handlers_.find(method); found != handlers_.end()) handler = found->second;
  }
  if (!handler) return {{}, Status(Code::kUnimplemented, "no answer is set for " + method), false};
  return handler(requests);
}

}  // namespace souk::client
