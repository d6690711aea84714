// SPDX-License-Identifier: Apache-2.0
// Registrations, imports and the newest reads in a cluster, against the same members of etcd without us.
#include <chrono>
#include <functional>
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

// What a run over one cluster shares. Each round registers other products, and puts under keys of its own.
struct Bed {
  Cluster& cluster;
  Load nodes;
  Load members;
  Supply supply;
  std::string value;
  int rounds = 0;
};

// Processor time for each call, a sample a round.
struct CpuTimes {
  std::vector<double> nodes_us;
  std::vector<double> all_us;  // with the members
};

using Run = std::function<StatusOr<LoadResult>()>;

// Calls a second.
StatusOr<double> PerSecond(const Cluster& cluster, const Run& run, CpuTimes& times) {
  const double nodes_before_s = cluster.NodesCpuSeconds();
  const double members_before_s = cluster.MembersCpuSeconds();
  ASSIGN_OR_RETURN(const LoadResult result, run());
  const double nodes_s = cluster.NodesCpuSeconds() - nodes_before_s;
  const double members_s = cluster.MembersCpuSeconds() - members_before_s;
  const auto calls = static_cast<double>(result.calls);
  times.nodes_us.push_back(nodes_s * kMicrosecondsInSecond / calls);
  times.all_us.push_back((nodes_s + members_s) * kMicrosecondsInSecond / calls);
  return result.per_second();
}

StatusOr<std::vector<Line>> MeasureRegistrations(const Workbench& bench, Bed& bed, const Clients& clients,
                                                 const std::string& stem) {
  const size_t calls = bench.settings().quick ? clients.quick_calls : clients.calls;
  Line line;
  line.name = stem + std::to_string(clients.in_flight);
  line.unit = "1/s";
  line.floor = clients.floor;
  line.goal = clients.goal;
  CpuTimes our_times;
  CpuTimes peer_times;
  std::vector<double> p99_us;
  const Run ours = [&]() -> StatusOr<LoadResult> {
    ASSIGN_OR_RETURN(const LoadResult result, bed.nodes.RegisterProducts(bed.supply.Take(calls), clients.in_flight));
    p99_us.push_back(result.p99_us);
    return result;
  };
  const Run peer = [&] {
    const std::string prefix = "bench/" + std::to_string(++bed.rounds) + "/";
    return bed.members.Put(prefix, std::vector<std::string>(calls, bed.value), clients.in_flight);
  };
  RETURN_IF_ERROR(Alternate(
      bench.settings().rounds, [&] { return PerSecond(bed.cluster, ours, our_times); },
      [&] { return PerSecond(bed.cluster, peer, peer_times); }, line));
  line.note = std::to_string(clients.in_flight) + " in flight, " + std::to_string(calls) + " products, our p99 " +
              std::to_string(static_cast<int>(Median(p99_us) / kMillisecondsInSecond)) + " ms, puts of " +
              std::to_string(bed.value.size()) + " B";
  Line cpu = ValueLine(line.name + ".cpu", "us", 0, 0, "");
  cpu.note = "processor time a call of all nodes and members, of which the nodes " +
             std::to_string(static_cast<int>(Median(our_times.nodes_us))) + " us";
  cpu.ours = std::move(our_times.all_us);
  cpu.peer = std::move(peer_times.all_us);
  return std::vector<Line>{std::move(line), std::move(cpu)};
}

// All lines of a cluster with so many nodes.
StatusOr<std::vector<Line>> MeasureCluster(Workbench& bench, size_t nodes, const std::string& stem) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const std::unique_ptr<Cluster> cluster, Cluster::Start(bench.Fresh("replicated"), nodes));
  Bed bed{*cluster, Load(cluster->addresses()), Load(cluster->endpoints()), Supply(*mesh), ""};
  // The whole mesh, so that the mean record is that of what comes after it: its copies.
  RETURN_IF_ERROR(bed.nodes.RegisterProducts(bed.supply.Take(bench.MeshProducts(*mesh)), kWarmUpInFlight).status());
  ASSIGN_OR_RETURN(const LedgerSize warm, cluster->MeasureLedger());
  bed.value.assign(warm.record_bytes_mean, 'v');
  std::vector<Line> lines;
  for (const Clients& clients : kClients) {
    ASSIGN_OR_RETURN(std::vector<Line> more, MeasureRegistrations(bench, bed, clients, stem));
    lines.insert(lines.end(), more.begin(), more.end());
  }
  ASSIGN_OR_RETURN(const LedgerSize size, cluster->MeasureLedger());
  Line bytes = ValueLine(stem + "bytes", "B", 0, 0, "");
  const size_t products = bed.supply.taken();
  bytes.ours = {static_cast<double>(size.bytes) / static_cast<double>(products)};
  bytes.note = "keys and values in etcd a product, " + std::to_string(products) + " products; the mean record has " +
               std::to_string(size.record_bytes_mean) + " B";
  lines.push_back(std::move(bytes));
  for (Line& line : lines) line.corpus = mesh->name();
  return lines;
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
  ASSIGN_OR_RETURN(std::vector<Line> lines, MeasureCluster(bench, Cluster::kNodes, "replicated."));
  // What the path through etcd costs where the cores are not shared by three who fold and index the same.
  ASSIGN_OR_RETURN(const std::vector<Line> alone, MeasureCluster(bench, 1, "replicated.alone."));
  lines.insert(lines.end(), alone.begin(), alone.end());
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
