// SPDX-License-Identifier: Apache-2.0
#include "client/cli/session.h"

#include <cstdlib>

#include "client/cli/complaint.h"

namespace souk::cli {

StatusOr<std::unique_ptr<Session>> Session::Open(Invocation invocation, Environment& env) {
  std::unique_ptr<Session> session(new Session(std::move(invocation), env));
  const auto& formats = session->command().formats;
  session->format_ =
      session->Has("output") ? session->Text("output") : std::string(formats.empty() ? kFormats[0] : formats.front());
  session->colour_ = !session->Has("no-color") && env.variable("NO_COLOR").value_or("").empty() &&
                     env.variable("TERM").value_or("") != "dumb";
  if (session->Has("timeout")) {
    ASSIGN_OR_RETURN(session->timeout_, ParseDuration(session->Text("timeout")));
  }
  if (session->Has("consistency")) {
    ASSIGN_OR_RETURN(session->consistency_, ParseConsistency(session->Text("consistency")));
    session->has_consistency_ = true;
  }
  const auto given = [&session](const std::string& option) {
    return session->Has(option) ? std::optional(session->Text(option)) : std::nullopt;
  };
  const ConnectionFlags flags = {given("addr"), given("tls-ca"), given("tls-cert"), given("tls-key")};
  ASSIGN_OR_RETURN(session->connection_, ResolveConnection(flags, env));
  return session;
}

std::string Session::Text(const std::string& option) const {
  const auto found = invocation_.options.find(option);
  return found == invocation_.options.end() || found->second.empty() ? std::string() : found->second.back();
}

std::vector<std::string> Session::Texts(const std::string& option) const {
  const auto found = invocation_.options.find(option);
  return found == invocation_.options.end() ? std::vector<std::string>() : found->second;
}

int64_t Session::Number(const std::string& option, int64_t otherwise) const {
  return Has(option) ? std::strtoll(Text(option).c_str(), nullptr, 10) : otherwise;
}

client::Client& Session::client() {
  if (client_ == nullptr) {
    client::ClientOptions options;
    options.addresses = connection_.addresses;
    options.certificates = connection_.certificates;
    options.user_agent = "souk-cli";
    options.actor = env_.variable("USER").value_or("");
    options.clock = &env_.clock;
    options.random = env_.random;
    options.pause = env_.pause;
    if (timeout_.count() > 0) options.deadline = options.bulk_deadline = timeout_;
    client_ = std::make_unique<client::Client>(std::move(options));
  }
  return *client_;
}

client::CallOptions Session::call(std::chrono::milliseconds otherwise) const {
  client::CallOptions call;
  call.deadline = timeout_.count() > 0 ? timeout_ : otherwise;
  return call;
}

StatusOr<int> Session::Print(const Answer& answer) {
  const Look look = {out_style(), env_.out_is_terminal ? env_.width : 0};
  RETURN_IF_ERROR(Write(answer, format_, look, env_.out));
  return kExitOk;
}

void Session::Note(std::string_view line) {
  if (!quiet()) env_.err << line << "\n";
}

void Session::Detail(std::string_view line) {
  if (verbose()) env_.err << line << "\n";
}

void Session::Complain(const Status& status, const std::string& origin) {
  WriteComplaint(status, origin, err_style(), env_.err);
}

}  // namespace souk::cli
