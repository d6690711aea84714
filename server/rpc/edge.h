// SPDX-License-Identifier: Apache-2.0
// What every call goes through, once: identity, permission, deadline, admission, the handler, metrics, translation of
// the answer. The services (services.cc) only say which handler serves which method in which lane. Thread-safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/catalog/backends.h"
#include "server/catalog/observer.h"
#include "server/rpc/lanes.h"
#include "server/rpc/methods.h"

namespace souk::rpc {

struct EdgeParts {
  const catalog::Authenticator& authenticator;
  const catalog::Authorizer& authorizer;
  catalog::CallObserver& observer;
  const Clock& clock;
  bool mutual_tls = false;  // each peer has shown a certificate
  // Since when this node is cut off from what others write; nothing if it is not. Every answer is marked with it.
  std::function<std::optional<std::chrono::milliseconds>()> silence = {};
};

// One method of the contract.
struct Method {
  std::string name;  // "souk.v1.RegistryService.GetProduct"
  v1::Permission permission;
  std::chrono::milliseconds deadline_max;  // a caller's later deadline is cut, an absent one replaced
};

// Where a call is done.
struct Route {
  Lane* lane = nullptr;  // null: at once, on the transport's thread
  // A call that waits for a revision first does so in another lane, or those who wait would hold all threads of a small
  // one. Null: no waiting.
  Lane* waiting = nullptr;
  std::function<Status(const catalog::CallContext&)> wait = {};
};

class Edge {
 public:
  Edge(EdgeParts parts, Methods methods) : parts_(std::move(parts)), methods_(std::move(methods)) {}

  // Aborts for a name that is not of the contract.
  Method MethodOf(const std::string& full_name, std::chrono::milliseconds deadline_max) const;

  // Who calls, until when; UNAUTHENTICATED or PERMISSION_DENIED.
  StatusOr<catalog::CallContext> Admit(grpc::CallbackServerContext& context, const Method& method) const;

  grpc::Status Ended(grpc::CallbackServerContext& context, const Method& method, const Status& status,
                     std::chrono::steady_clock::time_point since) const;

  // A unary call: `handle` runs where the route says.
  template <typename Request, typename Response, typename Handler>
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const Method& method, const Route& route,
                                  const Request* request, Response* response, Handler handle) {
    const auto since = parts_.clock.Monotonic();
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    auto work = [this, context, &method, request, response, handle, reactor, since] {
      Status status = Run(*context, method, *request, *response, handle);
      reactor->Finish(Ended(*context, method, status, since));
    };
    const auto submit = [this, context, &method, lane = route.lane, work, reactor, since] {
      if (lane->Submit(work)) return;
      reactor->Finish(Ended(*context, method, errors::Overloaded(lane->name(), kRetryAfterMs), since));
    };
    if (route.lane == nullptr) {
      work();
    } else if (route.waiting == nullptr) {
      submit();
    } else if (!route.waiting->Submit([this, context, &method, wait = route.wait, submit, reactor, since] {
                 const Status status = Wait(*context, method, wait);
                 if (status.ok()) return submit();
                 reactor->Finish(Ended(*context, method, status, since));
               })) {
      reactor->Finish(Ended(*context, method, errors::Overloaded(route.waiting->name(), kRetryAfterMs), since));
    }
    return reactor;
  }

  // A unary call that is answered from another thread: `start(request, context, answer)` runs in the lane.
  template <typename Request, typename Response, typename Start>
  grpc::ServerUnaryReactor* Deferred(grpc::CallbackServerContext* context, const Method& method, Lane& lane,
                                     const Request* request, Response* response, Start start) {
    const auto since = parts_.clock.Monotonic();
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const auto finish = [this, context, &method, reactor, since](const Status& status) {
      reactor->Finish(Ended(*context, method, status, since));
    };
    const auto work = [this, context, &method, request, response, start, finish] {
      StatusOr<catalog::CallContext> call = Begin(*context, method);
      if (!call.ok()) return finish(call.status());
      start(*request, *std::move(call), [response, finish](StatusOr<Response> answer) {
        const Status status = answer.status();
        if (answer.ok()) *response = *std::move(answer);
        finish(status);
      });
    };
    if (!lane.Submit(work)) finish(errors::Overloaded(lane.name(), kRetryAfterMs));
    return reactor;
  }

  const Clock& clock() const { return parts_.clock; }

  // Hint to a caller that was turned away.
  static constexpr uint32_t kRetryAfterMs = 200;

 private:
  // Admits what may still be begun: DEADLINE_EXCEEDED or CANCELLED if it waited too long.
  StatusOr<catalog::CallContext> Begin(grpc::CallbackServerContext& context, const Method& method) const;
  Status Wait(grpc::CallbackServerContext& context, const Method& method,
              const std::function<Status(const catalog::CallContext&)>& wait) const;

  template <typename Request, typename Response, typename Handler>
  Status Run(grpc::CallbackServerContext& context, const Method& method, const Request& request, Response& response,
             const Handler& handle) const {
    ASSIGN_OR_RETURN(const catalog::CallContext call, Begin(context, method));
    StatusOr<Response> answer = handle(request, call);
    if (!answer.ok()) return answer.status();
    response = *std::move(answer);
    return Status::Ok();
  }

  EdgeParts parts_;
  Methods methods_;
};

}  // namespace souk::rpc
