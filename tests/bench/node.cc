// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/node.h"

#include <ctime>
#include <fstream>
#include <string>
#include <utility>

namespace souk::bench {
namespace {

constexpr double kKilobytesInMegabyte = 1024;
constexpr std::string_view kResident = "VmRSS:";

}  // namespace

StatusOr<std::unique_ptr<Node>> StartNode(const std::filesystem::path& data_dir, std::vector<std::string> flags) {
  std::filesystem::create_directories(data_dir);
  support::NodeOptions options;
  options.data_directory = data_dir;
  options.flags = std::move(flags);
  return Node::Start(std::move(options));
}

std::unique_ptr<client::Client> ClientOf(const Node& node) {
  client::ClientOptions options;
  options.addresses = {node.grpc_address()};
  return std::make_unique<client::Client>(std::move(options));
}

double CpuSeconds(pid_t pid) {
  clockid_t clock = 0;
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double ResidentMb(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kResident)) return std::stod(line.substr(kResident.size())) / kKilobytesInMegabyte;
  }
  return 0;
}

}  // namespace souk::bench
