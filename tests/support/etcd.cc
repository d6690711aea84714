// SPDX-License-Identifier: Apache-2.0
#include "tests/support/etcd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "tests/support/socket.h"
#include "tests/support/temp_directory.h"

namespace souk::support {
namespace {

constexpr std::chrono::milliseconds kStartMax{30'000};
constexpr std::chrono::milliseconds kEndMax{10'000};
constexpr std::chrono::milliseconds kAnswerMax{10'000};
// Another process may take a free port before etcd does.
constexpr int kStartTries = 5;

// The one that SOUK_ETCD names, else the installed one, else the one that ./dev has unpacked.
std::string Program() {
  constexpr const char* kInstalled = "/usr/bin/etcd";
  if (const char* named = std::getenv("SOUK_ETCD"); named != nullptr) return named;
  const char* root = std::getenv("SOUK_SOURCE_DIR");
  if (access(kInstalled, X_OK) == 0 || root == nullptr) return kInstalled;
  return std::string(root) + "/build/tools/etcd/usr/bin/etcd";
}

// A port of 127.0.0.1 on which nobody listens right now.
std::string FreeAddress() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  return "127.0.0.1:" + std::to_string(bound ? ntohs(address.sin_port) : 0);
}

// A question in etcd's JSON, and the answer in it.
StatusOr<std::string> Ask(const std::string& endpoint, const std::string& path, const std::string& question) {
  ASSIGN_OR_RETURN(Socket socket, Socket::Connect(endpoint));
  RETURN_IF_ERROR(socket.Send("POST " + path + " HTTP/1.1\r\nHost: " + endpoint + "\r\nConnection: close\r\n" +
                              "Content-Type: application/json\r\nContent-Length: " + std::to_string(question.size()) +
                              "\r\n\r\n" + question));
  ASSIGN_OR_RETURN(const std::string answer, socket.ReadToEnd(kAnswerMax));
  if (answer.starts_with("HTTP/1.1 200")) return answer;
  return Status(Code::kUnavailable, path + ": " + answer);
}

// The number of the member with that address, in {"ID":"123","name":"etcd1","peerURLs":["http://127.0.0.1:1"],…}.
std::string IdOf(const std::string& members, const std::string& peer_url) {
  constexpr std::string_view kId = R"("ID":")";
  const size_t url = members.find(R"("peerURLs":[")" + peer_url);
  const size_t id = members.rfind(kId, url);
  if (url == std::string::npos || id == std::string::npos) return {};
  const size_t begin = id + kId.size();
  return members.substr(begin, members.find('"', begin) - begin);
}

}  // namespace

bool Etcd::IsInstalled() { return access(Program().c_str(), X_OK) == 0; }

Etcd::Etcd(EtcdOptions options, std::string name) : options_(std::move(options)), name_(std::move(name)) {}
Etcd::~Etcd() = default;

StatusOr<std::unique_ptr<Etcd>> Etcd::Start(EtcdOptions options) {
  ASSIGN_OR_RETURN(auto members, StartMembers(options, 1));
  return std::move(members.front());
}

StatusOr<std::vector<std::unique_ptr<Etcd>>> Etcd::StartMembers(const EtcdOptions& options, size_t members) {
  Status status;
  for (int i = 0; i < kStartTries; ++i) {
    std::vector<std::unique_ptr<Etcd>> all;
    std::string cluster;
    for (size_t number = 1; number <= members; ++number) {
      const std::string name = "etcd" + std::to_string(number);
      EtcdOptions own = options;
      if (members > 1) own.directory /= name;
      std::unique_ptr<Etcd> etcd(new Etcd(std::move(own), name));
      const bool elsewhere = number == members && !options.last_member_data.empty();
      etcd->data_ = elsewhere ? options.last_member_data / "data" : etcd->options_.directory / "data";
      etcd->endpoint_ = FreeAddress();
      etcd->peer_ = FreeAddress();
      etcd->front_ = options.front ? options.front(number - 1, etcd->endpoint_) : etcd->endpoint_;
      etcd->peer_front_ = options.front ? options.front(number - 1, etcd->peer_) : etcd->peer_;
      cluster += (cluster.empty() ? "" : ",") + name + "=http://" + etcd->peer_front_;
      all.push_back(std::move(etcd));
    }
    status = Status::Ok();
    for (const auto& etcd : all) {
      etcd->cluster_ = cluster;
      if (status.ok()) status = etcd->Spawn();
    }
    for (const auto& etcd : all) {
      if (status.ok()) status = etcd->AwaitReady();
    }
    if (status.ok()) return all;
    std::error_code ignored;
    for (const auto& etcd : all) std::filesystem::remove_all(etcd->data(), ignored);
    all.clear();
    std::filesystem::remove_all(options.directory, ignored);  // what a member wrote has the old ports in it
  }
  return status;
}

Status Etcd::Spawn() {
  const std::filesystem::path log = options_.directory / "etcd.log";
  std::filesystem::create_directories(options_.directory);
  notice_ = std::make_unique<NotifySocket>(options_.directory / "notice");
  const CertificateFiles& tls = options_.certificates;
  const std::string scheme = tls.any() ? "https://" : "http://";
  ProcessOptions process;
  process.command = {Program(),
                     "--name=" + name_,
                     "--data-dir=" + data().string(),
                     "--listen-client-urls=" + scheme + endpoint_,
                     "--advertise-client-urls=" + scheme + front_,
                     "--listen-peer-urls=http://" + peer_,
                     "--initial-advertise-peer-urls=http://" + peer_front_,
                     "--initial-cluster=" + cluster_,
                     std::string("--initial-cluster-state=") + (joins_ ? "existing" : "new"),
                     "--logger=zap"};
  if (tls.any()) {
    for (const std::string& flag : {"--cert-file=" + tls.certificate, "--key-file=" + tls.key,
                                    "--trusted-ca-file=" + tls.authorities, std::string("--client-cert-auth")}) {
      process.command.push_back(flag);
    }
  }
  process.command.insert(process.command.end(), options_.flags.begin(), options_.flags.end());
  process.environment = {notice_->variable()};
  process.output = log;
  process.errors = log;
  process_.reset();
  ASSIGN_OR_RETURN(Process started, Process::Start(process));
  process_.emplace(std::move(started));
  return Status::Ok();
}

Status Etcd::AwaitReady() {
  if (!notice_->Hear(process_->pidfd(), kStartMax).empty()) return Status::Ok();
  process_.reset();
  return {Code::kUnavailable, "etcd does not start: " + ReadFile(options_.directory / "etcd.log")};
}

Status Etcd::Replace(const Etcd& other) {
  const std::string peer_url = "http://" + peer_front_;
  ASSIGN_OR_RETURN(const std::string members, Ask(other.endpoint_, "/v3/cluster/member/list", "{}"));
  const std::string id = IdOf(members, peer_url);
  if (!id.empty()) {
    RETURN_IF_ERROR(Ask(other.endpoint_, "/v3/cluster/member/remove", R"({"ID":")" + id + R"("})").status());
    std::error_code ignored;
    std::filesystem::remove_all(data(), ignored);
  }
  RETURN_IF_ERROR(Ask(other.endpoint_, "/v3/cluster/member/add", R"({"peerURLs":[")" + peer_url + R"("]})").status());
  joins_ = true;
  return Spawn();
}

void Etcd::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait(kEndMax);
}

void Etcd::Hang() {
  process_->Signal(SIGSTOP);
  siginfo_t stopped{};  // a process with many threads does not stop at once
  waitid(P_PID, static_cast<id_t>(process_->pid()), &stopped, WSTOPPED | WNOWAIT);
}

void Etcd::GoOn() { process_->Signal(SIGCONT); }

Status Etcd::Restart() {
  RETURN_IF_ERROR(Spawn());
  return AwaitReady();
}

Status Etcd::ReplaceByAnother() {
  Kill();
  std::filesystem::remove_all(data());
  options_.flags.emplace_back("--initial-cluster-token=another");
  return Restart();
}

Status Etcd::KillAndRestart() {
  Kill();
  return Restart();
}

}  // namespace souk::support
