// SPDX-License-Identifier: Apache-2.0
#include "client/cli/parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <exception>
#include <map>

#include "client/cli/text.h"
#include "client/cli/usage.h"

namespace souk::cli {
namespace {

constexpr int kManyWords = 1 << 28;  // more than a command line holds

// Where CLI11 puts what it reads. A deque: it keeps addresses.
struct Slot {
  std::string name;
  bool is_switch = false;
  bool repeated = false;
  bool set = false;
  std::vector<std::string> values;
};

struct Command {
  const CommandSpec* spec = nullptr;
  CLI::App* app = nullptr;
  std::deque<Slot> options;
  std::vector<std::string> words;
};

std::string Flags(const OptionSpec& spec) {
  return (spec.letter.empty() ? "" : "-" + std::string(spec.letter) + ",") + "--" + std::string(spec.name);
}

// As CLI11 wants it: what is wrong, or nothing.
std::string NotANumber(const std::string& text) {
  constexpr size_t kDigitsMax = 9;  // beyond any count here, and within an int32
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  return digits && !text.empty() && text.size() <= kDigitsMax ? "" : "\"" + text + "\" is not a whole number";
}

void AddChoices(CLI::Option* option, const std::vector<std::string_view>& choices) {
  if (choices.empty()) return;
  option->check(CLI::IsMember(std::vector<std::string>(choices.begin(), choices.end())));
}

void AddOption(const OptionSpec& spec, CLI::App& app, std::deque<Slot>& slots) {
  Slot& slot = slots.emplace_back();
  slot.name = spec.name;
  slot.repeated = spec.repeated;
  slot.is_switch = spec.kind == OptionSpec::Kind::kSwitch;
  if (slot.is_switch) {
    app.add_flag(Flags(spec), slot.set);
    return;
  }
  CLI::Option* option = app.add_option(Flags(spec), slot.values)->allow_extra_args(false);
  if (!spec.repeated) option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (spec.kind == OptionSpec::Kind::kNumber) option->check(NotANumber);
  AddChoices(option, spec.choices);
}

// "admin domain list" hangs below "admin" and "domain", which are made on the way; `apps` knows what is there.
CLI::App* AddApp(CLI::App& root, std::string_view name, std::map<std::string, CLI::App*>& apps) {
  CLI::App* app = &root;
  for (size_t end = 0; end < name.size();) {
    const size_t begin = end == 0 ? 0 : end + 1;
    end = std::min(name.find(' ', begin), name.size());
    CLI::App*& next = apps[std::string(name.substr(0, end))];
    if (next == nullptr) {
      next = app->add_subcommand(std::string(name.substr(begin, end - begin)))->fallthrough();
      next->set_help_flag();
      if (end < name.size()) next->require_subcommand(1);
    }
    app = next;
  }
  return app;
}

void AddCommand(const CommandSpec& spec, CLI::App* app, Command& command) {
  command.spec = &spec;
  command.app = app;
  for (const OptionSpec& option : spec.options) AddOption(option, *command.app, command.options);
  // One option takes all words; CheckWords deals them out, with better words than the parser's where they don't fit.
  if (spec.positionals.empty()) return;
  command.app->add_option("WORDS", command.words)->expected(1, kManyWords);
}

// The words against what the command takes: enough, not too many, and each a choice where there are choices.
Status CheckWords(const CommandSpec& spec, const std::vector<std::string>& words) {
  size_t at = 0;
  for (const PositionalSpec& positional : spec.positionals) {
    const size_t left = words.size() - at;
    if (left < static_cast<size_t>(positional.count_min)) {
      return UsageError(std::string(positional.name) + " is missing: " + std::string(positional.help),
                        "`souk help " + std::string(spec.name) + "` says how it is meant.");
    }
    const size_t taken = positional.count_max == 0 ? left : std::min(left, static_cast<size_t>(positional.count_max));
    for (size_t i = at; i < at + taken && positional.count_min > 0; ++i) {
      if (!words[i].empty()) continue;
      return UsageError(std::string(positional.name) + " is empty: " + std::string(positional.help),
                        "`souk help " + std::string(spec.name) + "` says how it is meant.");
    }
    for (size_t i = at; i < at + taken && !positional.choices.empty(); ++i) {
      if (std::find(positional.choices.begin(), positional.choices.end(), words[i]) != positional.choices.end())
        continue;
      return UsageError("\"" + words[i] + "\" is no " + std::string(positional.name),
                        "Choose one of " + Join(Strings(positional.choices), ", ") + ".");
    }
    at += taken;
  }
  if (at == words.size()) return Status::Ok();
  return UsageError("there is one word too many: \"" + words[at] + "\"",
                    "`souk help " + std::string(spec.name) + "` says how it is meant.");
}

void Collect(const std::deque<Slot>& slots, Invocation& invocation) {
  for (const Slot& slot : slots) {
    if (slot.is_switch && slot.set) invocation.options[slot.name] = {""};
    if (slot.values.empty()) continue;
    invocation.options[slot.name] = slot.repeated ? slot.values : std::vector<std::string>{slot.values.back()};
  }
}

Status CheckFormat(const Invocation& invocation) {
  const auto found = invocation.options.find("output");
  if (found == invocation.options.end()) return Status::Ok();
  const auto& extra = invocation.command->formats;
  std::vector<std::string> known(std::begin(kFormats), std::end(kFormats));
  for (const std::string_view format : extra) {
    if (std::find(known.begin(), known.end(), format) == known.end()) known.emplace_back(format);
  }
  if (std::find(known.begin(), known.end(), found->second.back()) != known.end()) return Status::Ok();
  return UsageError("there is no format \"" + found->second.back() + "\" here",
                    "Choose one of " + CLI::detail::join(known, ", ") + ".");
}

// True for a global option whose value is the next word.
bool TakesValue(const std::string& word) {
  const auto& options = GlobalOptionSpecs();
  return std::any_of(options.begin(), options.end(), [&](const OptionSpec& option) {
    return option.kind != OptionSpec::Kind::kSwitch &&
           (word == "--" + std::string(option.name) ||
            (!option.letter.empty() && word == "-" + std::string(option.letter)));
  });
}

// `souk bogus`, `souk admin`: better words than the parser's.
Status CheckCommand(const std::vector<std::string>& arguments) {
  size_t used = 0;
  if (FindCommand(arguments, used) != nullptr) return Status::Ok();
  const auto word =
      std::find_if(arguments.begin(), arguments.end(), [](const std::string& a) { return a.substr(0, 1) != "-"; });
  if (word == arguments.end()) return UsageError("no command is given", "`souk help` lists them.");
  const auto begins = [&](const CommandSpec& spec) { return spec.name.rfind(*word + " ", 0) == 0; };
  const bool group = std::any_of(Commands().begin(), Commands().end(), begins);
  if (!group) return UsageError("there is no command \"" + *word + "\"", "`souk help` lists them.");
  return UsageError("\"" + *word + "\" needs one of its commands", "`souk help " + *word + "` lists them.");
}

// "--option=" as "--option" and an empty word: CLI11 would take the next word for its value, whatever that is.
std::vector<std::string> EmptyValuesApart(const std::vector<std::string>& arguments) {
  std::vector<std::string> apart;
  bool options = true;
  for (const std::string& argument : arguments) {
    options = options && argument != "--";
    const bool empty_value = options && argument.starts_with("--") && argument.find('=') + 1 == argument.size();
    if (!empty_value) {
      apart.push_back(argument);
      continue;
    }
    apart.push_back(argument.substr(0, argument.size() - 1));
    apart.emplace_back();
  }
  return apart;
}

}  // namespace

const CommandSpec* FindCommand(const std::vector<std::string>& arguments, size_t& used) {
  std::vector<std::string> words;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool is_value = i > 0 && TakesValue(arguments[i - 1]);
    if (!is_value && arguments[i].substr(0, 1) != "-") words.push_back(arguments[i]);
  }
  const CommandSpec* best = nullptr;
  used = 0;
  for (const CommandSpec& spec : Commands()) {
    std::string joined;
    for (size_t i = 0; i < words.size() && joined.size() < spec.name.size(); ++i) {
      joined += (i == 0 ? "" : " ") + words[i];
      if (joined == spec.name && i + 1 > used) {
        best = &spec;
        used = i + 1;
      }
    }
  }
  return best;
}

StatusOr<Invocation> ParseCommandLine(const std::vector<std::string>& arguments) {
  try {
    CLI::App root;
    root.set_help_flag();
    root.require_subcommand(1);
    std::deque<Slot> globals;
    for (const OptionSpec& option : GlobalOptionSpecs()) AddOption(option, root, globals);
    std::deque<Command> commands;
    std::map<std::string, CLI::App*> apps;
    for (const CommandSpec& spec : Commands()) AddCommand(spec, AddApp(root, spec.name, apps), commands.emplace_back());

    std::vector<std::string> words = EmptyValuesApart(arguments);
    std::reverse(words.begin(), words.end());  // CLI11 takes them back to front
    root.parse(std::move(words));

    Invocation invocation;
    for (const Command& command : commands) {
      if (!command.app->parsed() || !command.app->get_subcommands().empty()) continue;
      invocation.command = command.spec;
      Collect(command.options, invocation);
      invocation.words = command.words;
    }
    Collect(globals, invocation);
    if (invocation.command == nullptr) return UsageError("no command is given", "`souk help` lists them.");
    RETURN_IF_ERROR(CheckWords(*invocation.command, invocation.words));
    RETURN_IF_ERROR(CheckFormat(invocation));
    return invocation;
  } catch (const std::exception& error) {  // CLI11's own among them
    RETURN_IF_ERROR(CheckCommand(arguments));
    return UsageError(error.what(), "`souk help COMMAND` says how it is meant.");
  }
}

}  // namespace souk::cli
