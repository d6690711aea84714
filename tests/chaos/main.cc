// SPDX-License-Identifier: Apache-2.0
// souk-chaos: kills a node again and again and looks for lost or half-written changes. The last line has the counts.
#include <CLI/CLI.hpp>

#include <iostream>

#include "tests/chaos/campaign.h"

int main(int argc, char** argv) {
  souk::chaos::CampaignOptions options;
  int minutes = 0;
  CLI::App app("Kills a node (SIGKILL) again and again and holds it to what it had acknowledged.");
  app.add_option("--cycles", options.cycles, "Kills")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--minutes", minutes, "Go on for so long instead")->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "Chooses changes and moments")->capture_default_str();
  app.add_option("--writers", options.writers, "Threads that write")->check(CLI::Range(1, 64))->capture_default_str();
  app.add_flag("--keep", options.keep, "Leave the data where it is");
  app.add_flag("--forget-one", options.forget_one, "Negative control: claim one change too many");
  CLI11_PARSE(app, argc, argv);
  if (minutes > 0) options.duration = std::chrono::minutes(minutes);

  const auto result = souk::chaos::RunCampaign(options);
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
