// SPDX-License-Identifier: Apache-2.0
// Commits to a store until it is killed, and says on standard output what was acknowledged, one line a commit:
// revision and entity. Usage: storage_crash_writer DIRECTORY THREADS.
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/records.h"

namespace {

using souk::testing::Append;
using souk::testing::RegistrationRecord;
using souk::testing::SimpleModel;
using souk::testing::StateRecord;

constexpr int kProducts = 12;

// One write call, so that a line is there whole or not at all.
void Tell(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::_Exit(1);
}

void WriteForever(souk::storage::Store& store, int thread) {
  for (int i = 0;; ++i) {
    const int at = i % 4 == 3 ? i - 1 : i;  // a change of state is for the line that was just registered
    const std::string product = "p" + std::to_string((at * 7 + thread) % kProducts);
    const souk::LineName line{"d" + std::to_string(at % 3), product, 1};
    const auto model = SimpleModel(line.domain, line.product, "1." + std::to_string(i) + ".0");
    const auto record = i % 4 == 3 ? StateRecord(line, souk::v1::PRODUCT_STATE_DEPRECATED) : RegistrationRecord(model);
    const auto revision = Append(store, record);
    if (!revision.ok()) {
      if (revision.status().code() == souk::Code::kAborted) continue;  // another thread was first
      std::fprintf(stderr, "%s\n", revision.status().ToString().c_str());
      std::_Exit(2);
    }
    Tell(std::to_string(*revision) + " " + line.ToString() + "\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc != 3) return 1;
  const souk::SystemClock clock;
  const auto store = souk::testing::OpenStore(argv[1], clock);
  std::vector<std::thread> threads;
  for (int i = 0; i < std::atoi(argv[2]); ++i) threads.emplace_back([&store, i] { WriteForever(*store, i); });
  for (std::thread& thread : threads) thread.join();
  return 0;
}
