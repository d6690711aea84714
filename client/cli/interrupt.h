// SPDX-License-Identifier: Apache-2.0
// While one lives, SIGINT and SIGTERM cancel what hangs on it instead of ending the program, so that there is time to
// say what was done. A second signal ends the program as ever. One at a time; made and ended on one thread, asked on
// any.
#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <thread>

#include "client/lib/cancellation.h"

namespace souk::cli {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  client::Cancellation& cancellation() { return cancellation_; }
  // The signal that came, 0 while there is none. It is set before the cancellation comes.
  int signal() const { return signal_; }

 private:
  void Watch();

  client::Cancellation cancellation_;
  std::atomic<int> signal_{0};
  std::array<int, 2> pipe_{-1, -1};
  std::array<struct sigaction, 2> before_{};
  std::thread thread_;
};

}  // namespace souk::cli
