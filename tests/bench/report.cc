// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

namespace souk::bench {
namespace {

constexpr double kKilobytesInGigabyte = 1024.0 * 1024.0;
constexpr int kJsonIndent = 2;

using Cells = std::vector<std::string>;

// The value behind "key  : value" in a file of /proc.
std::string ProcValue(const char* file, std::string_view key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const size_t value = line.find_first_not_of(" \t", line.find(':') + 1);
    return value == std::string::npos ? std::string() : line.substr(value);
  }
  return {};
}

std::string OutputOf(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  std::string output;
  std::array<char, 256> buffer{};
  while (fgets(buffer.data(), buffer.size(), pipe) != nullptr) output += buffer.data();
  pclose(pipe);
  while (output.ends_with('\n')) output.pop_back();
  return output;
}

std::string CommitOf(const std::filesystem::path& root) {
  const std::string git = "git -C '" + root.string() + "' ";
  const std::string commit = OutputOf(git + "rev-parse --short HEAD 2>/dev/null");
  if (commit.empty()) return "unknown";
  return OutputOf(git + "status --porcelain 2>/dev/null").empty() ? commit : commit + "+changes";
}

// Three digits that count, thousands apart.
std::string Number(double value) {
  const double size = std::fabs(value);
  if (value == std::floor(value) && size < 1000) return fmt::format("{:.0f}", value);
  if (size < 10) return fmt::format("{:.2f}", value);
  if (size < 100) return fmt::format("{:.1f}", value);
  std::string text = fmt::format("{:.0f}", value);
  for (int at = static_cast<int>(text.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3) {
    text.insert(static_cast<size_t>(at), ",");
  }
  return text;
}

std::string Measured(double value, const std::string& unit) {
  if (unit.empty()) return Number(value);
  return unit == "1/s" ? Number(value) + "/s" : Number(value) + " " + unit;
}

// What is judged: ratios where there is a peer, our own values otherwise.
std::vector<double> Judged(const Line& line) { return line.peer.empty() ? line.ours : Ratios(line); }

std::string Bound(const Line& line, double bound) {
  if (bound == 0) return "-";
  if (!line.peer.empty()) return fmt::format("{:.2f}", bound);
  return line.unit.empty() ? "0" : Measured(bound, line.unit);
}

Cells CellsOf(const Line& line) {
  const std::vector<double> judged = Judged(line);
  const bool compared = !line.peer.empty();
  std::string range = "-";
  if (judged.size() > 1) {
    const auto [least, most] = std::minmax_element(judged.begin(), judged.end());
    range = compared ? fmt::format("{:.2f}..{:.2f}", *least, *most) : Number(*least) + ".." + Number(*most);
  }
  return {line.name,
          Measured(Median(line.ours), line.unit),
          compared ? Measured(Median(line.peer), line.unit) : "-",
          compared ? fmt::format("{:.2f}", Median(judged)) : "-",
          range,
          Bound(line, line.floor),
          Bound(line, line.goal),
          std::string(Word(Judge(line))),
          line.corpus,
          line.note};
}

nlohmann::json JsonOf(const Line& line) {
  nlohmann::json json = {{"name", line.name},
                         {"unit", line.unit},
                         {"better", line.better == Better::kHigher ? "higher" : "lower"},
                         {"ours", line.ours},
                         {"ours_median", Median(line.ours)},
                         {"verdict", Word(Judge(line))},
                         {"corpus", line.corpus},
                         {"note", line.note}};
  if (!line.peer.empty()) {
    const std::vector<double> ratios = Ratios(line);
    json["peer"] = line.peer;
    json["peer_median"] = Median(line.peer);
    json["ratios"] = ratios;
    json["ratio_median"] = Median(ratios);
  }
  if (line.floor != 0) json["floor"] = line.floor;
  if (line.goal != 0) json["goal"] = line.goal;
  return json;
}

}  // namespace

Machine DescribeMachine(const std::filesystem::path& root, std::string command) {
  Machine machine;
  machine.cores = static_cast<int>(std::thread::hardware_concurrency());
  machine.processor = ProcValue("/proc/cpuinfo", "model name");
  machine.memory_gb = std::atof(ProcValue("/proc/meminfo", "MemTotal").c_str()) / kKilobytesInGigabyte;
  utsname system{};
  if (uname(&system) == 0) machine.kernel = std::string(system.sysname) + " " + system.release;
  std::ifstream("/proc/loadavg") >> machine.load;
  machine.commit = CommitOf(root);
  machine.command = std::move(command);
  return machine;
}

std::string Heading(const Machine& machine) {
  return fmt::format("{} cores ({}), {:.0f} GB, {}, load {:.1f} at the start, commit {}\n{}\n", machine.cores,
                     machine.processor, machine.memory_gb, machine.kernel, machine.load, machine.commit,
                     machine.command);
}

std::string Table(const std::vector<Line>& lines) {
  std::vector<Cells> rows = {
      {"row", "ours", "peer", "ratio", "min..max", "floor", "goal", "verdict", "corpus", "note"}};
  for (const Line& line : lines) rows.push_back(CellsOf(line));
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const Cells& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string rule = "|";
  for (const size_t width : widths) rule += std::string(width + 2, '-') + "|";
  std::string table;
  for (const Cells& row : rows) {
    table += "|";
    for (size_t i = 0; i < row.size(); ++i) table += fmt::format(" {:<{}} |", row[i], widths[i]);
    table += "\n";
    if (&row == &rows.front()) table += rule + "\n";
  }
  return table;
}

Status WriteJson(const std::filesystem::path& folder, const std::string& row, const std::vector<Line>& lines,
                 const Machine& machine) {
  nlohmann::json json = {{"row", row}, {"commit", machine.commit}, {"command", machine.command}};
  json["machine"] = {{"cores", machine.cores},
                     {"processor", machine.processor},
                     {"memory_gb", machine.memory_gb},
                     {"kernel", machine.kernel},
                     {"load_at_start", machine.load}};
  json["lines"] = nlohmann::json::array();
  for (const Line& line : lines) json["lines"].push_back(JsonOf(line));
  const std::filesystem::path path = folder / (row + ".json");
  std::ofstream file(path);
  file << json.dump(kJsonIndent, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  return file.flush() ? Status::Ok() : Status(Code::kUnavailable, "can't write " + path.string());
}

}  // namespace souk::bench
