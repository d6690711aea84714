// SPDX-License-Identifier: Apache-2.0
// What users of a cluster see of its being one: when a write shows elsewhere, what the death of a node costs, and how
// long a new one takes.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/cluster.h"
#include "tests/bench/probe.h"
#include "tests/bench/row.h"

namespace souk::bench {
namespace {

constexpr size_t kWrites = 300;
constexpr size_t kQuickWrites = 40;
// The first meet cold caches and new domains; they are made, but not counted.
constexpr size_t kWarmUp = 20;
constexpr double kPatience_s = 30;
constexpr size_t kLargeProducts = 100'000;

std::vector<std::unique_ptr<client::Client>> ClientsOf(Cluster& cluster) {
  std::vector<std::unique_ptr<client::Client>> clients;
  for (size_t number = 0; number < cluster.size(); ++number) clients.push_back(ClientOf(cluster.node(number)));
  return clients;
}

// Milliseconds from the answer until a search on the other node has found it.
StatusOr<double> WriteAndFind(client::Client& here, client::Client& there, const v1::Bundle& bundle, size_t number) {
  const std::string word = WordOf(number);
  ASSIGN_OR_RETURN(const v1::RegisterProductResponse answer,
                   here.RegisterProduct(RequestOf(Renamed(bundle, "-" + word, word))));
  const Stopwatch watch;
  while (watch.seconds() < kPatience_s) {
    ASSIGN_OR_RETURN(const bool found, Finds(there, word, answer.product().name()));
    if (found) return watch.seconds() * kMillisecondsInSecond;
  }
  return Status(Code::kInternal, answer.product().name() + " is not found on another node");
}

// Milliseconds from the death of the node that the client uses until its next call succeeds.
StatusOr<double> FailOver(Cluster& cluster, size_t number) {
  client::ClientOptions options;
  const std::vector<std::string> addresses = cluster.addresses();
  for (size_t i = 0; i < addresses.size(); ++i) {
    options.addresses.resize(addresses.size());
    options.addresses[i] = addresses[(number + i) % addresses.size()];
  }
  client::Client client(std::move(options));
  v1::SearchRequest request;
  request.set_page_size(1);
  RETURN_IF_ERROR(client.Search(request).status());
  cluster.Kill(number);
  const Stopwatch watch;
  for (Status status(Code::kUnavailable, ""); !status.ok();) {
    status = client.Search(request).status();
    if (watch.seconds() > kPatience_s) return status;
  }
  const double seconds = watch.seconds();
  RETURN_IF_ERROR(cluster.Restart(number));
  return seconds * kMillisecondsInSecond;
}

StatusOr<Line> MeasureBootstrap(Workbench& bench, size_t products, const std::string& suffix) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  const std::string stem = "bootstrap" + suffix;
  ASSIGN_OR_RETURN(const std::unique_ptr<Cluster> cluster, Cluster::Start(bench.Fresh(stem)));
  const StatusOr<client::BulkSource> json = bench.JsonMesh(products);
  const bool amplified = products > mesh->size() && json.ok();
  ASSIGN_OR_RETURN(const Import import,
                   Workbench::ImportAll(*ClientOf(cluster->node(0)), amplified ? *json : SourceOf(*mesh, products)));
  if (import.accepted != products) return Status(Code::kInternal, "the import is not complete");
  Line line = ValueLine(stem, "s", 0, 0, mesh->name());
  RETURN_IF_ERROR(Repeat(
      bench.settings().rounds,
      [&]() -> StatusOr<double> {
        const std::filesystem::path data = bench.Fresh("new-node");
        const Stopwatch watch;
        ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, cluster->StartAnother(data));
        const double seconds = watch.seconds();
        v1::SearchRequest everything;
        everything.set_page_size(1);
        ASSIGN_OR_RETURN(const v1::SearchResponse answer, ClientOf(*node)->Search(everything));
        if (static_cast<size_t>(answer.total_size()) != products) {
          return Status(Code::kInternal, "the new node is ready with " + std::to_string(answer.total_size()) +
                                             " products of " + std::to_string(products));
        }
        RETURN_IF_ERROR(node->Stop());
        return seconds;
      },
      line));
  line.note = "a new node to its ready file, " + std::to_string(products) + " products in etcd, " +
              std::to_string(static_cast<int>(static_cast<double>(products) / Median(line.ours))) + " products/s";
  return line;
}

}  // namespace

StatusOr<std::vector<Line>> RunElsewhere(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const std::unique_ptr<Cluster> cluster, Cluster::Start(bench.Fresh("elsewhere")));
  const std::vector<std::unique_ptr<client::Client>> clients = ClientsOf(*cluster);
  const size_t writes = bench.settings().quick ? kQuickWrites : kWrites;
  std::vector<double> delay_ms;
  for (size_t number = 0; number < kWarmUp + writes; ++number) {
    client::Client& here = *clients[number % clients.size()];
    client::Client& there = *clients[(number + 1) % clients.size()];
    ASSIGN_OR_RETURN(const double ms, WriteAndFind(here, there, mesh->At(number), number));
    if (number >= kWarmUp) delay_ms.push_back(ms);
  }
  Line p50 = ValueLine("elsewhere.p50", "ms", 0, 0, mesh->name());
  p50.ours = {Percentile(delay_ms, 50)};
  p50.note = std::to_string(writes) + " registrations, one after the other, the search included";
  Line p99 = ValueLine("elsewhere.p99", "ms", 0, 0, mesh->name());
  p99.ours = {Percentile(delay_ms, 99)};
  p99.note = "from the answer of one node to a search of another that asks for no consistency";
  return std::vector<Line>{std::move(p50), std::move(p99)};
}

StatusOr<std::vector<Line>> RunFailover(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const std::unique_ptr<Cluster> cluster, Cluster::Start(bench.Fresh("failover")));
  Line line = ValueLine("failover", "ms", 0, 0, mesh->name());
  line.note = "kill -9 of the node that a client of three uses, to its next answer";
  size_t number = 0;
  RETURN_IF_ERROR(Repeat(
      bench.settings().rounds, [&] { return FailOver(*cluster, number++ % cluster->size()); }, line));
  return std::vector<Line>{std::move(line)};
}

StatusOr<std::vector<Line>> RunBootstrap(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(Line line, MeasureBootstrap(bench, bench.MeshProducts(*mesh), ""));
  std::vector<Line> lines = {std::move(line)};
  if (!bench.settings().large) return lines;
  ASSIGN_OR_RETURN(Line large, MeasureBootstrap(bench, kLargeProducts, ".100k"));
  lines.push_back(std::move(large));
  return lines;
}

}  // namespace souk::bench
