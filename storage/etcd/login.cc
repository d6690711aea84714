// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/login.h"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/etcd/keys.h"
#include "storage/etcd/watch_stream.h"

namespace souk::storage::etcd {
namespace {

constexpr std::chrono::seconds kAskAgain{1};
constexpr std::chrono::minutes kTellAgain{1};
// Of a warning, not of an error: the node goes on without a token.
constexpr std::string_view kAuthIsOff = "LEDGER_AUTH_OFF";

struct Words {
  std::string_view words;
  Refusal refusal;
};
// Of etcd 3.4 to 3.6; what begins with "auth:" is what a member says where it has forgotten to say it to the world.
constexpr std::array kWords = {
    Words{"invalid auth token", Refusal::kToken},
    Words{"revision of auth store is old", Refusal::kToken},
    Words{"auth: revision in header is old", Refusal::kToken},
    Words{"user name is empty", Refusal::kNoToken},
    Words{"authentication failed", Refusal::kLogin},
    Words{"authentication is not enabled", Refusal::kAuthOff},
    Words{"permission denied", Refusal::kPermission},
};

Status Make(Code code, std::string_view reason, std::string message, std::string remedy) {
  ErrorDetail detail;
  detail.reason = reason;
  detail.remedy = std::move(remedy);
  return {code, std::move(message), std::move(detail)};
}

Status MakeRefused(std::string message, std::string remedy) {
  return Make(Code::kUnavailable, kRefused, std::move(message), std::move(remedy));
}

}  // namespace

Refusal RefusalIn(std::string_view text) {
  const auto found = std::find_if(kWords.begin(), kWords.end(), [text](const Words& known) {
    return text.find(known.words) != std::string_view::npos;
  });
  return found == kWords.end() ? Refusal::kNone : found->refusal;
}

Login::Login(std::string user_file, Listener on_refusal, const Clock& clock)
    : user_file_(std::move(user_file)), on_refusal_(std::move(on_refusal)), clock_(clock) {}

StatusOr<std::string> Login::Token(const Ask& ask, Deadline deadline) {
  if (user_file_.empty()) return std::string();
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [this] { return !under_way_; });
  if (token_) return *token_;
  if (under_way_) return Unreachable("etcd", "the login takes too long");
  if (asks_again_ && clock_.Monotonic() < *asks_again_) return refused_;
  under_way_ = true;
  lock.unlock();
  StatusOr<std::string> token = LogIn(ask);
  lock.lock();
  under_way_ = false;
  changed_.notify_all();
  if (token.ok()) {
    token_ = *token;
    told_.clear();  // the next refusal is another one
  } else if (token.status().reason() == kRefused) {
    refused_ = token.status();
    asks_again_ = clock_.Monotonic() + kAskAgain;
  }
  return token;
}

StatusOr<std::string> Login::LogIn(const Ask& ask) {
  const StatusOr<User> user = ReadUserFile(user_file_);
  if (!user.ok()) return Tell(MakeRefused(user.status().message(), user.status().detail().remedy));
  {
    const std::lock_guard lock(mutex_);
    user_ = *user;
  }
  StatusOr<std::string> token = ask(*user);
  if (token.status().reason() == kAuthIsOff) return std::string();
  return token;
}

bool Login::Renews(std::string_view token, Refusal refusal) {
  if (user_file_.empty()) return false;
  // Without a token etcd may have taken the call for one of the user that the certificate names.
  const bool renewable = refusal == Refusal::kToken || refusal == Refusal::kNoToken ||
                         (refusal == Refusal::kPermission && (token.empty() || FileSaysOtherwise()));
  if (!renewable) return false;
  const std::lock_guard lock(mutex_);
  if (token_ == token) token_.reset();  // else another call has renewed it meanwhile
  return true;
}

bool Login::FileSaysOtherwise() {
  {
    const std::lock_guard lock(mutex_);
    const Deadline now = clock_.Monotonic();
    if (looks_again_ && now < *looks_again_) return false;
    looks_again_ = now + kAskAgain;
  }
  const StatusOr<User> user = ReadUserFile(user_file_);
  const std::lock_guard lock(mutex_);
  return user.ok() && *user != user_;
}

Status Login::Refused(Refusal refusal, const std::string& endpoint) { return Tell(Explain(refusal, endpoint)); }

Status Login::Explain(Refusal refusal, const std::string& endpoint) {
  const std::string etcd = "etcd at " + endpoint;
  switch (refusal) {
    case Refusal::kLogin:
      return MakeRefused(etcd + " refuses the login of " + Name() + ": no such user, or another password",
                         "Put the right line into " + user_file_ +
                             " (--ledger-user-file), which is read again at each try, or mend the user: etcdctl user "
                             "passwd NAME.");
    case Refusal::kAuthOff:
      return Make(Code::kFailedPrecondition, kAuthIsOff,
                  etcd + " lets everybody in: its authentication is off, and " + Name() + " is not asked for",
                  "Switch it on (etcdctl auth enable), or leave out --ledger-user-file.");
    case Refusal::kPermission:
      return MakeRefused(
          etcd + " does not permit " + Name() + " what a node does",
          "Grant it to a role of that user: etcdctl role grant-permission ROLE readwrite --prefix=true " +
              std::string(kLedgerPrefix) + "." +
              (user_file_.empty() ? " Or name another user: --ledger-user-file."
                                  : " Or name another user in " + user_file_ + "."));
    default:
      if (user_file_.empty()) {
        return MakeRefused(etcd + " wants a login, and this node has none",
                           "Name a user of etcd: --ledger-user-file=FILE, with the line NAME:PASSWORD in it.");
      }
      return MakeRefused(etcd + " does not know the login that was just made",
                         "Does --ledger name members of one cluster only, and do their clocks agree?");
  }
}

Status Login::Tell(Status refusal) {
  {
    const std::lock_guard lock(mutex_);
    const Deadline now = clock_.Monotonic();
    if (told_ == refusal.message() && tells_again_ && now < *tells_again_) return refusal;
    told_ = refusal.message();
    tells_again_ = now + kTellAgain;
  }
  if (on_refusal_) on_refusal_(refusal);
  return refusal;
}

std::string Login::Name() {
  if (user_file_.empty()) return "the user that this node's certificate names";
  const std::lock_guard lock(mutex_);
  return "user \"" + user_.name + "\"";
}

}  // namespace souk::storage::etcd
