// SPDX-License-Identifier: Apache-2.0
#include "server/http/operations.h"

namespace souk::http {
namespace {
constexpr int kMethodNotAllowed = 405;
constexpr int kNotFound = 404;
constexpr int kUnavailable = 503;
}  // namespace

HttpResponse Operations::Ready() const {
  HttpResponse response;
  if (!serving_) response.body = "not serving\n";
  if (const Status damage = parts_.store.damage(); !damage.ok()) response.body += "store: " + damage.ToString() + "\n";
  for (index::ProjectionRunner* runner : {&parts_.text_runner, &parts_.lineage_runner}) {
    // Serving began once everything was applied: from then on "replaying" is a moment's delay under load, and a
    // rebuild goes on beside what serves.
    if (runner->follows()) continue;
    response.body += std::string(runner->projection().name()) + ": " + runner->condition() + "\n";
  }
  if (!response.body.empty()) response.status = kUnavailable;
  if (response.body.empty()) response.body = "ready\n";
  return response;
}

HttpResponse Operations::Handle(const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return {kMethodNotAllowed, "text/plain; charset=utf-8", "only GET and HEAD\n"};
  }
  if (request.path == "/healthz") return {.body = "ok\n"};
  if (request.path == "/readyz") return Ready();
  if (request.path == "/metrics") {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics_.Text(parts_)};
  }
  return {kNotFound, "text/plain; charset=utf-8", "there is /healthz, /readyz and /metrics\n"};
}

}  // namespace souk::http
