// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/campaign.h"

#include <iostream>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "client/lib/client.h"
#include "tests/chaos/inspector.h"
#include "tests/chaos/journal.h"
#include "tests/chaos/violations.h"
#include "tests/chaos/writer.h"
#include "tests/support/node.h"

namespace souk::chaos {
namespace {

using std::chrono::milliseconds;

// A kill comes so long after the writers started.
constexpr milliseconds kRunMin{200};
constexpr milliseconds kRunMax{1500};
// One start in so many is killed as well, at any moment of it.
constexpr uint64_t kKilledStarts = 5;
constexpr milliseconds kStartKillMax{300};
// In one run of so many an operator rebuilds the indexes meanwhile.
constexpr uint64_t kRebuiltRuns = 4;
constexpr int kInspectorAttempts = 4;
// Every so many cycles the feed is read from its beginning.
constexpr int kWholeFeedCycles = 10;

milliseconds Between(std::mt19937_64& random, milliseconds least, milliseconds most) {
  const auto span = static_cast<uint64_t>((most - least).count());
  return least + milliseconds(random() % (span + 1));
}

class Campaign {
 public:
  explicit Campaign(const CampaignOptions& options)
      : options_(options), random_(options.seed), folder_("souk-chaos"), inspector_(journal_, violations_) {
    for (int i = 0; i < options.writers; ++i) {
      writers_.push_back(std::make_unique<Writer>(i, random_(), journal_, violations_));
    }
  }

  StatusOr<CampaignResult> Run() {
    const auto start = std::chrono::steady_clock::now();
    int cycle = 0;
    const auto over = [&] {
      if (options_.duration) return std::chrono::steady_clock::now() - start >= *options_.duration;
      return cycle >= options_.cycles;
    };
    while (!over()) {
      violations_.SetCycle(++cycle);
      RETURN_IF_ERROR(Cycle(cycle % kWholeFeedCycles == 0));
      if (cycle % kWholeFeedCycles == 0) std::cerr << Progress(cycle) << std::endl;
    }
    if (options_.forget_one) Tamper();
    RETURN_IF_ERROR(StartAndInspect(true));
    const Status stopped = node_->Stop();
    if (!stopped.ok()) violations_.Add(stopped.ToString());
    if (options_.keep || (violations_.count() > 0 && !options_.forget_one)) {
      folder_.Keep();
      std::cerr << "the data is in " << folder_.path() << std::endl;
    }
    return CampaignResult{cycle, journal_.acknowledged(), journal_.unknown(), violations_.count()};
  }

 private:
  support::NodeOptions NodeOptions() const {
    return {.data_directory = folder_ / "data", .log = folder_ / "soukd.log"};
  }

  std::string Progress(int cycle) const {
    return "cycle " + std::to_string(cycle) + ": " + std::to_string(journal_.acknowledged()) + " acknowledged, " +
           std::to_string(journal_.unknown()) + " unknown, " + std::to_string(violations_.count()) + " violations";
  }

  // A writer wants to see each outcome, an inspector wants answers.
  client::ClientOptions ClientOptions(int attempts) const {
    client::ClientOptions options;
    options.addresses = {node_->grpc_address()};
    options.deadline = std::chrono::seconds(20);
    options.attempts_max = attempts;
    return options;
  }

  Status KillAStart() {
    ASSIGN_OR_RETURN(const auto doomed, support::Node::Launch(NodeOptions()));
    std::this_thread::sleep_for(Between(random_, milliseconds(0), kStartKillMax));
    doomed->Kill();
    return Status::Ok();
  }

  Status StartAndInspect(bool whole) {
    while (random_() % kKilledStarts == 0) RETURN_IF_ERROR(KillAStart());
    ASSIGN_OR_RETURN(node_, support::Node::Start(NodeOptions()));
    client::Client reader(ClientOptions(kInspectorAttempts));
    inspector_.Inspect(reader, whole);
    return Status::Ok();
  }

  Status Cycle(bool whole) {
    RETURN_IF_ERROR(StartAndInspect(whole));
    client::Client client(ClientOptions(1));
    std::vector<std::thread> threads;
    for (const auto& writer : writers_) {
      writer->Reset();
      threads.emplace_back([&writer, &client] { writer->Run(client); });
    }
    if (random_() % kRebuiltRuns == 0) {
      threads.emplace_back([&client] { static_cast<void>(client.RebuildIndex({}).ok()); });  // the kill may end it
    }
    std::this_thread::sleep_for(Between(random_, kRunMin, kRunMax));
    node_->Kill();
    for (const auto& writer : writers_) writer->Stop();
    for (std::thread& thread : threads) thread.join();
    return Status::Ok();
  }

  // Claims an acknowledgement that no node gave: the inspector must notice.
  void Tamper() {
    for (Product* product : journal_.products()) {
      if (!product->settled || product->pending) continue;
      product->settled->number += 1;
      product->settled->sample.version += "1";
      return;
    }
  }

  const CampaignOptions options_;
  std::mt19937_64 random_;
  support::TempDirectory folder_;
  Journal journal_;
  Violations violations_;
  Inspector inspector_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::unique_ptr<support::Node> node_;
};

}  // namespace

StatusOr<CampaignResult> RunCampaign(const CampaignOptions& options) { return Campaign(options).Run(); }

}  // namespace souk::chaos
