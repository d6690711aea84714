// SPDX-License-Identifier: Apache-2.0
// Registrations and imports, until they can be searched, against bare Lucene++ that indexes the same text.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/load.h"
#include "tests/bench/node.h"
#include "tests/bench/row.h"
#include "tests/bench/threads.h"

namespace souk::bench {
namespace {

std::vector<PeerText> TextsOf(const Corpus& corpus, size_t products) {
  std::vector<PeerText> texts;
  for (size_t i = 0; i < products; ++i) texts.push_back(TextOf(corpus.At(i)));
  return texts;
}

// Registrations a second with 64 under way at all times, each answered when it is visible; and the node's processor
// time for each.
StatusOr<double> RegistrationsPerSecond(Workbench& bench, const std::vector<v1::RegisterProductRequest>& requests,
                                        std::vector<double>& cpu_us) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, StartNode(bench.Fresh("register")));
  const double before_s = CpuSeconds(node->pid());
  ASSIGN_OR_RETURN(const LoadResult result, Load({node->grpc_address()}).RegisterProducts(requests, kWriters));
  cpu_us.push_back((CpuSeconds(node->pid()) - before_s) * kMicrosecondsInSecond / static_cast<double>(result.calls));
  RETURN_IF_ERROR(node->Stop());
  return result.per_second();
}

StatusOr<double> LucenePerSecond(Workbench& bench, const std::vector<PeerText>& texts, PeerEnd end) {
  ASSIGN_OR_RETURN(const double seconds, LuceneSeconds(texts, bench.Fresh("lucene"), end));
  return static_cast<double>(texts.size()) / seconds;
}

// Each round makes its own source.
using NewSource = std::function<StatusOr<client::BulkSource>()>;

StatusOr<std::vector<Line>> RunImport(Workbench& bench, Line line, const NewSource& new_source) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  const size_t products = bench.MeshProducts(*mesh);
  const std::vector<PeerText> texts = TextsOf(*mesh, products);
  const auto ours = [&]() -> StatusOr<double> {
    ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, StartNode(bench.Fresh("bulk")));
    ASSIGN_OR_RETURN(const client::BulkSource source, new_source());
    ASSIGN_OR_RETURN(const Import import, Workbench::ImportAll(*ClientOf(*node), source));
    if (import.accepted != products) return Status(Code::kInternal, "the import is not complete");
    RETURN_IF_ERROR(node->Stop());
    return static_cast<double>(products) / import.seconds;
  };
  line.unit = "1/s";
  line.floor = 0.60;
  line.goal = 0.85;
  line.corpus = mesh->name();
  line.note += ", " + std::to_string(products) + " products";
  RETURN_IF_ERROR(Alternate(
      bench.settings().rounds, ours, [&] { return LucenePerSecond(bench, texts, PeerEnd::kCommitted); }, line));
  return std::vector<Line>{std::move(line)};
}

}  // namespace

StatusOr<std::vector<Line>> RunRegister(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  const size_t products = bench.MeshProducts(*mesh);
  std::vector<v1::RegisterProductRequest> requests;
  for (size_t i = 0; i < products; ++i) requests.push_back(RequestOf(mesh->At(i)));
  const std::vector<PeerText> texts = TextsOf(*mesh, products);
  Line line;
  line.name = "register";
  line.unit = "1/s";
  line.floor = 0.4;
  line.goal = 0.6;
  line.corpus = mesh->name();
  line.note = std::to_string(kWriters) + " in flight, " + std::to_string(products) + " products, YAML";
  Line cpu;
  cpu.name = "register.cpu";
  cpu.unit = "us";
  cpu.better = Better::kLower;
  cpu.corpus = mesh->name();
  cpu.note = "server processor time a registration";
  RETURN_IF_ERROR(Alternate(
      bench.settings().rounds, [&] { return RegistrationsPerSecond(bench, requests, cpu.ours); },
      [&] { return LucenePerSecond(bench, texts, PeerEnd::kAdded); }, line));
  return std::vector<Line>{std::move(line), std::move(cpu)};
}

StatusOr<std::vector<Line>> RunBulk(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  Line line;
  line.name = "bulk";
  line.note = "YAML";
  return RunImport(bench, std::move(line), [&bench, mesh]() -> StatusOr<client::BulkSource> {
    return SourceOf(*mesh, bench.MeshProducts(*mesh));
  });
}

StatusOr<std::vector<Line>> RunBulkJson(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  // Read before the time is taken: amplify.py takes its own time to make them.
  ASSIGN_OR_RETURN(const client::BulkSource lines, bench.JsonMesh(bench.MeshProducts(*mesh)));
  std::vector<v1::RegisterProductRequest> requests;
  for (auto request = lines(); request; request = lines()) requests.push_back(*std::move(request));
  Line line;
  line.name = "bulk-json";
  line.note = "JSON";
  return RunImport(bench, std::move(line), [&requests]() -> StatusOr<client::BulkSource> {
    return client::BulkSource([&requests, next = size_t{0}]() mutable -> std::optional<v1::RegisterProductRequest> {
      if (next == requests.size()) return std::nullopt;
      return requests[next++];
    });
  });
}

}  // namespace souk::bench
