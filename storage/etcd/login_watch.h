// SPDX-License-Identifier: Apache-2.0
// A watch that is opened once more, with a new login, if etcd does not know the one that it was opened with. etcd looks
// at the login when a watch begins, and says what it thinks of it in the first answer. One thread at a time; must
// not outlive its client.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "storage/etcd/login.h"
#include "storage/etcd/watch_stream.h"

namespace souk::storage::etcd {

struct LoginWatchOptions {
  // Opens it, and sets the token that it used.
  std::function<StatusOr<std::unique_ptr<WatchStream>>(Deadline deadline, std::string& token)> open;
  Login& login;
  std::string endpoint;  // for people
};

// What `open` says. Next() is UNAVAILABLE (kRefused) too if etcd refuses the watch.
StatusOr<std::unique_ptr<WatchStream>> OpenLoginWatch(LoginWatchOptions options, Deadline deadline);

}  // namespace souk::storage::etcd
