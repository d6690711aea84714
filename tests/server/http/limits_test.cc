// SPDX-License-Identifier: Apache-2.0
// The HTTP server's limits, each at its edge, and clients that mean no good.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "base/status.h"
#include "server/http/http_server.h"
#include "tests/server/http/client.h"

namespace souk::http {
namespace {

constexpr size_t kHeaderBytes = 1024;
constexpr size_t kBodyBytes = 2048;

HttpOptions Options() {
  HttpOptions options;
  options.address = "127.0.0.1:0";
  options.header_bytes_max = kHeaderBytes;
  options.body_bytes_max = kBodyBytes;
  return options;
}

std::unique_ptr<HttpServer> Start(const HttpOptions& options) {
  auto server = HttpServer::Start(
      options, [](const HttpRequest& request) { return HttpResponse{.body = std::to_string(request.body.size())}; });
  EXPECT_TRUE(server.ok()) << server.status().ToString();
  return *std::move(server);
}

std::string Post(size_t bytes) {
  return "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
         std::string(bytes, 'b');
}

TEST(HttpLimits, Headers) {
  const auto server = Start(Options());
  Connection fits(server->address());
  EXPECT_EQ(fits.Ask("GET", "/", "X: " + std::string(kHeaderBytes / 2, 'h') + "\r\n").status, 200);
  Connection over(server->address());
  EXPECT_EQ(over.Ask("GET", "/", "X: " + std::string(2 * kHeaderBytes, 'h') + "\r\n").status, 431);
  EXPECT_TRUE(over.WaitClosed());
  Connection target(server->address());
  EXPECT_EQ(target.Ask("GET", "/" + std::string(2 * kHeaderBytes, 't')).status, 431);
}

TEST(HttpLimits, Bodies) {
  const auto server = Start(Options());
  Connection fits(server->address());
  ASSERT_TRUE(fits.Send(Post(kBodyBytes)));
  EXPECT_EQ(fits.Read().body, std::to_string(kBodyBytes));
  Connection over(server->address());
  ASSERT_TRUE(over.Send(Post(kBodyBytes + 1)));
  EXPECT_EQ(over.Read().status, 413);
  EXPECT_TRUE(over.WaitClosed());
  Connection chunked(server->address());
  ASSERT_TRUE(chunked.Send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" +
                           std::string(0x1000, 'c') + "\r\n0\r\n\r\n"));
  EXPECT_EQ(chunked.Read().status, 413);
}

// Who is still sending when the refusal comes reads it all the same: no reset may overtake it.
TEST(HttpLimits, ARefusalArrivesThoughTheClientStillSends) {
  const auto server = Start(Options());
  for (int i = 0; i < 20; ++i) {
    Connection connection(server->address());
    constexpr size_t kMuch = size_t{4} * 1024 * 1024;
    static_cast<void>(connection.Send(Post(kMuch)));
    EXPECT_EQ(connection.Read().status, 413) << i;
  }
}

TEST(HttpLimits, Garbage) {
  const auto server = Start(Options());
  for (const char* garbage :
       {"\r\n\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nNo colon\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: minus\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
    Connection connection(server->address());
    ASSERT_TRUE(connection.Send(garbage));
    const Answer answer = connection.Read();
    EXPECT_EQ(answer.status, 400) << garbage;
    EXPECT_TRUE(connection.WaitClosed()) << garbage;
  }
  // It goes on serving.
  Connection connection(server->address());
  EXPECT_EQ(connection.Ask("GET", "/").status, 200);
}

TEST(HttpLimits, AnyBytes) {
  const auto server = Start(Options());
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc";
    for (int k = 0; k < 4; ++k) bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
    const Connection connection(server->address());
    static_cast<void>(connection.Send(bytes));
  }
  Connection connection(server->address());
  EXPECT_EQ(connection.Ask("GET", "/").status, 200);
}

TEST(HttpLimits, IdleTime) {
  HttpOptions options = Options();
  options.idle_max = std::chrono::milliseconds(200);
  const auto server = Start(options);
  Connection silent(server->address());
  EXPECT_TRUE(silent.WaitClosed());
  Connection between(server->address());
  EXPECT_EQ(between.Ask("GET", "/").status, 200);
  EXPECT_TRUE(between.WaitClosed());
}

// A byte now and then does not win more time: the limit holds for the whole request.
TEST(HttpLimits, SlowLoris) {
  HttpOptions options = Options();
  options.idle_max = std::chrono::milliseconds(300);
  const auto server = Start(options);
  Connection loris(server->address());
  ASSERT_TRUE(loris.Send("GET / HTTP/1.1\r\n"));
  bool closed = false;
  int sent = 0;
  for (; sent < 500 && !closed; ++sent) {
    static_cast<void>(loris.Send("x"));
    closed = loris.WaitClosed(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(closed) << "after " << sent << " bytes";
}

TEST(HttpLimits, Connections) {
  HttpOptions options = Options();
  options.connections_max = 3;
  const auto server = Start(options);
  std::vector<std::unique_ptr<Connection>> held;
  for (size_t i = 0; i < options.connections_max; ++i) {
    held.push_back(std::make_unique<Connection>(server->address()));
    EXPECT_EQ(held.back()->Ask("GET", "/").status, 200);
  }
  for (int i = 0; i < 3; ++i) {
    Connection over(server->address());
    EXPECT_TRUE(over.WaitClosed());
  }
  EXPECT_EQ(held.front()->Ask("GET", "/").status, 200);  // who is in stays in
  held.pop_back();
  // The place is free a moment after the server has noticed.
  int status = 0;
  for (int i = 0; i < 10'000 && status != 200; ++i) status = Connection(server->address()).Ask("GET", "/").status;
  EXPECT_EQ(status, 200);
}

}  // namespace
}  // namespace souk::http
