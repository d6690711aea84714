// SPDX-License-Identifier: Apache-2.0
// Registrations, imports and the newest reads in a cluster, against the same members of etcd without us.
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/cluster.h"
#include "tests/bench/load.h"
#include "tests/bench/row.h"

namespace souk::bench {
namespace {

// The design names no number of clients; its bounds are for the lines where there are many.
struct Clients {
  size_t in_flight = 0;
  size_t calls = 0;  // of a round
  size_t quick_calls = 0;
  double floor = 0;
  double goal = 0;
};
constexpr Clients kClients[] = {{1, 200, 30, 0, 0}, {32, 2000, 200, 0.5, 0.9}, {128, 2000, 200, 0.5, 0.9}};
constexpr size_t kWarmUp = 200;
constexpr size_t kWarmUpInFlight = 32;
constexpr int kNames = 50;

// Products that were not asked for before: past the end of the corpus come copies under other names.
class Supply {
 public:
  explicit Supply(const Corpus& corpus) : corpus_(corpus) {}
  std::vector<v1::RegisterProductRequest> Take(size_t products) {
    std::vector<v1::RegisterProductRequest> requests;
    for (size_t i = 0; i < products; ++i) requests.push_back(RequestOf(corpus_.At(taken_++)));
    return requests;
  }
  size_t taken() const { return taken_; }

 private:
  const Corpus& corpus_;
  size_t taken_ = 0;
};

// etcd's clients of one run: each round puts under keys of its own.
class Puts {
 public:
  Puts(Load& load, size_t value_bytes) : load_(load), value_(value_bytes, 'v') {}
  StatusOr<double> PerSecond(const Clients& clients, size_t puts) {
    const std::string prefix = "bench/" + std::to_string(++rounds_) + "/";
    ASSIGN_OR_RETURN(const LoadResult result,
                     load_.Put(prefix, std::vector<std::string>(puts, value_), clients.in_flight));
    return result.per_second();
  }

 private:
  Load& load_;
  const std::string value_;
  int rounds_ = 0;
};

StatusOr<Line> MeasureRegistrations(const Workbench& bench, Load& nodes, Supply& supply, Puts& puts,
                                    const Clients& clients) {
  const size_t calls = bench.settings().quick ? clients.quick_calls : clients.calls;
  Line line;
  line.name = "replicated." + std::to_string(clients.in_flight);
  line.unit = "1/s";
  line.floor = clients.floor;
  line.goal = clients.goal;
  std::vector<double> p99_us;
  RETURN_IF_ERROR(Alternate(
      bench.settings().rounds,
      [&]() -> StatusOr<double> {
        ASSIGN_OR_RETURN(const LoadResult result, nodes.RegisterProducts(supply.Take(calls), clients.in_flight));
        p99_us.push_back(result.p99_us);
        return result.per_second();
      },
      [&] { return puts.PerSecond(clients, calls); }, line));
  line.note = std::to_string(clients.in_flight) + " in flight, " + std::to_string(calls) + " products, our p99 " +
              std::to_string(static_cast<int>(Median(p99_us) / kMillisecondsInSecond)) + " ms";
  return line;
}

StatusOr<std::vector<std::string>> NamesOf(client::Client& client) {
  v1::SearchRequest request;
  request.set_page_size(kNames);
  ASSIGN_OR_RETURN(const v1::SearchResponse answer, client.Search(request));
  std::vector<std::string> names;
  for (const v1::SearchHit& hit : answer.hits()) names.push_back(hit.name());
  if (names.empty()) return Status(Code::kInternal, "nothing is found of what was registered");
  return names;
}

}  // namespace

StatusOr<std::vector<Line>> RunReplicated(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const std::unique_ptr<Cluster> cluster, Cluster::Start(bench.Fresh("replicated")));
  Load nodes(cluster->addresses());
  Load members(cluster->endpoints());
  Supply supply(*mesh);
  // The whole mesh, so that the mean record is that of what comes after it: its copies.
  RETURN_IF_ERROR(nodes.RegisterProducts(supply.Take(bench.MeshProducts(*mesh)), kWarmUpInFlight).status());
  ASSIGN_OR_RETURN(const LedgerSize warm, cluster->MeasureLedger());
  Puts puts(members, warm.record_bytes_mean);
  std::vector<Line> lines;
  for (const Clients& clients : kClients) {
    ASSIGN_OR_RETURN(Line line, MeasureRegistrations(bench, nodes, supply, puts, clients));
    line.corpus = mesh->name();
    line.note += ", puts of " + std::to_string(warm.record_bytes_mean) + " B";
    lines.push_back(std::move(line));
  }
  ASSIGN_OR_RETURN(const LedgerSize size, cluster->MeasureLedger());
  Line bytes = ValueLine("replicated.bytes", "B", 0, 0, mesh->name());
  bytes.ours = {static_cast<double>(size.bytes) / static_cast<double>(supply.taken())};
  bytes.note = "keys and values in etcd a product, " + std::to_string(supply.taken()) +
               " products; the mean record has " + std::to_string(size.record_bytes_mean) + " B";
  lines.push_back(std::move(bytes));
  return lines;
}

StatusOr<std::vector<Line>> RunReplicatedBulk(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  const size_t products = bench.MeshProducts(*mesh);
  ASSIGN_OR_RETURN(const std::unique_ptr<Cluster> cluster, Cluster::Start(bench.Fresh("replicated-bulk")));
  Supply supply(*mesh);
  Line line;
  line.name = "replicated.bulk";
  line.unit = "1/s";
  line.corpus = mesh->name();
  line.note = "YAML, " + std::to_string(products) + " products, until searchable on the node that took them";
  RETURN_IF_ERROR(Repeat(
      bench.settings().rounds,
      [&]() -> StatusOr<double> {
        const std::vector<v1::RegisterProductRequest> requests = supply.Take(products);
        const client::BulkSource source = [&, next = size_t{0}]() mutable -> std::optional<v1::RegisterProductRequest> {
          if (next == requests.size()) return std::nullopt;
          return requests[next++];
        };
        ASSIGN_OR_RETURN(const Import import, Workbench::ImportAll(*ClientOf(cluster->node(0)), source));
        if (import.accepted != products) return Status(Code::kInternal, "the import is not complete");
        return static_cast<double>(products) / import.seconds;
      },
      line));
  return std::vector<Line>{std::move(line)};
}

StatusOr<std::vector<Line>> RunLatest(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const std::unique_ptr<Cluster> cluster, Cluster::Start(bench.Fresh("latest")));
  Load nodes(cluster->addresses());
  Load members(cluster->endpoints());
  RETURN_IF_ERROR(nodes.RegisterProducts(Supply(*mesh).Take(kWarmUp), kWarmUpInFlight).status());
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesOf(*ClientOf(cluster->node(0))));
  ASSIGN_OR_RETURN(const LedgerSize size, cluster->MeasureLedger());
  const std::string prefix = "bench/";
  const std::vector<std::string> values(names.size(), std::string(size.record_bytes_mean, 'v'));
  RETURN_IF_ERROR(members.Put(prefix, values, kWarmUpInFlight).status());
  const std::chrono::milliseconds duration(bench.settings().quick ? 400 : 3000);
  Line line;
  line.name = "latest";
  line.unit = "1/s";
  line.corpus = mesh->name();
  std::vector<double> p99_us;
  RETURN_IF_ERROR(Alternate(
      bench.settings().rounds,
      [&]() -> StatusOr<double> {
        ASSIGN_OR_RETURN(const LoadResult result, nodes.GetLatestProducts(names, duration));
        p99_us.push_back(result.p99_us);
        return result.per_second();
      },
      [&]() -> StatusOr<double> {
        ASSIGN_OR_RETURN(const LoadResult result, members.Range(prefix, names.size(), duration));
        return result.per_second();
      },
      line));
  line.note = std::to_string(kReadsInFlight) + " in flight, our p99 " +
              std::to_string(static_cast<int>(Median(p99_us))) + " us, ranges of " +
              std::to_string(size.record_bytes_mean) + " B";
  return std::vector<Line>{std::move(line)};
}

}  // namespace souk::bench
