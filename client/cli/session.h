// SPDX-License-Identifier: Apache-2.0
// What one run of one command has at hand: its words and options, the client, the ways to speak. One thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/cli/command.h"
#include "client/cli/config.h"
#include "client/cli/environment.h"
#include "client/cli/exit_code.h"
#include "client/cli/format.h"
#include "client/lib/client.h"

namespace souk::cli {

// The command line, read.
struct Invocation {
  const CommandSpec* command = nullptr;
  std::vector<std::string> words;                           // positionals
  std::map<std::string, std::vector<std::string>> options;  // by name; a switch that is set has one empty value
};

class Session {
 public:
  // INVALID_ARGUMENT if a global option can't be read.
  static StatusOr<std::unique_ptr<Session>> Open(Invocation invocation, Environment& env);

  Environment& env() { return env_; }
  const CommandSpec& command() const { return *invocation_.command; }

  const std::vector<std::string>& words() const { return invocation_.words; }
  // The i-th word, empty if there are fewer.
  std::string word(size_t i) const { return i < words().size() ? words()[i] : std::string(); }
  bool Has(const std::string& option) const { return invocation_.options.count(option) > 0; }
  // The option's (last) value; empty if it is not there.
  std::string Text(const std::string& option) const;
  std::vector<std::string> Texts(const std::string& option) const;
  // `otherwise` if it is not there. Parsing made sure that it is a number.
  int64_t Number(const std::string& option, int64_t otherwise) const;

  const std::string& format() const { return format_; }
  bool verbose() const { return Has("verbose"); }
  bool quiet() const { return Has("quiet"); }
  Style out_style() const { return Style(colour_ && env_.out_is_terminal); }
  Style err_style() const { return Style(colour_ && env_.err_is_terminal); }

  client::Client& client();
  // With --timeout, or else the client's own deadline, or `otherwise` if that is longer than the client's.
  client::CallOptions call(std::chrono::milliseconds otherwise = std::chrono::milliseconds(0)) const;
  // Sets --consistency on a read.
  template <typename Request>
  void SetConsistency(Request& request) const {
    if (has_consistency_) *request.mutable_consistency() = consistency_;
  }

  // The answer on standard output, in the wanted format. Always kExitOk, or the error.
  StatusOr<int> Print(const Answer& answer);
  // For people, on standard error; not with --quiet.
  void Note(std::string_view line);
  // Only with -v.
  void Detail(std::string_view line);
  // An error with its findings and its remedy, on standard error. `origin` stands in front of document paths.
  void Complain(const Status& status, const std::string& origin = {});

 private:
  Session(Invocation invocation, Environment& env) : invocation_(std::move(invocation)), env_(env) {}

  Invocation invocation_;
  Environment& env_;
  std::string format_;
  bool colour_ = true;
  bool has_consistency_ = false;
  v1::Consistency consistency_;
  std::chrono::milliseconds timeout_{0};
  Connection connection_;
  std::unique_ptr<client::Client> client_;  // made at first use
};

}  // namespace souk::cli
