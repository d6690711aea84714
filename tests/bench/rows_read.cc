// SPDX-License-Identifier: Apache-2.0
// The read rows: soukd and a bare echo of the same bytes, each in a process of its own, asked by the same client.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/echo_server.h"
#include "tests/bench/load.h"
#include "tests/bench/node.h"
#include "tests/bench/row.h"
#include "tests/support/file_wait.h"
#include "tests/support/process.h"
#include "tests/support/temp_directory.h"

namespace souk::bench {
namespace {

constexpr long kAnswerBytes = 1536;  // the design's 1.5 KB
constexpr size_t kTargets = 64;
constexpr int kPageSize = 1000;
constexpr std::chrono::seconds kReadyPatience{20};

// What is asked for, and what is answered to it.
struct Targets {
  std::vector<std::string> names;
  std::vector<std::string> tables;
  EchoAnswers answers;
  size_t answer_bytes = 0;  // mean of GetProduct
  size_t owner_bytes = 0;   // mean of FindOwner
};

struct Candidate {
  std::string name;
  std::string table;
  std::string answer;
};

std::string TableOf(const v1::Product& product) {
  for (const v1::DataContract& contract : product.model().contracts()) {
    for (const v1::SchemaObject& object : contract.schema()) {
      if (!object.physical_name().empty()) return object.physical_name();
    }
  }
  return product.name();
}

StatusOr<std::vector<Candidate>> AllProducts(client::Client& client) {
  std::vector<Candidate> all;
  v1::ListProductsRequest request;
  request.set_page_size(kPageSize);
  do {
    ASSIGN_OR_RETURN(const v1::ListProductsResponse page, client.ListProducts(request));
    for (const v1::Product& product : page.products()) {
      v1::GetProductRequest get;
      get.set_name(product.name());
      ASSIGN_OR_RETURN(const v1::GetProductResponse answer, client.GetProduct(get));
      all.push_back({product.name(), TableOf(answer.product()), answer.SerializeAsString()});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

size_t MeanBytes(const std::vector<std::string>& texts) {
  size_t sum = 0;
  for (const std::string& text : texts) sum += text.size();
  return texts.empty() ? 0 : sum / texts.size();
}

// The products whose answer comes nearest to 1.5 KB. Owners are asked for by table, or by product where several
// products serve the table.
StatusOr<Targets> ChooseTargets(client::Client& client) {
  ASSIGN_OR_RETURN(std::vector<Candidate> all, AllProducts(client));
  const auto distance = [](const Candidate& candidate) {
    return std::labs(static_cast<long>(candidate.answer.size()) - kAnswerBytes);
  };
  std::stable_sort(all.begin(), all.end(),
                   [&](const Candidate& a, const Candidate& b) { return distance(a) < distance(b); });
  Targets targets;
  for (const Candidate& candidate : all) {
    if (targets.names.size() == kTargets) break;
    v1::FindOwnerRequest request;
    request.set_identifier(candidate.table);
    StatusOr<v1::FindOwnerResponse> owner = client.FindOwner(request);
    if (!owner.ok()) {
      request.set_identifier(candidate.name);
      owner = client.FindOwner(request);
    }
    RETURN_IF_ERROR(owner.status());
    targets.names.push_back(candidate.name);
    targets.tables.push_back(request.identifier());
    targets.answers.get_product.push_back(candidate.answer);
    targets.answers.find_owner.push_back(owner->SerializeAsString());
  }
  if (targets.names.empty()) return Status(Code::kInternal, "the node has no product to ask for");
  targets.answer_bytes = MeanBytes(targets.answers.get_product);
  targets.owner_bytes = MeanBytes(targets.answers.find_owner);
  return targets;
}

struct Echo {
  std::unique_ptr<support::Process> process;
  std::string address;
};

StatusOr<Echo> StartEcho(Workbench& bench, const EchoAnswers& answers) {
  const std::filesystem::path file = bench.Fresh("answers");
  RETURN_IF_ERROR(WriteAnswers(answers, file));
  const std::filesystem::path ready = bench.Fresh("echo-ready");
  support::FileWait appears(ready);
  support::ProcessOptions options;
  options.command = {support::Binary("souk-bench").string(), "--echo-server", file.string(), "--ready-file",
                     ready.string()};
  ASSIGN_OR_RETURN(support::Process process, support::Process::Start(options));
  if (!appears.For(process.pidfd(), kReadyPatience)) return Status(Code::kUnavailable, "the echo does not start");
  Echo echo;
  echo.process = std::make_unique<support::Process>(std::move(process));
  echo.address = support::ReadFile(ready);
  return echo;
}

// One server under one kind of load.
using Ask = std::function<StatusOr<LoadResult>(Load& load, std::chrono::milliseconds duration)>;

// Both lines of a row, from the same runs: calls a second, and the server's processor time for each.
struct ReadLines {
  Line rate;
  Line cpu;
};

Status MeasureReads(Workbench& bench, Node& node, Echo& echo, const Ask& ask, ReadLines& lines) {
  const bool quick = bench.settings().quick;
  const std::chrono::milliseconds warm_up(quick ? 200 : 1000);
  const std::chrono::milliseconds duration(quick ? 400 : 3000);
  Load our_load({node.grpc_address()});
  Load echo_load({echo.address});
  RETURN_IF_ERROR(ask(our_load, warm_up).status());
  RETURN_IF_ERROR(ask(echo_load, warm_up).status());
  std::vector<double> p99_us;
  const auto sample = [&](Load& load, pid_t server, std::vector<double>& cpu_us) -> StatusOr<double> {
    const double before_s = CpuSeconds(server);
    ASSIGN_OR_RETURN(const LoadResult result, ask(load, duration));
    cpu_us.push_back((CpuSeconds(server) - before_s) * kMicrosecondsInSecond / static_cast<double>(result.calls));
    if (&load == &our_load) p99_us.push_back(result.p99_us);
    return result.per_second();
  };
  RETURN_IF_ERROR(Alternate(
      bench.settings().rounds, [&] { return sample(our_load, node.pid(), lines.cpu.ours); },
      [&] { return sample(echo_load, echo.process->pid(), lines.cpu.peer); }, lines.rate));
  lines.rate.note += ", our p99 " + std::to_string(static_cast<int>(Median(p99_us))) + " us";
  return Status::Ok();
}

StatusOr<std::vector<Line>> RunReads(Workbench& bench, ReadLines lines, bool owners) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const std::filesystem::path data, bench.Loaded(bench.MeshProducts(*mesh)));
  ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, StartNode(data));
  ASSIGN_OR_RETURN(const Targets targets, ChooseTargets(*ClientOf(*node)));
  ASSIGN_OR_RETURN(Echo echo, StartEcho(bench, targets.answers));
  lines.rate.unit = "1/s";
  lines.rate.corpus = lines.cpu.corpus = mesh->name();
  lines.rate.note = std::to_string(owners ? targets.owner_bytes : targets.answer_bytes) + " B, " +
                    std::to_string(kReadsInFlight) + " in flight";
  lines.cpu.unit = "us";
  lines.cpu.better = Better::kLower;
  lines.cpu.note = "server processor time a call";
  const Ask ask = [&](Load& load, std::chrono::milliseconds duration) {
    return owners ? load.FindOwners(targets.tables, duration) : load.GetProducts(targets.names, duration);
  };
  RETURN_IF_ERROR(MeasureReads(bench, *node, echo, ask, lines));
  RETURN_IF_ERROR(node->Stop());
  return std::vector<Line>{std::move(lines.rate), std::move(lines.cpu)};
}

}  // namespace

StatusOr<std::vector<Line>> RunGet(Workbench& bench) {
  ReadLines lines;
  lines.rate.name = "get";
  lines.rate.floor = 0.75;
  lines.rate.goal = 0.88;
  lines.cpu.name = "get.cpu";
  return RunReads(bench, std::move(lines), false);
}

StatusOr<std::vector<Line>> RunOwner(Workbench& bench) {
  ReadLines lines;
  lines.rate.name = "owner";
  lines.rate.floor = 0.70;
  lines.rate.goal = 0.85;
  lines.cpu.name = "owner.cpu";
  return RunReads(bench, std::move(lines), true);
}

}  // namespace souk::bench
