// SPDX-License-Identifier: Apache-2.0
// Journeys of an operator who runs a node as a service of systemd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include "tests/support/node.h"
#include "tests/support/notify_socket.h"
#include "tests/support/temp_directory.h"

namespace souk::journeys {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::chrono::milliseconds kPatience{60'000};

TEST(Service, TheManagerHearsWhenTheNodeServesAndWhenItEnds) {
  const support::TempDirectory folder("service");
  const support::NotifySocket manager(folder.path() / "manager");
  support::ProcessOptions options;
  options.command = {support::Binary("soukd"), "--data-dir=" + (folder.path() / "data").string(),
                     "--grpc-address=127.0.0.1:0", "--http-address=127.0.0.1:0"};
  options.environment = {manager.variable()};
  auto node = support::Process::Start(options);
  ASSERT_TRUE(node.ok()) << node.status().ToString();
  const std::string ready = manager.Hear(node->pidfd(), kPatience);
  EXPECT_THAT(ready, StartsWith("READY=1\n"));
  ASSERT_THAT(ready, HasSubstr("serving gRPC on 127.0.0.1:"));
  const std::string address = ready.substr(ready.find("127.0.0.1:"));
  EXPECT_EQ(support::RunSouk(address, {"admin", "status"}).exit_code, 0) << "ready means that it answers";
  node->Signal(SIGTERM);
  EXPECT_THAT(manager.Hear(node->pidfd(), kPatience), StartsWith("STOPPING=1\n"));
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
