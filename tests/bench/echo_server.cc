// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/echo_server.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "souk/v1/ownership_service.grpc.pb.h"
#include "souk/v1/registry_service.grpc.pb.h"

namespace souk::bench {
namespace {

void WriteList(std::ofstream& out, const std::vector<std::string>& list) {
  const auto number = [&](uint64_t value) { out.write(reinterpret_cast<const char*>(&value), sizeof(value)); };
  number(list.size());
  for (const std::string& text : list) {
    number(text.size());
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
  }
}

std::optional<std::vector<std::string>> ReadList(std::ifstream& in) {
  const auto number = [&] {
    uint64_t value = 0;
    in.read(reinterpret_cast<char*>(&value), sizeof(value));
    return value;
  };
  std::vector<std::string> list;
  const uint64_t size = number();
  for (uint64_t i = 0; in && i < size; ++i) {
    std::string text(in ? number() : 0, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    list.push_back(std::move(text));
  }
  if (!in || list.empty()) return std::nullopt;
  return list;
}

// Hands out its answers one after the other. Thread-safe.
class Turns {
 public:
  explicit Turns(const std::vector<std::string>& answers) {
    for (const std::string& answer : answers) {
      const grpc::Slice slice(answer);
      buffers_.emplace_back(&slice, 1);
    }
  }

  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, grpc::ByteBuffer* response) {
    *response = buffers_[next_.fetch_add(1, std::memory_order_relaxed) % buffers_.size()];
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  std::vector<grpc::ByteBuffer> buffers_;
  std::atomic<size_t> next_{0};
};

class Registry final : public v1::RegistryService::WithRawCallbackMethod_GetProduct<v1::RegistryService::Service> {
 public:
  explicit Registry(const std::vector<std::string>& answers) : turns_(answers) {}
  grpc::ServerUnaryReactor* GetProduct(grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                                       grpc::ByteBuffer* response) override {
    return turns_.Answer(context, response);
  }

 private:
  Turns turns_;
};

class Ownership final : public v1::OwnershipService::WithRawCallbackMethod_FindOwner<v1::OwnershipService::Service> {
 public:
  explicit Ownership(const std::vector<std::string>& answers) : turns_(answers) {}
  grpc::ServerUnaryReactor* FindOwner(grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                                      grpc::ByteBuffer* response) override {
    return turns_.Answer(context, response);
  }

 private:
  Turns turns_;
};

}  // namespace

Status WriteAnswers(const EchoAnswers& answers, const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary);
  WriteList(out, answers.get_product);
  WriteList(out, answers.find_owner);
  return out.flush() ? Status::Ok() : Status(Code::kUnavailable, "can't write " + file.string());
}

int RunEchoServer(const std::filesystem::path& answers_file, const std::filesystem::path& ready_file) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // as soukd does
  sigset_t signals;  // Blocked before there are other threads, so that only sigwait() sees it.
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::ifstream in(answers_file, std::ios::binary);
  const auto products = ReadList(in);
  const auto owners = products ? ReadList(in) : std::nullopt;
  if (!owners) {
    std::cerr << "no answers in " << answers_file << "\n";
    return 1;
  }
  Registry registry(*products);
  Ownership ownership(*owners);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&registry);
  builder.RegisterService(&ownership);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  const std::filesystem::path partial = ready_file.string() + ".partial";
  std::ofstream(partial) << "127.0.0.1:" << port;
  std::filesystem::rename(partial, ready_file);
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown();
  return 0;
}

}  // namespace souk::bench
