// SPDX-License-Identifier: Apache-2.0
#include "client/cli/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace souk::cli {
namespace {

constexpr std::array<int, 2> kSignals = {SIGINT, SIGTERM};

// A handler is given nothing but the signal's number, and may do little: it writes the number into this pipe.
std::atomic<int> wake_fd{-1};

void OnSignal(int number) {
  const int error = errno;
  const char byte = static_cast<char>(number);
  [[maybe_unused]] const ssize_t wrote = ::write(wake_fd, &byte, 1);
  errno = error;
}

}  // namespace

Interrupt::Interrupt() {
  if (::pipe2(pipe_.data(), O_CLOEXEC) != 0) return;  // signals end the program, as ever
  wake_fd = pipe_[1];
  thread_ = std::thread([this] { Watch(); });
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART | SA_RESETHAND;
  for (size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &action, &before_[i]);
    // Whoever started the program with the signal ignored, as nohup does, meant it.
    if (before_[i].sa_handler == SIG_IGN) ::sigaction(kSignals[i], &before_[i], nullptr);
  }
}

Interrupt::~Interrupt() {
  if (!thread_.joinable()) return;
  for (size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
  OnSignal(0);
  thread_.join();
  wake_fd = -1;
  for (const int fd : pipe_) ::close(fd);
}

void Interrupt::Watch() {
  char byte = 0;
  while (::read(pipe_[0], &byte, 1) == 1 && byte != 0) {
    signal_ = byte;
    cancellation_.Cancel();
  }
}

}  // namespace souk::cli
