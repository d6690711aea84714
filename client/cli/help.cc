// SPDX-License-Identifier: Apache-2.0
#include "client/cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "client/cli/format.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

constexpr int kNameColumn = 22;
constexpr int kOptionColumn = 34;

constexpr std::string_view kExitCodes = R"(  0    done
  1    failed (diff: there are differences)
  2    the command line is wrong (diff: also any other failure)
  4    authentication or permission is missing
  5    somebody else changed it meanwhile (etag)
  6    no node, or no answer in time: trying again may help
  100  the documents have defects; each is listed
  130  interrupted
)";

std::string Flag(const OptionSpec& option) {
  std::string text = option.letter.empty() ? "    " : "-" + std::string(option.letter) + ", ";
  text += "--" + std::string(option.name);
  if (!option.value.empty()) text += " " + std::string(option.value);
  return text;
}

void WriteOptions(const std::vector<OptionSpec>& options, std::ostream& out) {
  for (const OptionSpec& option : options) {
    std::string help(option.help);
    if (!option.choices.empty()) help += " (" + Join(Strings(option.choices), ", ") + ")";
    out << fmt::format("  {:<{}} {}\n", Flag(option), kOptionColumn, help);
  }
}

std::string Synopsis(const CommandSpec& command) {
  std::string text = "souk " + std::string(command.name);
  for (const PositionalSpec& positional : command.positionals) {
    std::string word(positional.name);
    if (positional.count_max != 1) word += "...";
    text += positional.count_min == 0 ? " [" + word + "]" : " " + word;
  }
  return text + " [options]";
}

}  // namespace

void WriteOverview(const Style& style, std::ostream& out) {
  out << "souk - find, own and register data products\n\n" << style.Bold("Usage") << ": souk COMMAND [options]\n\n";
  for (const CommandSpec& command : Commands()) {
    if (!command.hidden) out << fmt::format("  {:<{}} {}\n", command.name, kNameColumn, command.summary);
  }
  out << "\n" << style.Bold("Every command takes") << "\n";
  WriteOptions(GlobalOptionSpecs(), out);
  out << "\n" << style.Bold("Exit codes") << "\n" << kExitCodes << "\n`souk help COMMAND` says more.\n";
}

void WriteManual(const CommandSpec& command, const Style& style, std::ostream& out) {
  out << style.Bold("NAME") << "\n  souk " << command.name << " - " << command.summary << "\n\n";
  out << style.Bold("SYNOPSIS") << "\n  " << Synopsis(command) << "\n\n";
  for (const PositionalSpec& positional : command.positionals) {
    out << fmt::format("  {:<{}} {}\n", positional.name, kOptionColumn, positional.help);
  }
  if (!command.positionals.empty()) out << "\n";
  if (!command.details.empty()) out << style.Bold("DESCRIPTION") << "\n" << command.details << "\n";
  if (!command.options.empty()) {
    out << style.Bold("OPTIONS") << "\n";
    WriteOptions(command.options, out);
    out << "\n";
  }
  out << style.Bold("GLOBAL OPTIONS") << "\n";
  WriteOptions(GlobalOptionSpecs(), out);
  std::vector<std::string> formats(std::begin(kFormats), std::end(kFormats));
  for (const std::string_view format : command.formats) {
    if (std::find(formats.begin(), formats.end(), format) == formats.end()) formats.emplace_back(format);
  }
  const std::string first = command.formats.empty() ? formats.front() : std::string(command.formats.front());
  out << "\n" << style.Bold("OUTPUT FORMATS") << "\n  " << Join(formats, ", ") << "; without -o: " << first << "\n\n";
  out << style.Bold("EXIT CODES") << "\n" << kExitCodes;
}

bool WriteGroup(std::string_view prefix, const Style& style, std::ostream& out) {
  const std::string start = std::string(prefix) + " ";
  bool any = false;
  for (const CommandSpec& command : Commands()) {
    if (command.hidden || command.name.substr(0, start.size()) != start) continue;
    if (!any) out << style.Bold("Commands") << " of souk " << prefix << "\n";
    any = true;
    out << fmt::format("  {:<{}} {}\n", command.name, kNameColumn, command.summary);
  }
  return any;
}

}  // namespace souk::cli
