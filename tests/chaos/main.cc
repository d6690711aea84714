// SPDX-License-Identifier: Apache-2.0
// souk-chaos: kills a node again and again and looks for lost or half-written changes; with --cluster, breaks a cluster
// in every way it knows and holds what clients saw to what is promised. The last line has the counts.
#include <CLI/CLI.hpp>

#include <iostream>

#include "tests/chaos/campaign.h"
#include "tests/chaos/cluster/cluster_campaign.h"

namespace souk::chaos {
namespace {

int RunOnOneNode(const CampaignOptions& options) {
  const auto result = RunCampaign(options);
  if (!result.ok()) {
    std::cerr << result.status().ToString() << std::endl;
    std::cout << "chaos: no node could be started; violations 1 seed=" << options.seed << std::endl;
    return 1;
  }
  std::cout << "chaos: cycles=" << result->cycles << " acknowledged=" << result->acknowledged
            << " unknown=" << result->unknown << " violations " << result->violations << " seed=" << options.seed
            << std::endl;
  return result->violations > 0 ? 1 : 0;
}

int RunOnACluster(const ClusterCampaignOptions& options) {
  if (!support::Etcd::IsInstalled()) {
    std::cout << "chaos: skipped, there is no etcd; ./dev test unpacks it" << std::endl;
    return 0;
  }
  const auto result = RunClusterCampaign(options);
  if (!result.ok()) {
    std::cerr << result.status().ToString() << std::endl;
    std::cout << "chaos: no cluster could be started; violations 1 seed=" << options.seed << std::endl;
    return 1;
  }
  const FaultCounts& faults = result->faults;
  const Verdict& verdict = result->verdict;
  std::cout << "chaos: episodes=" << result->episodes << " kills=" << faults.nodes_killed << "+"
            << faults.members_killed << " stops=" << faults.nodes_stopped << "+" << faults.members_stopped
            << " partitions=" << faults.partitions << " compactions=" << faults.compactions
            << " drains=" << faults.drains << " replacements=" << faults.replacements
            << " full_disks=" << faults.full_disks << " garbage=" << faults.undecodable
            << " relists=" << result->relists << " resumed_ms_max=" << result->resumed_max.count()
            << " operations=" << verdict.operations << " acknowledged=" << verdict.acknowledged
            << " refused=" << verdict.refused << " unknown=" << verdict.unknown_applied + verdict.unknown_not_applied
            << " (applied " << verdict.unknown_applied << ", not " << verdict.unknown_not_applied
            << ") reads=" << verdict.reads << " latest=" << verdict.latest_reads << " token=" << verdict.token_reads
            << " told=" << verdict.told << " node_changes=" << result->changes_of_node << " violations "
            << result->violations << " seed=" << options.seed << std::endl;
  return result->violations > 0 ? 1 : 0;
}

}  // namespace
}  // namespace souk::chaos

int main(int argc, char** argv) {
  souk::chaos::CampaignOptions options;
  souk::chaos::ClusterCampaignOptions cluster;
  int minutes = 0;
  bool with_cluster = false;
  CLI::App app("Breaks what runs, again and again, and holds it to what it had acknowledged.");
  app.add_flag("--cluster", with_cluster, "Three nodes over three members of etcd, and faults of all kinds");
  app.add_option("--minutes", minutes, "Go on for so long")->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "Chooses changes, faults and moments")->capture_default_str();
  app.add_flag("--keep", options.keep, "Leave the data where it is");
  app.add_option("--cycles", options.cycles, "One node: kills")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--writers", options.writers, "One node: threads that write")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_flag("--forget-one", options.forget_one, "One node, negative control: claim one change too many");
  app.add_option("--episodes", cluster.episodes, "Cluster: episodes")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--episode-seconds", cluster.episode_seconds, "Cluster: how long faults strike in each")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--only", cluster.only, "Cluster: one kind of fault")
      ->check(CLI::IsMember(souk::chaos::Faults::Names()));
  app.add_flag("--old-reads", cluster.old_reads, "Cluster, negative control: pass off old reads as the latest");
  CLI11_PARSE(app, argc, argv);
  if (minutes > 0) options.duration = cluster.duration = std::chrono::minutes(minutes);
  cluster.seed = options.seed;
  cluster.keep = options.keep;
  return with_cluster ? souk::chaos::RunOnACluster(cluster) : souk::chaos::RunOnOneNode(options);
}
