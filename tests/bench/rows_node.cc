// SPDX-License-Identifier: Apache-2.0
// The node as a whole: how soon it answers after a start, how much memory it holds, how long the whole mesh takes.
#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "descriptor/bundle.h"
#include "tests/bench/node.h"
#include "tests/bench/row.h"

namespace souk::bench {
namespace {

constexpr size_t kLargeProducts = 100'000;
constexpr std::chrono::seconds kIdle{5};
constexpr std::chrono::seconds kQuickIdle{1};
constexpr std::chrono::seconds kRegisterPatience{600};
constexpr int kHits = 50;

// The product in the middle of those that are loaded: what first searches look for, by its full name.
struct Wanted {
  std::string query;
  std::string line;
};

StatusOr<Wanted> WantedOf(const Corpus& mesh, size_t products) {
  ASSIGN_OR_RETURN(const descriptor::ParsedBundle parsed,
                   descriptor::ParseBundle(mesh.At(std::min(products, mesh.size()) / 2)));
  return Wanted{parsed.model.name(), parsed.line.ToString()};
}

Status MustFind(client::Client& client, const Wanted& wanted) {
  v1::SearchRequest request;
  request.set_query(wanted.query);
  request.set_page_size(kHits);
  ASSIGN_OR_RETURN(const v1::SearchResponse answer, client.Search(request));
  for (const v1::SearchHit& hit : answer.hits()) {
    if (hit.name() == wanted.line) return Status::Ok();
  }
  return {Code::kInternal, "the first search does not find " + wanted.line};
}

struct Size {
  size_t products = 0;
  std::string suffix;  // of the line's name
  std::string corpus;
};

// The mesh, and 100,000 products where those are asked for.
StatusOr<std::vector<Size>> SizesOf(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  std::vector<Size> sizes = {{bench.MeshProducts(*mesh), "", mesh->name()}};
  if (bench.settings().large) sizes.push_back({kLargeProducts, ".100k", mesh->name() + ", amplified to 100,000"});
  return sizes;
}

void Idle(const Workbench& bench) { std::this_thread::sleep_for(bench.settings().quick ? kQuickIdle : kIdle); }

StatusOr<std::vector<Line>> MeasureStarts(Workbench& bench, const Size& size) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const Wanted wanted, WantedOf(*mesh, size.products));
  ASSIGN_OR_RETURN(const std::filesystem::path data, bench.Loaded(size.products));
  Line ready = ValueLine("coldstart.ready" + size.suffix, "ms", 0, 0, size.corpus);
  ready.note = "to the ready file; the files are in the page cache";
  Line answer = ValueLine("coldstart" + size.suffix, "ms", 5000, 2000, size.corpus);
  answer.note = "to the first right answer of a search, " + std::to_string(size.products) + " products";
  RETURN_IF_ERROR(Repeat(
      bench.settings().rounds,
      [&]() -> StatusOr<double> {
        const Stopwatch watch;
        ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, StartNode(data));
        ready.ours.push_back(watch.seconds() * kMillisecondsInSecond);
        RETURN_IF_ERROR(MustFind(*ClientOf(*node), wanted));
        const double answer_s = watch.seconds();
        RETURN_IF_ERROR(node->Stop());
        return answer_s * kMillisecondsInSecond;
      },
      answer));
  return std::vector<Line>{std::move(answer), std::move(ready)};
}

StatusOr<Line> MeasureMemory(Workbench& bench, const Size& size) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const Wanted wanted, WantedOf(*mesh, size.products));
  ASSIGN_OR_RETURN(const std::filesystem::path data, bench.Loaded(size.products));
  const bool large = !size.suffix.empty();
  Line line = ValueLine("memory" + size.suffix, "MB", large ? 800 : 200, large ? 400 : 200, size.corpus);
  line.note = "resident, started on the loaded store, one search, idle";
  ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, StartNode(data));
  RETURN_IF_ERROR(MustFind(*ClientOf(*node), wanted));
  Idle(bench);
  line.ours.push_back(ResidentMb(node->pid()));
  RETURN_IF_ERROR(node->Stop());
  return line;
}

// `souk register` of the whole folder, as a person types it. Returns the seconds until its last product is searchable.
StatusOr<double> RegisterFolder(const Node& node, const Corpus& mesh) {
  support::RunOptions options;
  options.duration_max = kRegisterPatience;
  const Stopwatch watch;
  const support::CommandResult result = support::RunSouk(
      node.grpc_address(), {"register", "-R", "--create-missing", "--on-findings=draft", mesh.directory().string()},
      options);
  v1::SearchRequest everything;
  everything.set_page_size(1);
  ASSIGN_OR_RETURN(const v1::SearchResponse answer, ClientOf(node)->Search(everything));
  const double seconds = watch.seconds();
  if (result.exit_code != 0) {
    return Status(Code::kInternal, "souk register ended with " + std::to_string(result.exit_code) + ": " + result.err);
  }
  if (answer.total_size() != mesh.size()) {
    return Status(Code::kInternal,
                  std::to_string(answer.total_size()) + " products are searchable after souk register");
  }
  return seconds;
}

}  // namespace

StatusOr<std::vector<Line>> RunColdStart(Workbench& bench) {
  ASSIGN_OR_RETURN(const std::vector<Size> sizes, SizesOf(bench));
  std::vector<Line> lines;
  for (const Size& size : sizes) {
    ASSIGN_OR_RETURN(const std::vector<Line> more, MeasureStarts(bench, size));
    lines.insert(lines.end(), more.begin(), more.end());
  }
  return lines;
}

StatusOr<std::vector<Line>> RunMemory(Workbench& bench) {
  ASSIGN_OR_RETURN(const std::vector<Size> sizes, SizesOf(bench));
  std::vector<Line> lines;
  for (const Size& size : sizes) {
    ASSIGN_OR_RETURN(Line line, MeasureMemory(bench, size));
    lines.push_back(std::move(line));
  }
  return lines;
}

StatusOr<std::vector<Line>> RunMesh(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const Wanted wanted, WantedOf(*mesh, mesh->size()));
  const std::filesystem::path data = bench.Fresh("mesh");
  Line load = ValueLine("mesh", "s", 20, 20, mesh->name());
  load.note = "souk register -R of " + std::to_string(mesh->size()) + " products, until searchable";
  Line memory = ValueLine("mesh.memory", "MB", 200, 200, mesh->name());
  memory.note = "resident, idle after the load";
  Line first = ValueLine("mesh.first-search", "s", 2, 2, mesh->name());
  first.note = "from the start of the node on that store";
  ASSIGN_OR_RETURN(std::unique_ptr<Node> node, StartNode(data));
  ASSIGN_OR_RETURN(const double load_s, RegisterFolder(*node, *mesh));
  Idle(bench);
  load.ours.push_back(load_s);
  memory.ours.push_back(ResidentMb(node->pid()));
  RETURN_IF_ERROR(node->Stop());
  const Stopwatch watch;
  ASSIGN_OR_RETURN(node, StartNode(data));
  RETURN_IF_ERROR(MustFind(*ClientOf(*node), wanted));
  first.ours.push_back(watch.seconds());
  RETURN_IF_ERROR(node->Stop());
  return std::vector<Line>{std::move(load), std::move(first), std::move(memory)};
}

}  // namespace souk::bench
