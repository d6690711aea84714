// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/cluster/cluster_campaign.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "tests/chaos/cluster/examination.h"
#include "tests/chaos/cluster/stage.h"
#include "tests/chaos/cluster/watcher.h"
#include "tests/chaos/cluster/worker.h"

namespace souk::chaos {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kPinnedPerNode = 2;
constexpr size_t kRoaming = 2;  // clients that ask any node
constexpr size_t kWatchers = 2;
// So long after everything is well again a cluster that does not work counts as hung.
constexpr std::chrono::seconds kWellWithin{90};
constexpr milliseconds kCalmMin{300};
constexpr milliseconds kLookAgain{10};
// Of one member: it takes 64 MiB for each piece of its log, and keeps some.
constexpr uint64_t kDiskBytes = uint64_t{768} * 1024 * 1024;
constexpr Moment kMicrosPerMilli = 1000;

// Runs the clients of an episode for as long as it lives.
class Cast {
 public:
  Cast(Stage& stage, std::mt19937_64& random, const std::string& after, bool old_reads) {
    const auto add = [&](const std::string& name, std::optional<size_t> node) {
      workers_.push_back(std::make_unique<Worker>(WorkerOptions{name, node, random(), old_reads}, stage));
    };
    for (size_t node = 0; node < stage.nodes(); ++node) {
      for (size_t i = 0; i < kPinnedPerNode; ++i) {
        add("client " + std::to_string(workers_.size()) + " at node " + std::to_string(node), node);
      }
    }
    for (size_t i = 0; i < kRoaming; ++i) {
      add("client " + std::to_string(workers_.size()) + " at any node", std::nullopt);
    }
    for (size_t i = 0; i < kWatchers; ++i) {
      watchers_.push_back(std::make_unique<Watcher>("reader " + std::to_string(i), random(), after, stage));
    }
    for (const auto& worker : workers_) working_.emplace_back([&worker] { worker->Run(); });
    for (const auto& watcher : watchers_) watching_.emplace_back([&watcher] { watcher->Run(); });
  }
  ~Cast() {
    StopWorking();
    for (const auto& watcher : watchers_) static_cast<void>(watcher->Finish(0, milliseconds(0)));
    Join(watching_);
  }
  Cast(const Cast&) = delete;
  Cast& operator=(const Cast&) = delete;

  void StopWorking() {
    for (const auto& worker : workers_) worker->Stop();
    Join(working_);
  }

  // Readers of the feed get up to that revision.
  void StopWatching(Revision until, Violations& violations) {
    for (const auto& watcher : watchers_) {
      if (!watcher->Finish(until, kWellWithin)) violations.Add("a reader of the feed does not get to the end");
    }
    Join(watching_);
  }

  std::vector<Stream> TakeStreams() {
    std::vector<Stream> all;
    for (const auto& watcher : watchers_) {
      for (Stream& stream : watcher->TakeStreams()) all.push_back(std::move(stream));
    }
    return all;
  }

  uint64_t changes_of_node() const {
    uint64_t sum = 0;
    for (const auto& watcher : watchers_) sum += watcher->changes_of_node();
    return sum;
  }

 private:
  static void Join(std::vector<std::thread>& threads) {
    for (std::thread& thread : threads) thread.join();
    threads.clear();
  }

  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  std::vector<std::thread> working_, watching_;
};

class Campaign {
 public:
  explicit Campaign(const ClusterCampaignOptions& options)
      : options_(options), random_(options.seed), folder_("souk-chaos") {}

  StatusOr<ClusterCampaignResult> Run() {
    // A small snapshot count: members that were away get a snapshot, as in a cluster that writes much.
    support::ClusterOptions cluster{.directory = folder_.path(), .etcd_flags = {"--snapshot-count=2000"}};
    auto disk = support::SmallDisk::Make(kDiskBytes);
    if (disk.ok()) {
      disk_ = *std::move(disk);
      cluster.last_member_data = disk_->path();
    } else {
      std::cerr << "no disk gets full: " << disk.status().ToString() << std::endl;
    }
    ASSIGN_OR_RETURN(cluster_, support::Cluster::Start(cluster));
    faults_ = std::make_unique<Faults>(*cluster_, random_(), options_.only, disk_.get(), violations_);
    const auto over = [this] {
      return options_.duration ? steady_clock::now() - start_ >= *options_.duration
                               : result_.episodes >= options_.episodes;
    };
    bool whole = true;
    while (whole && !over()) whole = Episode();
    if (whole) StopNodes();
    result_.faults = faults_->counts();
    result_.violations = violations_.count();
    if (options_.keep || (result_.violations > 0 && !options_.old_reads)) {
      folder_.Keep();
      std::cerr << "data, logs and histories are in " << folder_.path() << std::endl;
    }
    return result_;
  }

 private:
  // False if the cluster can't go on.
  bool Episode() {
    violations_.SetCycle(++result_.episodes);
    Stage stage(cluster_->addresses(), next_word_, violations_);
    const auto before = AwaitWhole(stage, kWellWithin);
    if (!before.ok()) {
      violations_.Add("not well: " + before.status().ToString());
      return false;
    }
    auto cast = std::make_unique<Cast>(stage, random_, *before, options_.old_reads);
    const bool healed = Strikes(stage);
    cast->StopWorking();
    const auto after = AwaitWhole(stage, kWellWithin);
    if (!after.ok()) violations_.Add("not well in the end: " + after.status().ToString());
    if (after.ok()) cast->StopWatching(RevisionOf(*after), violations_);
    History history{.operations = stage.TakeOperations(), .streams = cast->TakeStreams(), .accounts = {}};
    result_.changes_of_node += cast->changes_of_node();
    cast.reset();
    if (!healed || !after.ok()) {
      Save(history);
      return false;
    }
    history.accounts = TakeAccounts(stage, stage.LineNames());
    CompareNodes(stage);
    CountRelists(stage);
    Judge(history, stage);
    next_word_ = stage.words_used();
    return true;
  }

  // False if something does not start any more.
  bool Strikes(Stage& stage) {
    const auto until = steady_clock::now() + std::chrono::seconds(options_.episode_seconds);
    bool well = AwaitWrites(stage, "in the beginning");
    while (well && steady_clock::now() < until) {
      const std::string what = faults_->Strike();
      std::cerr << Now() << what << std::endl;
      std::this_thread::sleep_for(faults_->Duration());
      const Status healed = faults_->Heal();
      if (!healed.ok()) violations_.Add("after \"" + what + "\": " + healed.ToString());
      if (!healed.ok()) return false;
      well = AwaitWrites(stage, what);
    }
    return well;
  }

  // Until every node has taken a write that began after everything was well.
  bool AwaitWrites(Stage& stage, const std::string& what) {
    const auto begin = steady_clock::now();
    std::vector<uint64_t> before;
    for (size_t node = 0; node < stage.nodes(); ++node) before.push_back(stage.written_at(node));
    std::this_thread::sleep_for(kLookAgain);
    for (size_t node = 0; node < stage.nodes(); ++node) {
      // One that is recorded may have begun earlier: two clients ask each node.
      while (stage.written_at(node) <= before[node] + kPinnedPerNode) {
        if (steady_clock::now() - begin > kWellWithin) {
          violations_.Add("node " + std::to_string(node) + " takes no writes any more after \"" + what + "\"\n" +
                          StatusOfAll(stage) + cluster_->node(node).Log());
          return false;
        }
        std::this_thread::sleep_for(kLookAgain);
      }
    }
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
    std::cerr << Now() << "well again after " << took.count() << " ms" << std::endl;
    result_.resumed_max = std::max(result_.resumed_max, took);
    std::this_thread::sleep_for(kCalmMin + milliseconds(random_() % static_cast<uint64_t>(kCalmMin.count())));
    return true;
  }

  // For a person who looks for the cause.
  static std::string StatusOfAll(Stage& stage) {
    std::string text;
    for (size_t node = 0; node < stage.nodes(); ++node) {
      const auto status = stage.PinnedTo(node).GetStatus({});
      text += "node " + std::to_string(node) + ": " +
              (status.ok() ? status->ShortDebugString() : status.status().ToString()) + "\n";
    }
    return text;
  }

  void CountRelists(Stage& stage) {
    for (size_t node = 0; node < stage.nodes(); ++node) {
      const auto status = stage.PinnedTo(node).GetStatus({});
      if (!status.ok()) continue;
      // A node counts since it started; what it counted before a kill is not known.
      const uint64_t told = status->ledger_link().relists();
      result_.relists += told - (told < relists_[node] ? 0 : relists_[node]);
      relists_[node] = told;
    }
  }

  void Judge(const History& history, Stage& stage) {
    const Verdict verdict = Check(history);
    for (const std::string& violation : verdict.violations) violations_.Add(violation);
    Verdict& sum = result_.verdict;
    sum.operations += verdict.operations;
    sum.acknowledged += verdict.acknowledged;
    sum.refused += verdict.refused;
    sum.unknown_applied += verdict.unknown_applied;
    sum.unknown_not_applied += verdict.unknown_not_applied;
    sum.reads += verdict.reads;
    sum.latest_reads += verdict.latest_reads;
    sum.token_reads += verdict.token_reads;
    sum.told += verdict.told;
    if (!verdict.violations.empty() || options_.keep) Save(history);
    std::cerr << Now() << "episode " << result_.episodes << ": " << verdict.operations << " operations, "
              << verdict.acknowledged << " writes acknowledged, " << violations_.count() << " violations\n";
    for (const auto& [error, count] : stage.errors()) std::cerr << "    " << count << " x " << error << "\n";
    std::cerr << std::flush;
  }

  // For a person to look into.
  void Save(const History& history) {
    std::ofstream file(folder_ / ("episode" + std::to_string(result_.episodes) + ".txt"));
    for (const Operation& operation : history.operations) file << Describe(operation) << "\n";
    for (const Account& account : history.accounts) {
      for (const Change& change : account.changes) {
        file << account.node << ": " << Describe(change) << " \"" << MarkOf(change) << "\"\n";
      }
    }
    for (const Stream& stream : history.streams) {
      file << stream.reader << " after " << stream.after << "\n";
      for (const Told& told : stream.told) {
        file << "  " << told.revision << (told.mark ? " mark" : "") << "\n";
        for (const Change& change : told.changes) file << "    " << Describe(change) << "\n";
      }
    }
  }

  void StopNodes() {
    for (size_t node = 0; node < cluster_->nodes(); ++node) {
      const Status stopped = cluster_->StopNode(node);
      if (!stopped.ok()) violations_.Add("node " + std::to_string(node) + ": " + stopped.ToString());
    }
  }

  static std::string Now() { return std::to_string(Stage::Now() / kMicrosPerMilli) + " ms: "; }

  const ClusterCampaignOptions options_;
  const steady_clock::time_point start_ = steady_clock::now();
  std::mt19937_64 random_;
  support::TempDirectory folder_;
  Violations violations_;
  std::unique_ptr<support::SmallDisk> disk_;  // of the last member
  std::unique_ptr<support::Cluster> cluster_;
  std::unique_ptr<Faults> faults_;
  size_t next_word_ = 0;
  std::map<size_t, uint64_t> relists_;  // by node, as last told
  ClusterCampaignResult result_;
};

}  // namespace

StatusOr<ClusterCampaignResult> RunClusterCampaign(const ClusterCampaignOptions& options) {
  return Campaign(options).Run();
}

}  // namespace souk::chaos
