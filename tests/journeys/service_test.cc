// SPDX-License-Identifier: Apache-2.0
// Journeys of an operator who runs a node as a service of systemd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include "tests/support/node.h"
#include "tests/support/temp_directory.h"

namespace souk::journeys {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::chrono::milliseconds kPatience{60'000};

// What systemd is: somebody who listens for datagrams.
class ServiceManager {
 public:
  explicit ServiceManager(const std::filesystem::path& path)
      : path_(path.string()), end_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy_n(path_.c_str(), std::min(path_.size(), sizeof(address.sun_path) - 1), address.sun_path);
    EXPECT_EQ(bind(end_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  ~ServiceManager() { close(end_); }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  std::string address() const { return path_; }
  // The next thing it is told; empty if nothing comes in time.
  std::string Hear() const {
    pollfd wait{end_, POLLIN, 0};
    std::array<char, 4096> text{};
    if (poll(&wait, 1, static_cast<int>(kPatience.count())) != 1) return "";
    return {text.data(), static_cast<size_t>(std::max<ssize_t>(0, recv(end_, text.data(), text.size(), 0)))};
  }

 private:
  const std::string path_;
  const int end_;
};

TEST(Service, TheManagerHearsWhenTheNodeServesAndWhenItEnds) {
  const support::TempDirectory folder("service");
  const ServiceManager manager(folder.path() / "manager");
  support::ProcessOptions options;
  options.command = {support::Binary("soukd"), "--data-dir=" + (folder.path() / "data").string(),
                     "--grpc-address=127.0.0.1:0", "--http-address=127.0.0.1:0"};
  options.environment = {"NOTIFY_SOCKET=" + manager.address()};
  auto node = support::Process::Start(options);
  ASSERT_TRUE(node.ok()) << node.status().ToString();
  const std::string ready = manager.Hear();
  EXPECT_THAT(ready, StartsWith("READY=1\n"));
  ASSERT_THAT(ready, HasSubstr("serving gRPC on 127.0.0.1:"));
  const std::string address = ready.substr(ready.find("127.0.0.1:"));
  EXPECT_EQ(support::RunSouk(address, {"admin", "status"}).exit_code, 0) << "ready means that it answers";
  node->Signal(SIGTERM);
  EXPECT_THAT(manager.Hear(), StartsWith("STOPPING=1\n"));
  EXPECT_EQ(node->Wait(kPatience), 0);
}

// systemd's own judgement of our unit, with the program where it is here.
TEST(Service, TheUnitIsWithoutFault) {
  const char* const verify = "/usr/bin/systemd-analyze";
  if (!std::filesystem::exists(verify)) GTEST_SKIP() << "needs " << verify << ", of Debian's package systemd";
  const support::TempDirectory folder("unit");
  std::string unit = support::ReadFile(support::SourceDirectory() / "deploy/systemd/soukd.service");
  const std::string installed = "/usr/bin/soukd";
  const size_t at = unit.find("ExecStart=" + installed);
  ASSERT_NE(at, std::string::npos);
  unit.replace(unit.find(installed, at), installed.size(), support::Binary("soukd").string());
  support::WriteFile(folder.path() / "soukd.service", unit);
  const auto verdict = support::Run({verify, "verify", (folder.path() / "soukd.service").string()});
  EXPECT_EQ(verdict.exit_code, 0);
  EXPECT_THAT(verdict.out + verdict.err, IsEmpty());
}

}  // namespace
}  // namespace souk::journeys
