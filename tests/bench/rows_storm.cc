// SPDX-License-Identifier: Apache-2.0
// A deploy storm: thousands of services each register themselves once within a minute. They come by the clock, whether
// or not the ones before are answered, so that what waits counts as waiting.
#include <algorithm>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/cluster.h"
#include "tests/bench/row.h"
#include "tests/bench/threads.h"

namespace souk::bench {
namespace {

constexpr size_t kServices = 10'000;
constexpr size_t kQuickServices = 500;
constexpr std::chrono::milliseconds kStorm{60'000};
constexpr std::chrono::milliseconds kQuickStorm{3'000};
// So many may be on their way before the rate can't be held.
constexpr size_t kThreads = 64;
constexpr double kPatience_s = 30;

struct Answers {
  std::mutex mutex;
  std::vector<double> answer_ms;  // from the time that a registration was due
  size_t refused = 0;             // for good, after all tries of its client
  Status refusal;                 // one of them
};

// One service: it has all nodes' addresses, registers, and is gone.
Status RegisterOnDeploy(const std::vector<std::string>& addresses, const v1::Bundle& bundle) {
  client::ClientOptions options;
  options.addresses = addresses;
  options.spread = true;
  client::CallOptions call;
  call.deadline = client::kBulkDeadline;
  return client::Client(std::move(options)).RegisterProduct(RequestOf(bundle), call).status();
}

// Seconds from the first that was due to the last answer.
StatusOr<double> RunStorm(const Cluster& cluster, const Corpus& mesh, size_t services, std::chrono::microseconds step,
                          Answers& answers) {
  const std::vector<std::string> addresses = cluster.addresses();
  const auto start = std::chrono::steady_clock::now();
  return InThreads(kThreads, services, [&](size_t number) {
    const auto due = start + step * number;
    const v1::Bundle bundle = mesh.At(number);
    std::this_thread::sleep_until(due);
    const Status status = RegisterOnDeploy(addresses, bundle);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - due;
    const std::lock_guard lock(answers.mutex);
    if (status.ok()) {
      answers.answer_ms.push_back(taken.count() * kMillisecondsInSecond);
    } else {
      ++answers.refused;
      answers.refusal = status;
    }
    return Status::Ok();
  });
}

// Seconds until a search on every node counts so many products.
StatusOr<double> AwaitEverywhere(const Cluster& cluster, size_t products) {
  const Stopwatch watch;
  v1::SearchRequest everything;
  everything.set_page_size(1);
  for (const std::string& address : cluster.addresses()) {
    client::ClientOptions options;
    options.addresses = {address};
    client::Client client(std::move(options));
    for (int64_t found = -1; found != static_cast<int64_t>(products);) {
      ASSIGN_OR_RETURN(const v1::SearchResponse answer, client.Search(everything));
      found = answer.total_size();
      if (watch.seconds() > kPatience_s) {
        return Status(Code::kInternal, "a node finds " + std::to_string(found) + " products of " +
                                           std::to_string(products) + " that were registered");
      }
    }
  }
  return watch.seconds();
}

Line LineOf(const std::string& name, const char* unit, double value, const Corpus& mesh) {
  Line line = ValueLine(name, unit, 0, 0, mesh.name());
  line.ours = {value};
  return line;
}

}  // namespace

StatusOr<std::vector<Line>> RunStorm(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const std::unique_ptr<Cluster> cluster, Cluster::Start(bench.Fresh("storm")));
  const size_t services = bench.settings().quick ? kQuickServices : kServices;
  const std::chrono::microseconds storm = bench.settings().quick ? kQuickStorm : kStorm;
  Answers answers;
  const double nodes_before_s = cluster->NodesCpuSeconds();
  ASSIGN_OR_RETURN(const double seconds, RunStorm(*cluster, *mesh, services, storm / services, answers));
  const double nodes_s = cluster->NodesCpuSeconds() - nodes_before_s;
  ASSIGN_OR_RETURN(const double everywhere_s, AwaitEverywhere(*cluster, answers.answer_ms.size()));

  Line p50 = LineOf("storm.p50", "ms", Percentile(answers.answer_ms, 50), *mesh);
  p50.note = std::to_string(services) + " services within " + std::to_string(storm / std::chrono::seconds(1)) +
             " s, three nodes; from the time a registration was due to its answer";
  Line p99 = LineOf("storm.p99", "ms", Percentile(answers.answer_ms, 99), *mesh);
  p99.note = "the last answer after " + std::to_string(static_cast<int>(seconds)) + " s; all nodes found all of them " +
             std::to_string(static_cast<int>(everywhere_s * kMillisecondsInSecond)) + " ms later";
  Line refused = ValueLine("storm.refused", "", 0.5, 0.5, mesh->name());
  refused.ours = {static_cast<double>(answers.refused)};
  refused.note = answers.refused > 0 ? answers.refusal.ToString() : "registrations that failed, all tries included";
  Line cpu = LineOf("storm.cpu", "us", nodes_s * kMicrosecondsInSecond / static_cast<double>(services), *mesh);
  cpu.note = "processor time of all nodes a registration";
  return std::vector<Line>{std::move(p50), std::move(p99), std::move(refused), std::move(cpu)};
}

}  // namespace souk::bench
