// SPDX-License-Identifier: Apache-2.0
// souk-bench: the performance table. Run by ./dev bench; docs/performance.md says how to read it.

#include <CLI/CLI.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "tests/bench/echo_server.h"
#include "tests/bench/report.h"
#include "tests/bench/row.h"

namespace souk::bench {
namespace {

struct Options {
  Settings settings;
  std::vector<std::string> rows;
  bool list = false;
  std::string echo_answers;  // set: be the echo server
  std::string ready_file;
};

void Declare(CLI::App& app, Options& options) {
  std::vector<std::string> names;
  for (const Row& row : Rows()) names.emplace_back(row.name);
  Settings& settings = options.settings;
  settings.root = std::filesystem::current_path();
  settings.out = "build/bench";
  settings.corpus = settings.root / ".." / "shared" / "corpora" / "mozilla-mesh";
  app.add_option("row", options.rows, "Rows to measure; all if none is named")->check(CLI::IsMember(names));
  app.add_option("--out", settings.out, "Folder for the results and for scratch files")->capture_default_str();
  app.add_option("--corpus", settings.corpus, "The mozilla-mesh; without it, our sample mesh is copied");
  app.add_option("--rounds", settings.rounds, "Alternations of a row")->capture_default_str()->check(CLI::Range(1, 99));
  app.add_flag("--quick", settings.quick, "Short runs, to see that it works: their numbers scatter");
  app.add_flag("--large", settings.large, "Measure start and memory with 100,000 products too");
  app.add_flag("--list", options.list, "List the rows and end");
  app.add_option("--echo-server", options.echo_answers)->group("");
  app.add_option("--ready-file", options.ready_file)->group("");
}

bool Wanted(const Options& options, const Row& row) {
  const std::vector<std::string>& names = options.rows;
  return names.empty() || std::find(names.begin(), names.end(), row.name) != names.end();
}

// 0, or 1 if a row could not be measured. A verdict below the floor is a finding, not a failure.
int Measure(Options options, const std::string& command) {
  options.settings.out = std::filesystem::absolute(options.settings.out);
  options.settings.corpus = options.settings.corpus.lexically_normal();
  Workbench bench(options.settings);
  const Machine machine = DescribeMachine(options.settings.root, command);
  std::vector<Line> all;
  int exit_code = 0;
  for (const Row& row : Rows()) {
    if (!Wanted(options, row)) continue;
    std::cerr << "-- " << row.name << ": " << row.what << std::endl;
    StatusOr<std::vector<Line>> lines = row.run(bench);
    Status status = lines.status();
    if (status.ok()) status = WriteJson(options.settings.out, std::string(row.name), *lines, machine);
    if (!status.ok()) {
      const bool skipped = status.code() == Code::kNotFound;
      std::cerr << "   " << (skipped ? "skipped: " : "failed: ") << status.message() << std::endl;
      if (!skipped) exit_code = 1;
      continue;
    }
    all.insert(all.end(), lines->begin(), lines->end());
  }
  const std::string text = Heading(machine) + "\n" + Table(all);
  std::cout << text;
  std::ofstream(options.settings.out / "table.md") << text;
  return exit_code;
}

int Run(int argc, char** argv) {
  CLI::App app("Measures Souk against its peers, in turns, and prints one table.", "souk-bench");
  Options options;
  Declare(app, options);
  CLI11_PARSE(app, argc, argv);
  if (!options.echo_answers.empty()) return RunEchoServer(options.echo_answers, options.ready_file);
  if (options.list) {
    for (const Row& row : Rows()) std::cout << row.name << "\t" << row.what << "\n";
    return 0;
  }
  std::string command = "souk-bench";
  for (int i = 1; i < argc; ++i) command += std::string(" ") + argv[i];
  return Measure(std::move(options), command);
}

}  // namespace
}  // namespace souk::bench

int main(int argc, char** argv) {
  try {
    return souk::bench::Run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "souk-bench: " << e.what() << "\n";
    return 1;
  }
}
