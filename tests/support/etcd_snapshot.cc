// SPDX-License-Identifier: Apache-2.0
// Snapshots, by the tools that an operator has: etcdctl takes them; etcdutl restores them, or etcdctl where there is
// none.
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

Status RunTool(const std::vector<std::string>& command) {
  const CommandResult result = Run(command, {.environment = {"ETCDCTL_API=3"}});
  if (result.exit_code == 0) return Status::Ok();
  return {Code::kInternal, command.front() + " fails: " + result.out + result.err};
}

}  // namespace

bool Etcd::HasTools() { return IsThere(Tool("etcdctl")); }

Status Etcd::Delete(const std::string& key) const {
  return RunTool({Tool("etcdctl"), "--endpoints=http://" + endpoint_, "del", key});
}

Status Etcd::SaveSnapshot(const std::filesystem::path& file) const {
  return RunTool({Tool("etcdctl"), "--endpoints=http://" + endpoint_, "snapshot", "save", file.string()});
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
