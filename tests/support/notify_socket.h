// SPDX-License-Identifier: Apache-2.0
// What systemd is for a service: somebody who listens to what it says of itself (sd_notify(3)). Not thread-safe.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace souk::support {

class NotifySocket {
 public:
  // In the place of a file that is there. Throws std::runtime_error where it can't listen.
  explicit NotifySocket(const std::filesystem::path& path);
  ~NotifySocket();
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // For the environment of the service: "NOTIFY_SOCKET=…".
  std::string variable() const;
  // The next thing that is said; empty if nothing comes in time, or the process behind the pidfd has ended without.
  std::string Hear(int pidfd, std::chrono::milliseconds duration_max) const;

 private:
  const std::filesystem::path path_;
  const int fd_;
};

}  // namespace souk::support
