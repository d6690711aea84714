// SPDX-License-Identifier: Apache-2.0
// /healthz, /readyz, /metrics, over a real catalog.
#include "server/http/operations.h"

#include <gtest/gtest.h>
#include <cmath>

#include <map>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/server/http/client.h"
#include "tests/server/support/mesh.h"

namespace souk::http {
namespace {

using support::Sample;

class OperationsTest : public testing::Test {
 protected:
  HttpResponse Ask(const std::string& path, const std::string& method = "GET") {
    return operations_.Handle({method, path, ""});
  }

  support::Mesh mesh_;
  Metrics metrics_;
  Operations operations_{*mesh_.parts, metrics_};
};

TEST_F(OperationsTest, KnowsThreePlaces) {
  operations_.SetServing(true);
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
    EXPECT_EQ(Ask(path).status, 200) << path;
    EXPECT_EQ(Ask(path, "HEAD").status, 200) << path;
    for (const char* method : {"POST", "PUT", "DELETE", "get", ""}) EXPECT_EQ(Ask(path, method).status, 405) << method;
  }
  for (const char* path : {"/", "", "/healthz/", "/Healthz", "/../healthz"}) EXPECT_EQ(Ask(path).status, 404) << path;
}

TEST_F(OperationsTest, IsReadyOnlyWhileServing) {
  EXPECT_EQ(Ask("/healthz").status, 200);  // alive from the first moment
  EXPECT_EQ(Ask("/readyz").status, 503);
  EXPECT_EQ(Ask("/readyz").body, "not serving\n");
  operations_.SetServing(true);
  EXPECT_EQ(Ask("/readyz").status, 200);
  EXPECT_EQ(Ask("/readyz").body, "ready\n");
  operations_.SetServing(false);
  EXPECT_EQ(Ask("/readyz").status, 503);
  EXPECT_EQ(Ask("/healthz").status, 200);
}

// Load and rebuilds are no reason to send the callers away.
TEST_F(OperationsTest, StaysReadyUnderLoad) {
  operations_.SetServing(true);
  std::atomic<bool> stop{false};
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 3; ++writer) {
      writers.emplace_back([this, writer, &stop] {
        for (int i = 0; i < 30; ++i) {
          const Sample sample{.name = "Line " + std::to_string(writer), .version = "1." + std::to_string(i) + ".0"};
          EXPECT_TRUE(mesh_.Register(sample).ok());
        }
        stop = true;
      });
    }
    writers.emplace_back([this] { EXPECT_TRUE(mesh_.admin->RebuildIndex({}, mesh_.Call()).ok()); });
    while (!stop) {
      const HttpResponse ready = Ask("/readyz");
      ASSERT_EQ(ready.status, 200) << ready.body;
    }
  }
  EXPECT_EQ(Ask("/readyz").status, 200);
}

// Sample lines by name and labels; fails on a line that the text format does not allow.
std::map<std::string, double> Parse(const std::string& text) {
  static const std::regex kSample(
      R"(^([a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*",?)*\})?) (\S+)$)");
  std::map<std::string, double> samples;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("# HELP ") || line.starts_with("# TYPE ")) continue;
    std::smatch match;
    if (!std::regex_match(line, match, kSample)) {
      ADD_FAILURE() << "not a sample: " << line;
      continue;
    }
    const std::string value = match[5];
    samples[match[1]] = value == "+Inf" ? HUGE_VAL : std::stod(value);
  }
  return samples;
}

TEST_F(OperationsTest, MetricsAreReadableAndTrue) {
  ASSERT_TRUE(mesh_.Register(Sample{}).ok());
  metrics_.Ended("souk.v1.RegistryService.GetProduct", Code::kOk, std::chrono::milliseconds(2));
  metrics_.Ended("souk.v1.RegistryService.GetProduct", Code::kOk, std::chrono::milliseconds(20));
  metrics_.Ended("souk.v1.RegistryService.GetProduct", Code::kNotFound, std::chrono::milliseconds(1));
  const HttpResponse response = Ask("/metrics");
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  const auto samples = Parse(response.body);
  const auto value = [&samples](const std::string& name) {
    const auto found = samples.find(name);
    return found == samples.end() ? -1.0 : found->second;
  };
  EXPECT_EQ(value(R"(souk_calls_total{code="OK",method="souk.v1.RegistryService.GetProduct"})"), 2);
  EXPECT_EQ(value(R"(souk_calls_total{code="NOT_FOUND",method="souk.v1.RegistryService.GetProduct"})"), 1);
  EXPECT_EQ(value(R"(souk_call_seconds_count{method="souk.v1.RegistryService.GetProduct"})"), 3);
  EXPECT_EQ(value(R"(souk_call_seconds_bucket{method="souk.v1.RegistryService.GetProduct",le="+Inf"})"), 3);
  const auto revision = static_cast<double>(mesh_.revision());
  for (const char* part : {"store", "text", "lineage"}) {
    EXPECT_EQ(value("souk_applied_revision{part=\"" + std::string(part) + "\"}"), revision) << part;
  }
  EXPECT_EQ(value("souk_products"), 1);
  EXPECT_GT(value("process_resident_memory_bytes"), 0);
  EXPECT_EQ(value(R"(souk_index_entries{index="text"})"), 1);
}

TEST_F(OperationsTest, MetricsMayBeAskedForBesideCalls) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this, i] {
      for (int k = 0; k < 500; ++k) {
        metrics_.Ended("method" + std::to_string((i + k) % 7), Code::kOk, std::chrono::microseconds(k));
      }
    });
  }
  for (int i = 0; i < 20; ++i) Parse(Ask("/metrics").body);
  threads.clear();
  double total = 0;
  for (const auto& [name, value] : Parse(Ask("/metrics").body)) {
    if (name.starts_with("souk_calls_total")) total += value;
  }
  EXPECT_EQ(total, 4 * 500);
}

TEST_F(OperationsTest, AreServedOverHttp) {
  operations_.SetServing(true);
  HttpOptions options;
  options.address = "127.0.0.1:0";
  const auto server =
      HttpServer::Start(options, [this](const HttpRequest& request) { return operations_.Handle(request); });
  ASSERT_TRUE(server.ok());
  Connection connection((*server)->address());
  EXPECT_EQ(connection.Ask("GET", "/healthz").body, "ok\n");
  EXPECT_EQ(connection.Ask("GET", "/readyz?verbose=1").status, 200);
  EXPECT_EQ(connection.Ask("GET", "/metrics").Header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(connection.Ask("HEAD", "/healthz").Header("Content-Length"), "3");
  EXPECT_EQ(connection.Ask("POST", "/healthz", "Content-Length: 0\r\n").status, 405);
  EXPECT_EQ(connection.Ask("GET", "/nothing").status, 404);
}

}  // namespace
}  // namespace souk::http
