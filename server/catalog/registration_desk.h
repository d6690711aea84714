// SPDX-License-Identifier: Apache-2.0
// Where single registrations come in. Those that arrive while others are planned and committed are done together: one
// view, one commit, one wait for the indexes, while which the next ones are done. No call holds a thread, and a lone
// one waits for no company. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/status.h"
#include "server/catalog/backends.h"
#include "server/catalog/encoded.h"
#include "server/catalog/registration_rounds.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::catalog {

using EncodedRegistration = Encoded<v1::RegisterProductResponse>;

class RegistrationDesk {
 public:
  explicit RegistrationDesk(const Backends& parts);
  // Everybody must have their answer by then.
  ~RegistrationDesk();
  RegistrationDesk(const RegistrationDesk&) = delete;
  RegistrationDesk& operator=(const RegistrationDesk&) = delete;

  // Answered once, on this thread or on another one; must not block. Errors are those of ReadCandidate and
  // RegisterInRounds; RESOURCE_EXHAUSTED (OVERLOADED) where too many wait.
  using Answer = std::function<void(StatusOr<EncodedRegistration>)>;
  // The request lives until the answer is given.
  void Register(const v1::RegisterProductRequest& request, CallContext call, Answer answer);

 private:
  struct Order {
    Order(CallContext made, Answer wanted, size_t size, Candidate candidate)
        : call(std::move(made)), answer(std::move(wanted)), bytes(size), registering(std::move(candidate), call) {}

    CallContext call;
    Answer answer;
    size_t bytes;
    Registering registering;  // of this call
  };
  using Orders = std::vector<std::unique_ptr<Order>>;

  // False where too many wait; the order is then still the caller's.
  bool LineUp(std::unique_ptr<Order>& order);
  void Run();
  // As much of what stands there as goes together.
  Orders Take();
  // The next clerk may take.
  void Leave();
  // Lines up again, in front, those of the orders that are left.
  void PutBack(Orders& orders, const std::vector<Registering*>& left);
  void GiveAnswers(const std::vector<Order*>& orders) const;

  const Backends& parts_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::unique_ptr<Order>> queue_;
  bool busy_ = false;  // somebody plans or commits: those who come meanwhile go together
  bool closed_ = false;
  std::vector<std::thread> clerks_;
};

}  // namespace souk::catalog
