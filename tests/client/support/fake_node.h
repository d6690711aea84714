// SPDX-License-Identifier: Apache-2.0
// A node for tests of clients: real gRPC on 127.0.0.1 with a free port, canned answers. What has no answer is
// UNIMPLEMENTED. Handlers run on gRPC's threads, several at once; set them before the first call.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/certificates.h"
#include "base/status.h"

namespace souk::client {

inline constexpr char kHealthMethod[] = "Health/Check";

class FakeNode {
 public:
  // Starts at once. `port` 0 takes a free one.
  explicit FakeNode(int port = 0) : FakeNode(port, {}) {}
  // With mutual TLS; the files are taken as they are.
  explicit FakeNode(const CertificateFiles& files) : FakeNode(0, files) {}
  ~FakeNode();

  // "127.0.0.1:PORT"
  const std::string& address() const { return address_; }

  // Everything a call gets: messages, then a status; or messages and silence until it is cancelled.
  struct Reply {
    std::vector<std::string> messages;
    Status status;
    bool hold_open = false;
  };
  using Handler = std::function<Reply(const std::vector<std::string>& requests)>;

  // What it says of its health (kHealthMethod); without it, it knows no such protocol.
  void SetServing(bool serving);

  // `method` as "RegistryService/GetProduct".
  void On(const std::string& method, Handler handler);

  // A method with one request and one answer.
  template <typename Request, typename Response>
  void Answer(const std::string& method, std::function<StatusOr<Response>(const Request&)> answer) {
    On(method, [answer = std::move(answer)](const std::vector<std::string>& requests) -> Reply {
      Request request;
      if (requests.empty() || !request.ParseFromString(requests.front())) return {{}, Status(Code::kInternal, "bad")};
      const StatusOr<Response> response = answer(request);
      if (!response.ok()) return {{}, response.status()};
      return {{response->SerializeAsString()}, Status::Ok()};
    });
  }
  template <typename Request, typename Response>
  void Answer(const std::string& method, Response response) {
    Answer<Request, Response>(method, [response](const Request&) -> StatusOr<Response> { return response; });
  }

  // Calls so far, of one method.
  int calls(const std::string& method) const;
  // The requests of the calls so far, parsed.
  template <typename Request>
  std::vector<Request> requests(const std::string& method) const {
    std::vector<Request> parsed;
    const std::lock_guard lock(mutex_);
    const auto found = seen_.find(method);
    if (found == seen_.end()) return parsed;
    for (const std::string& bytes : found->second) parsed.emplace_back().ParseFromString(bytes);
    return parsed;
  }

  // Internal: the answer to one call.
  Reply Serve(const std::string& method, const std::vector<std::string>& requests);

 private:
  struct Server;
  FakeNode(int port, const CertificateFiles& files);

  std::string address_;
  mutable std::mutex mutex_;
  std::map<std::string, Handler> handlers_;               // guarded by mutex_
  std::map<std::string, int> calls_;                      // guarded by mutex_
  std::map<std::string, std::vector<std::string>> seen_;  // guarded by mutex_
  std::unique_ptr<Server> server_;
};

}  // namespace souk::client
