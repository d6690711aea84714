// SPDX-License-Identifier: Apache-2.0
// How a command describes itself: parsing, help and completion all come from this one description. Plain values.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"

namespace souk::cli {

class Session;

// What a word may be completed to.
enum class Completes { kNothing, kFiles, kDirectories, kProducts, kDomains, kTeams, kCommands };

struct OptionSpec {
  enum class Kind { kSwitch, kText, kNumber, kDuration };

  std::string_view name;   // without the dashes
  std::string_view value;  // the word that stands for the value in the help; empty for a switch
  std::string_view help;
  Kind kind = Kind::kText;
  std::string_view letter = {};
  std::vector<std::string_view> choices = {};  // empty: anything
  bool repeated = false;
  Completes completes = Completes::kNothing;
};

struct PositionalSpec {
  std::string_view name;
  std::string_view help;
  int count_min = 1;
  int count_max = 1;  // 0: any number
  Completes completes = Completes::kNothing;
  std::vector<std::string_view> choices = {};
};

struct CommandSpec {
  std::string_view name;  // words, for example "admin domain list"
  std::string_view summary;
  std::string_view details;  // paragraphs of the help; may be empty
  std::vector<PositionalSpec> positionals;
  std::vector<OptionSpec> options;
  // Does the work. The value is the exit code; an error is printed and mapped by the caller.
  StatusOr<int> (*run)(Session& session);
  std::vector<std::string_view> formats = {};  // beyond kFormats (format.h); the first is the default then
  bool hidden = false;
};

// Every command, in the order of the help (commands.cc).
const std::vector<CommandSpec>& Commands();

// Options that every command takes (commands.cc).
const std::vector<OptionSpec>& GlobalOptionSpecs();

}  // namespace souk::cli
