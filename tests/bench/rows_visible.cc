// SPDX-License-Identifier: Apache-2.0
// Searchable after the answer: registrations at a steady rate, and after each answer a search for it that asks for no
// consistency. The registrations come by the clock, whether or not the ones before are answered.
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/node.h"
#include "tests/bench/probe.h"
#include "tests/bench/row.h"
#include "tests/bench/threads.h"

namespace souk::bench {
namespace {

constexpr int kPerSecond = 100;
constexpr size_t kSeconds = 10;
constexpr size_t kQuickSeconds = 2;
// So many may be on their way before the rate can't be held.
constexpr size_t kThreads = 32;
// The first registrations meet cold caches and new domains; they are made, but not counted.
constexpr size_t kWarmUp = 50;
constexpr double kPatience_s = 5;

// What was seen of all registrations. Guarded by its mutex.
struct Seen {
  std::mutex mutex;
  std::vector<double> delay_ms;   // from the answer to the end of the search that found it
  std::vector<double> answer_ms;  // of the registration itself
  size_t missed = 0;              // the first search did not find it
  size_t lost = 0;                // nor did any other within the patience
  double late_s = 0;              // the most that a registration began after its time
};

Status RegisterAndFind(client::Client& client, const v1::Bundle& bundle, size_t number, Seen& seen) {
  const std::string word = WordOf(number);
  const Stopwatch answer_watch;
  ASSIGN_OR_RETURN(const v1::RegisterProductResponse answer,
                   client.RegisterProduct(RequestOf(Renamed(bundle, "-" + word, word))));
  const double answer_s = answer_watch.seconds();
  const Stopwatch watch;
  int tries = 0;
  for (bool found = false; !found && watch.seconds() < kPatience_s; ++tries) {
    ASSIGN_OR_RETURN(found, Finds(client, word, answer.product().name()));
    if (!found) continue;
    if (number < kWarmUp) return Status::Ok();
    const std::lock_guard lock(seen.mutex);
    seen.delay_ms.push_back(watch.seconds() * kMillisecondsInSecond);
    seen.answer_ms.push_back(answer_s * kMillisecondsInSecond);
    if (tries > 0) ++seen.missed;
    return Status::Ok();
  }
  const std::lock_guard lock(seen.mutex);
  ++seen.lost;
  return Status::Ok();
}

Status RunLoad(Workbench& bench, client::Client& client, const Corpus& mesh, Seen& seen) {
  const size_t registrations = kWarmUp + kPerSecond * (bench.settings().quick ? kQuickSeconds : kSeconds);
  const auto start = std::chrono::steady_clock::now();
  return InThreads(kThreads, registrations,
                   [&](size_t number) -> Status {
                     const auto due = start + std::chrono::milliseconds(1000 / kPerSecond) * number;
                     std::this_thread::sleep_until(due);
                     const double late_s =
                         std::chrono::duration<double>(std::chrono::steady_clock::now() - due).count();
                     RETURN_IF_ERROR(RegisterAndFind(client, mesh.At(number), number, seen));
                     const std::lock_guard lock(seen.mutex);
                     seen.late_s = std::max(seen.late_s, late_s);
                     return Status::Ok();
                   })
      .status();
}

Line LineOf(const std::string& name, double value, double floor, double goal, const Corpus& mesh) {
  Line line = ValueLine(name, "ms", floor, goal, mesh.name());
  line.ours = {value};
  return line;
}

}  // namespace

StatusOr<std::vector<Line>> RunVisible(Workbench& bench) {
  ASSIGN_OR_RETURN(const Corpus* mesh, bench.Mesh());
  ASSIGN_OR_RETURN(const std::filesystem::path data, bench.CopyOfLoaded(bench.MeshProducts(*mesh)));
  ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, StartNode(data));
  Seen seen;
  RETURN_IF_ERROR(RunLoad(bench, *ClientOf(*node), *mesh, seen));
  RETURN_IF_ERROR(node->Stop());
  Line p50 = LineOf("visible.p50", Percentile(seen.delay_ms, 50), 0, 5, *mesh);
  p50.note = std::to_string(seen.delay_ms.size()) + " registrations at " + std::to_string(kPerSecond) +
             "/s, the search included";
  Line p99 = LineOf("visible.p99", Percentile(seen.delay_ms, 99), 200, 50, *mesh);
  p99.note = "registrations answered in " + std::to_string(static_cast<int>(Percentile(seen.answer_ms, 50))) +
             " ms (p50), " + std::to_string(static_cast<int>(Percentile(seen.answer_ms, 99))) + " ms (p99)";
  Line misses = LineOf("visible.misses", static_cast<double>(seen.missed + seen.lost), 0.5, 0.5, *mesh);
  misses.unit.clear();
  misses.note = std::to_string(seen.lost) + " never found; the latest began " +
                std::to_string(static_cast<int>(seen.late_s * kMillisecondsInSecond)) + " ms behind its time";
  return std::vector<Line>{std::move(p50), std::move(p99), std::move(misses)};
}

}  // namespace souk::bench
