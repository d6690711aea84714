// SPDX-License-Identifier: Apache-2.0
// What an operator does with etcd's own tools: users, and snapshots, which etcdctl takes and etcdutl restores, or
// etcdctl where there is none.
#include <unistd.h>

#include <cstdlib>
#include <system_error>

#include "tests/support/etcd.h"

namespace souk::support {
namespace {

std::string Tool(const std::string& name) {
  if (const char* named = std::getenv("SOUK_ETCD"); named != nullptr) {
    return (std::filesystem::path(named).parent_path() / name).string();
  }
  const std::string installed = "/usr/bin/" + name;
  const char* root = std::getenv("SOUK_SOURCE_DIR");
  if (access(installed.c_str(), X_OK) == 0 || root == nullptr) return installed;
  return std::string(root) + "/build/tools/etcd/usr/bin/" + name;
}

bool IsThere(const std::string& tool) { return access(tool.c_str(), X_OK) == 0; }

const std::string kRootPassword = "of-root";

Status RunTool(const std::vector<std::string>& command, const std::string& input = "") {
  RunOptions options;
  options.environment = {"ETCDCTL_API=3"};
  options.input = input;
  const CommandResult result = Run(command, options);
  if (result.exit_code == 0) return Status::Ok();
  return {Code::kInternal, command.front() + " fails: " + result.out + result.err};
}

}  // namespace

bool Etcd::HasTools() { return IsThere(Tool("etcdctl")); }

Status Etcd::Control(const std::vector<std::string>& words) const { return RunTool(ControlCommand(words)); }

std::vector<std::string> Etcd::ControlCommand(const std::vector<std::string>& words) const {
  // A login costs it a slow hash.
  std::vector<std::string> command = {Tool("etcdctl"), "--endpoints=http://" + endpoint_, "--dial-timeout=30s",
                                      "--command-timeout=30s"};
  if (users_) command.push_back("--user=root:" + kRootPassword);
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

Status Etcd::AddUser(const std::string& name, const std::string& password) const {
  RETURN_IF_ERROR(Control({"user", "add", "root:" + kRootPassword}));
  RETURN_IF_ERROR(Control({"user", "grant-role", "root", "root"}));
  RETURN_IF_ERROR(Control({"role", "add", "souk"}));
  RETURN_IF_ERROR(Control({"role", "grant-permission", "souk", "readwrite", "--prefix=true", "/souk/v1/"}));
  RETURN_IF_ERROR(Control({"user", "add", name + ":" + password}));
  return Control({"user", "grant-role", name, "souk"});
}

Status Etcd::EnableUsers() {
  RETURN_IF_ERROR(Control({"auth", "enable"}));
  users_ = true;
  return Status::Ok();
}

Status Etcd::SetPassword(const std::string& name, const std::string& password) const {
  return RunTool(ControlCommand({"user", "passwd", name, "--interactive=false"}), password + "\n");
}

Status Etcd::Delete(const std::string& key) const { return Control({"del", key}); }

Status Etcd::MakeRoom(const std::string& prefix) const {
  RETURN_IF_ERROR(Control({"del", "--prefix", prefix}));
  RunOptions options;
  options.environment = {"ETCDCTL_API=3"};
  const CommandResult told = Run(ControlCommand({"get", prefix, "-w", "json"}), options);
  const std::string field = "\"revision\":";
  const size_t at = told.out.find(field);
  if (at == std::string::npos) return {Code::kInternal, "etcdctl tells no revision: " + told.out + told.err};
  const std::string revision = std::to_string(std::strtoull(told.out.c_str() + at + field.size(), nullptr, 10));
  RETURN_IF_ERROR(Control({"compact", "--physical", revision}));
  RETURN_IF_ERROR(Control({"defrag"}));
  return Control({"alarm", "disarm"});
}

Status Etcd::SaveSnapshot(const std::filesystem::path& file) const {
  return Control({"snapshot", "save", file.string()});
}

Status Etcd::RestoreSnapshot(const std::filesystem::path& file) const {
  std::error_code error;
  std::filesystem::remove_all(data(), error);
  const bool bumps = IsThere(Tool("etcdutl"));
  std::vector<std::string> command = {Tool(bumps ? "etcdutl" : "etcdctl"),
                                      "snapshot",
                                      "restore",
                                      file.string(),
                                      "--data-dir=" + data().string(),
                                      "--name=" + name_,
                                      "--initial-cluster=" + cluster_,
                                      "--initial-advertise-peer-urls=http://" + peer_};
  if (bumps) command.insert(command.end(), {"--bump-revision=1000000000", "--mark-compacted"});
  return RunTool(command);
}

}  // namespace souk::support
