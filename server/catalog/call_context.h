// SPDX-License-Identifier: Apache-2.0
// What a handler knows of its call: who, until when, and what they may see. Both edges make one for each call.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/errors.h"
#include "base/status.h"
#include "base/visibility.h"
#include "souk/v1/options.pb.h"

namespace souk::catalog {

// Who calls. Recorded as the actor of every change.
struct Principal {
  std::string name;
  bool verified = false;  // false: only claimed (development mode)
};

struct CallContext {
  Principal principal;
  Deadline deadline;                                       // never absent: the edge caps it
  std::function<bool()> cancelled = [] { return false; };  // true once the caller is gone
  const Visibility* visibility = nullptr;                  // never null
  const Clock* clock = nullptr;                            // never null

  // OK, CANCELLED or DEADLINE_EXCEEDED: asked in every loop that may take long.
  Status Check(std::string_view what) const {
    if (cancelled()) return errors::Cancelled();
    if (clock->Monotonic() >= deadline) return errors::DeadlineExceeded(what);
    return Status::Ok();
  }
};

// What a caller showed.
struct Credentials {
  std::string claimed_name = {};  // what the client says it is; nothing proves it
  // Of its certificate, which the transport has verified; empty without mutual TLS, or where it has none.
  std::string spiffe_id = {};
  std::string subject = {};  // RFC 2253: "CN=ada,O=Example"
};

// Says who a caller is. One for the node; thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // UNAUTHENTICATED if the credentials are no good.
  virtual StatusOr<Principal> Identify(const Credentials& credentials) const = 0;
};

// Decides whether a principal may do a thing. One for the node; thread-safe.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // OK or PERMISSION_DENIED. `domain` is empty where the permission is not about one.
  virtual Status Authorize(const Principal& principal, v1::Permission permission, std::string_view domain) const = 0;
  // What the principal may see; lives as long as the authorizer.
  virtual const Visibility& VisibilityOf(const Principal& principal) const = 0;
};

}  // namespace souk::catalog
