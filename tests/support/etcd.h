// SPDX-License-Identifier: Apache-2.0
// A real etcd as a child process: one member on loopback, its data in a folder of its own. Debian's, or the one that
// SOUK_ETCD names. Not thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/support/process.h"

namespace souk::support {

struct EtcdOptions {
  std::filesystem::path directory;
  std::vector<std::string> flags = {};  // further flags of etcd
};

class Etcd {
 public:
  // Launches it on free ports and waits until it answers. UNAVAILABLE with the end of its log if it does not.
  static StatusOr<std::unique_ptr<Etcd>> Start(EtcdOptions options);
  // True if there is an etcd to start.
  static bool IsInstalled();

  // "127.0.0.1:34567".
  const std::string& endpoint() const { return endpoint_; }
  Process& process() { return *process_; }
  // kill -9, and once more on the same ports and data.
  Status KillAndRestart();

 private:
  explicit Etcd(EtcdOptions options) : options_(std::move(options)) {}
  Status Launch();

  EtcdOptions options_;
  std::string endpoint_;
  std::string peer_;
  std::optional<Process> process_;
};

}  // namespace souk::support
