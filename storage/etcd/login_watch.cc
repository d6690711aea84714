// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/login_watch.h"

#include <utility>

namespace souk::storage::etcd {
namespace {

class LoginWatch final : public WatchStream {
 public:
  LoginWatch(LoginWatchOptions options, std::unique_ptr<WatchStream> stream, std::string token)
      : options_(std::move(options)), stream_(std::move(stream)), token_(std::move(token)) {}

  StatusOr<std::optional<etcdserverpb::WatchResponse>> Next(Deadline deadline) override {
    while (true) {
      ASSIGN_OR_RETURN(auto response, stream_->Next(deadline));
      const Refusal refusal = response && response->canceled() ? RefusalIn(response->cancel_reason()) : Refusal::kNone;
      if (refusal == Refusal::kNone) return response;
      if (again_ || !options_.login.Renews(token_, refusal)) return options_.login.Refused(refusal, options_.endpoint);
      again_ = true;
      ASSIGN_OR_RETURN(stream_, options_.open(deadline, token_));
    }
  }

 private:
  const LoginWatchOptions options_;
  std::unique_ptr<WatchStream> stream_;
  std::string token_;
  bool again_ = false;
};

}  // namespace

StatusOr<std::unique_ptr<WatchStream>> OpenLoginWatch(LoginWatchOptions options, Deadline deadline) {
  std::string token;
  ASSIGN_OR_RETURN(std::unique_ptr<WatchStream> stream, options.open(deadline, token));
  return std::unique_ptr<WatchStream>(
      std::make_unique<LoginWatch>(std::move(options), std::move(stream), std::move(token)));
}

}  // namespace souk::storage::etcd
