// SPDX-License-Identifier: Apache-2.0
#include "server/stop_signal.h"

#include <glog/logging.h>
#include <pthread.h>
#include <unistd.h>

namespace souk::server {

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals_, signal);
  // Who starts it with nohup wants it to outlive the terminal; blocked, the ignored signal would be seen all the same.
  struct sigaction hangup {};
  if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  watcher_ = std::thread([this] { Watch(); });
}

StopSignal::~StopSignal() {
  {
    const std::lock_guard lock(mutex_);
    stage_ = Stage::kLeaving;
  }
  pthread_kill(watcher_.native_handle(), SIGTERM);  // wakes it, if nobody else has
  watcher_.join();
}

void StopSignal::SetServing() {
  const std::lock_guard lock(mutex_);
  if (stage_ == Stage::kStarting) stage_ = Stage::kServing;
}

void StopSignal::Await() {
  std::unique_lock lock(mutex_);
  asked_.wait(lock, [this] { return stage_ == Stage::kAsked; });
}

void StopSignal::Watch() {
  int signal = 0;
  sigwait(&signals_, &signal);
  const std::lock_guard lock(mutex_);
  if (stage_ == Stage::kStarting) {
    LOG(INFO) << "told to end while starting; ended";
    _exit(0);
  }
  if (stage_ == Stage::kServing) stage_ = Stage::kAsked;
  asked_.notify_all();
}

}  // namespace souk::server
