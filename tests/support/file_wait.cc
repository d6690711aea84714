// SPDX-License-Identifier: Apache-2.0
#include "tests/support/file_wait.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace souk::support {
namespace {
constexpr size_t kEventBytes = 4096;
}  // namespace

FileWait::FileWait(std::filesystem::path file)
    : file_(std::move(file)), inotify_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  inotify_add_watch(inotify_, file_.parent_path().c_str(), IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE);
}

FileWait::~FileWait() { close(inotify_); }

bool FileWait::For(int pidfd, std::chrono::milliseconds duration_max) {
  const auto until = std::chrono::steady_clock::now() + duration_max;
  std::array<pollfd, 2> waiting{pollfd{inotify_, POLLIN, 0}, pollfd{pidfd, POLLIN, 0}};
  while (!std::filesystem::exists(file_)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int found = poll(waiting.data(), waiting.size(), static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (found == 0) return false;
    if ((waiting[1].revents & POLLIN) != 0) return std::filesystem::exists(file_);
    std::array<char, kEventBytes> events;
    while (read(inotify_, events.data(), events.size()) > 0) {
    }
  }
  return true;
}

}  // namespace souk::support
