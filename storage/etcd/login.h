// SPDX-License-Identifier: Apache-2.0
// The login of a node to an etcd whose authentication is on: a token, got with the name and the password of a user,
// that goes with every call. etcd forgets it after some minutes without a call, when a member starts again, and when
// the password changes; then there is a new login, with what the file says by then.
//
// Thread-safe: of many calls that find the token refused, one logs in, and the others wait for it. Neither token nor
// password is in any error.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "storage/etcd/user_file.h"

namespace souk::storage::etcd {

// Why etcd refuses a call, which then has done nothing.
enum class Refusal {
  kNone,        // it failed for another reason
  kToken,       // the token is unknown, or of an earlier state of users and roles
  kNoToken,     // there is none, and there must be
  kLogin,       // no such user, or another password
  kAuthOff,     // nobody needs to log in, so that nobody can
  kPermission,  // the user may not do that
};
// By etcd's words: its codes don't tell these from other errors, and differ between versions.
Refusal RefusalIn(std::string_view text);

// Reason of the UNAVAILABLE of whoever is refused: other members would say the same.
inline constexpr std::string_view kRefused = "LEDGER_REFUSED";

class Login {
 public:
  // Asks a member for a token; or what Refused() says.
  using Ask = std::function<StatusOr<std::string>(const User& user)>;
  using Listener = std::function<void(const Status&)>;

  // Without a file there is no user, and no token. `on_refusal` hears of each refusal, of the same one once a minute,
  // from any thread; null: nobody. The clock must outlive it.
  Login(std::string user_file, Listener on_refusal, const Clock& clock);

  // The token of the next call, empty if none is needed; logs in if there is none yet. UNAVAILABLE if it can't, for a
  // second after a refusal without asking: each question costs etcd a slow hash.
  StatusOr<std::string> Token(const Ask& ask, Deadline deadline);
  // Whether a call that went with that token and was refused may do better with a new login; Token() gives it then.
  // Where the user may not do it, the file is looked at, once a second: it may name another one by now.
  bool Renews(std::string_view token, Refusal refusal);
  // UNAVAILABLE (kRefused): who refused it, why, and how to mend it; for people.
  Status Refused(Refusal refusal, const std::string& endpoint);

 private:
  StatusOr<std::string> LogIn(const Ask& ask);
  // Whether the file names another user, or another password, than the last login was made with.
  bool FileSaysOtherwise();
  Status Explain(Refusal refusal, const std::string& endpoint);
  Status Tell(Status refusal);
  // "user "souk"", as far as it is known.
  std::string Name();

  const std::string user_file_;
  const Listener on_refusal_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool under_way_ = false;
  std::optional<std::string> token_;
  User user_;  // of the last login
  Status refused_;
  std::optional<Deadline> asks_again_;   // set once refused
  std::optional<Deadline> looks_again_;  // at the file of a user who may not do what was asked
  std::string told_;
  std::optional<Deadline> tells_again_;
};

}  // namespace souk::storage::etcd
