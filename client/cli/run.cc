// SPDX-License-Identifier: Apache-2.0
#include "client/cli/run.h"

#include <algorithm>
#include <exception>
#include <memory>

#include "base/names.h"
#include "client/cli/complaint.h"
#include "client/cli/help.h"
#include "client/cli/parser.h"
#include "client/cli/session.h"
#include "client/cli/text.h"
#include "client/cli/usage.h"

namespace souk::cli {
namespace {

// -h or --help anywhere before "--" asks for the manual, whatever else is wrong.
bool AsksForHelp(const std::vector<std::string>& arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::find_if(arguments.begin(), end, [](const auto& a) { return a == "-h" || a == "--help"; }) != end;
}

int Help(const std::vector<std::string>& arguments, Environment& env) {
  const Style style(env.out_is_terminal && env.variable("NO_COLOR").value_or("").empty());
  size_t used = 0;
  const CommandSpec* command = FindCommand(arguments, used);
  if (command != nullptr) {
    WriteManual(*command, style, env.out);
    return kExitOk;
  }
  std::vector<std::string> words;
  std::copy_if(arguments.begin(), arguments.end(), std::back_inserter(words),
               [](const std::string& a) { return !a.empty() && a.front() != '-'; });
  if (words.empty()) {
    WriteOverview(style, env.out);
    return kExitOk;
  }
  if (WriteGroup(Join(words, " "), style, env.out)) return kExitOk;
  WriteComplaint(UsageError("there is no command \"" + Join(words, " ") + "\"", "`souk help` lists them."), "",
                 Style(false), env.err);
  return kExitUsage;
}

int Finish(const StatusOr<int>& result, Session& session) {
  if (result.ok()) return *result;
  session.Complain(result.status());
  const int code = ExitCodeOf(result.status());
  // As diff(1): 1 means differences, and nothing else.
  return session.command().name == "diff" && code == kExitFailure ? kExitUsage : code;
}

// What the API takes for text is UTF-8; gRPC would refuse other bytes without a word that helps.
Status CheckBytes(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (IsCleanUtf8(argument)) continue;
    return UsageError("\"" + Clean(argument) + "\" is not UTF-8",
                      "Write it in UTF-8; `locale` says what this terminal speaks.");
  }
  return Status::Ok();
}

int RefuseUsage(const Status& status, Environment& env) {
  WriteComplaint(status, "", Style(false), env.err);
  return kExitUsage;
}

int RunChecked(const std::vector<std::string>& arguments, Environment& env) {
  if (const Status status = CheckBytes(arguments); !status.ok()) return RefuseUsage(status, env);
  if (arguments.empty()) {
    WriteOverview(Style(false), env.err);
    return kExitUsage;
  }
  if (arguments.front() == "help") return Help({arguments.begin() + 1, arguments.end()}, env);
  if (arguments.front() == "--version") return RunChecked({"version"}, env);
  if (AsksForHelp(arguments)) return Help(arguments, env);
  StatusOr<Invocation> invocation = ParseCommandLine(arguments);
  if (!invocation.ok()) return RefuseUsage(invocation.status(), env);
  StatusOr<std::unique_ptr<Session>> session = Session::Open(*std::move(invocation), env);
  if (!session.ok()) return RefuseUsage(session.status(), env);
  return Finish((*session)->command().run(**session), **session);
}

}  // namespace

int Run(const std::vector<std::string>& arguments, Environment& env) {
  int code = kExitFailure;
  try {
    code = RunChecked(arguments, env);
  } catch (const std::exception& exception) {
    env.err << "souk: " << exception.what() << "\n";
  }
  env.out.flush();
  if (env.out.good()) return code;
  env.err << "souk: the output could not be written\n";
  return code == kExitOk ? kExitFailure : code;
}

}  // namespace souk::cli
