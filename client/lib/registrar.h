// SPDX-License-Identifier: Apache-2.0
// The registrar, for "register me on deploy": registers one product in the background while the application starts, and
// keeps trying with backoff and jitter while no node can take it. Nothing it does throws into the application or blocks
// it; the destructor ends a call in flight and returns at once. Thread-safe.
//
//   souk::client::Client client({.addresses = {"souk.internal:7070"}});
//   souk::client::Registrar registrar(client, {.request = request});   // returns at once
//   ...
//   registrar.state().kind;                                           // for a health page
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "base/status.h"
#include "client/lib/client.h"

namespace souk::client {

// A deploy's registration is not urgent once the first try failed.
inline constexpr std::chrono::milliseconds kRegistrarBackoffFirst{500};
inline constexpr std::chrono::milliseconds kRegistrarBackoffMax{60'000};

struct RegistrarState {
  enum class Kind {
    kTrying,      // not yet answered; last_error says why, if it was tried
    kRegistered,  // response has the answer
    kRefused,     // a node said no: last_error says why; it is not tried again
    kStopped,     // the registrar ended first
  };
  Kind kind = Kind::kTrying;
  int attempts = 0;
  Status last_error;
  v1::RegisterProductResponse response;
  bool spooled = false;  // kept on disk for the next start
};

struct RegistrarOptions {
  v1::RegisterProductRequest request = {};
  // Where a registration that no node took is kept for the next start of a registrar or `souk register` with the same
  // addresses. Empty: nowhere.
  std::filesystem::path spool_directory = {};
  std::chrono::milliseconds backoff_first = kRegistrarBackoffFirst;
  std::chrono::milliseconds backoff_max = kRegistrarBackoffMax;
  // Called on the background thread after each try. What it throws is dropped.
  std::function<void(const RegistrarState&)> on_change = {};
  // For tests: instead of waiting.
  std::function<void(std::chrono::milliseconds)> pause = {};
};

class Registrar {
 public:
  // The client must outlive the registrar.
  Registrar(Client& client, RegistrarOptions options);
  ~Registrar();
  Registrar(const Registrar&) = delete;
  Registrar& operator=(const Registrar&) = delete;

  RegistrarState state() const;
  // Waits, at most so long, until it is registered, refused or stopped. False if it is still trying.
  bool WaitFor(std::chrono::milliseconds duration) const;

 private:
  void Run() noexcept;
  void ResendSpool();
  // One try. True if it is settled.
  bool TryOnce();
  void Change(const std::function<void(RegistrarState&)>& change);

  Client& client_;
  RegistrarOptions options_;
  std::string spooled_as_;  // background thread only
  Cancellation cancellation_;
  mutable std::mutex mutex_;
  mutable std::condition_variable settled_;
  RegistrarState state_;  // guarded by mutex_
  std::thread thread_;    // last: starts when all else is there
};

}  // namespace souk::client
