// SPDX-License-Identifier: Apache-2.0
// The HTTP server with a handler of the test's own: what HTTP/1.1 asks for, and drain.
#include "server/http/http_server.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "base/errors.h"
#include "base/status.h"
#include "tests/server/http/client.h"

namespace souk::http {
namespace {

HttpResponse Echo(const HttpRequest& request) {
  return {.body = request.method + " " + request.path + " " + request.body};
}

std::unique_ptr<HttpServer> Start(HttpHandler handler = Echo) {
  HttpOptions options;
  options.address = "127.0.0.1:0";
  auto server = HttpServer::Start(options, std::move(handler));
  EXPECT_TRUE(server.ok()) << server.status().ToString();
  return *std::move(server);
}

TEST(HttpServer, Answers) {
  const auto server = Start();
  Connection connection(server->address());
  const Answer answer = connection.Ask("GET", "/a/b?c=d");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET /a/b ");
  EXPECT_EQ(answer.Header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.Header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
}

TEST(HttpServer, KeepsTheConnection) {
  const auto server = Start();
  Connection connection(server->address());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(connection.Ask("GET", "/" + std::to_string(i)).body, "GET /" + std::to_string(i) + " ");
  }
  EXPECT_EQ(connection.Ask("GET", "/last", "Connection: close\r\n").body, "GET /last ");
  EXPECT_TRUE(connection.WaitClosed());
  Connection old(server->address());
  ASSERT_TRUE(old.Send("GET /old HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(old.Read().body, "GET /old ");
  EXPECT_TRUE(old.WaitClosed());
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  const auto server = Start();
  Connection connection(server->address());
  std::string requests;
  for (int i = 0; i < 10; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: test\r\n\r\n";
  ASSERT_TRUE(connection.Send(requests));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(connection.Read().body, "GET /" + std::to_string(i) + " ");
}

TEST(HttpServer, ReadsBodies) {
  const auto server = Start();
  Connection connection(server->address());
  ASSERT_TRUE(connection.Send("POST /x HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"));
  EXPECT_EQ(connection.Read().body, "POST /x hello");
  ASSERT_TRUE(
      connection.Send("POST /x HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"));
  EXPECT_EQ(connection.Read().body, "POST /x hello");
}

TEST(HttpServer, HeadHasTheLengthAndNoBody) {
  const auto server = Start();
  Connection connection(server->address());
  const Answer head = connection.Ask("HEAD", "/x");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("Content-Length"), std::to_string(std::string("HEAD /x ").size()));
  // The connection is in step: nothing was left behind.
  EXPECT_EQ(connection.Ask("GET", "/y").body, "GET /y ");
}

TEST(HttpServer, UnknownMethodsReachTheHandler) {
  const auto server = Start();
  Connection connection(server->address());
  EXPECT_EQ(connection.Ask("BREW", "/pot").body, "BREW /pot ");
}

TEST(HttpServer, ServesManyAtOnce) {
  const auto server = Start();
  std::vector<std::jthread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&server, i] {
      Connection connection(server->address());
      const std::string path = "/" + std::to_string(i);
      for (int k = 0; k < 50; ++k) EXPECT_EQ(connection.Ask("GET", path).body, "GET " + path + " ");
    });
  }
}

TEST(HttpServer, RefusesAddressesThatAreNone) {
  for (const char* address :
       {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "nowhere:80"}) {
    HttpOptions options;
    options.address = address;
    EXPECT_EQ(HttpServer::Start(options, Echo).status().code(), Code::kInvalidArgument) << address;
  }
}

TEST(HttpServer, AnAddressIsTakenOnce) {
  const auto server = Start();
  HttpOptions options;
  options.address = server->address();
  const auto second = HttpServer::Start(options, Echo);
  EXPECT_EQ(second.status().code(), Code::kUnavailable);
  EXPECT_EQ(second.status().reason(), "ADDRESS_TAKEN");
}

TEST(HttpServer, ListensOnNamesOfLoopback) {
  HttpOptions options;
  options.address = "localhost:0";
  const auto server = HttpServer::Start(options, Echo);
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  EXPECT_TRUE((*server)->address().starts_with("localhost:"));
  EXPECT_NE((*server)->address(), "localhost:0");
}

TEST(HttpDrain, LetsARunningRequestEnd) {
  std::latch running(1);
  std::latch go(1);
  const auto server = Start([&](const HttpRequest& request) {
    running.count_down();
    go.wait();
    return Echo(request);
  });
  Answer answer;
  std::jthread client([&] {
    Connection connection(server->address());
    answer = connection.Ask("GET", "/slow");
    EXPECT_TRUE(connection.WaitClosed());
  });
  running.wait();
  std::jthread drainer([&] { server->Drain(kPatience); });
  go.count_down();
  drainer.join();
  client.join();
  EXPECT_EQ(answer.body, "GET /slow ");
  EXPECT_THROW(Connection{server->address()}, std::runtime_error);
}

TEST(HttpDrain, ClosesWhoIsIdle) {
  const auto server = Start();
  Connection idle(server->address());
  EXPECT_EQ(idle.Ask("GET", "/").status, 200);
  Connection half(server->address());
  ASSERT_TRUE(half.Send("GET / HTTP/1.1\r\nHo"));
  server->Drain(kPatience);
  EXPECT_TRUE(idle.WaitClosed());
  EXPECT_TRUE(half.WaitClosed());
  server->Drain(kPatience);  // idempotent
}

TEST(HttpDrain, CutsOffWhoDoesNotReadTheirAnswer) {
  const auto server = Start([](const HttpRequest& /*request*/) {
    return HttpResponse{.body = std::string(size_t{64} * 1024 * 1024, 'x')};  // more than the sockets' buffers hold
  });
  const Connection deaf(server->address());
  ASSERT_TRUE(deaf.Send("GET / HTTP/1.1\r\nHost: test\r\n\r\n"));
  server->Drain(std::chrono::milliseconds(50));  // returns: the test would hang otherwise
}

}  // namespace
}  // namespace souk::http
