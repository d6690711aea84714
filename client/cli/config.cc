// SPDX-License-Identifier: Apache-2.0
#include "client/cli/config.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "client/cli/bundles.h"
#include "client/cli/known_keys.h"
#include "client/cli/usage.h"
#include "descriptor/document.h"
#include "descriptor/fields.h"

namespace souk::cli {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// The folder that the variable names, else ~/`otherwise`.
std::filesystem::path UserFolder(const Environment& env, const std::string& variable, const char* otherwise) {
  if (const auto folder = env.variable(variable); folder && !folder->empty()) return *folder;
  return std::filesystem::path(env.variable("HOME").value_or("")) / otherwise;
}

constexpr std::string_view kAddressKey = "addr";
// A configuration is a few lines.
constexpr size_t kConfigBytesMax = 64 * 1024;

// Blanks and comments only.
bool SaysNothing(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = Trim(text.substr(0, end + 1));
    if (!line.empty() && line.front() != '#') return false;
    text.remove_prefix(end + 1);
  }
  return true;
}

Status BadConfig(const std::string& path, std::vector<Violation> violations) {
  ErrorDetail detail;
  detail.reason = kUsageReason;
  detail.remedy = "Mend the file; it may hold " + std::string(kAddressKey) + ": HOST:PORT.";
  detail.violations = std::move(violations);
  return {Code::kInvalidArgument, "the configuration " + path + " can't be used", std::move(detail)};
}

// The address that the file names; empty if there is no file, or it names none.
StatusOr<std::string> AddressInFile(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::string();
  const StatusOr<std::string> text = ReadFile(path, kConfigBytesMax);
  if (!text.ok()) return UsageError(text.status().message(), text.status().detail().remedy);
  if (SaysNothing(*text)) return std::string();
  descriptor::Reading reading;
  reading.path = path.string();
  const descriptor::Tree tree = descriptor::ReadTree(*text, descriptor::Syntax::kYaml, reading);
  std::string address;
  if (tree.root != nullptr) {
    const descriptor::Fields root(reading, *tree.root);
    if (tree.root->kind == descriptor::Node::Kind::kMap) {
      CheckKeys(root, std::array<std::string_view, 1>{kAddressKey});
      address = root.Scalar(kAddressKey);
    } else {
      root.Note("", "wrong-type", "a configuration is a list of keys with values", "Write addr: HOST:PORT.");
    }
  }
  if (!reading.violations.empty()) return BadConfig(path.string(), std::move(reading.violations));
  return address;
}

}  // namespace

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view part = Trim(text.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

StatusOr<std::vector<std::string>> ResolveAddresses(const std::string& flag, const Environment& env) {
  for (const std::string& source : {flag, env.variable("SOUK_ADDR").value_or("")}) {
    if (std::vector<std::string> addresses = SplitList(source); !addresses.empty()) return addresses;
  }
  ASSIGN_OR_RETURN(const std::string address,
                   AddressInFile(UserFolder(env, "XDG_CONFIG_HOME", ".config") / "souk" / "config.yaml"));
  if (std::vector<std::string> addresses = SplitList(address); !addresses.empty()) return addresses;
  return std::vector<std::string>{std::string(kDefaultAddress)};
}

std::filesystem::path SpoolDirectory(const Environment& env) {
  return UserFolder(env, "XDG_STATE_HOME", ".local/state") / "souk" / "spool";
}

StatusOr<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, int64_t>, 5> kUnits = {
      {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  constexpr int64_t kNumberMax = 1'000'000'000;  // far beyond any wait, and safe to multiply
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  for (const auto& [word, factor] : kUnits) {
    if (error == std::errc() && number > 0 && number <= kNumberMax && unit == word) {
      return std::chrono::milliseconds(number * factor);
    }
  }
  return UsageError("\"" + std::string(text) + "\" is not a length of time", "Write for example 5s, 500ms or 2m.");
}

StatusOr<google::protobuf::Timestamp> ParseTime(std::string_view text) {
  google::protobuf::Timestamp time;
  const std::string whole = std::string(text) + (text.find('T') == std::string_view::npos ? "T00:00:00Z" : "");
  if (google::protobuf::util::TimeUtil::FromString(whole, &time)) return time;
  return UsageError("\"" + std::string(text) + "\" is not an RFC 3339 time",
                    "Write for example 2026-03-01T12:00:00Z or 2026-03-01.");
}

StatusOr<v1::Consistency> ParseConsistency(std::string_view text) {
  constexpr std::string_view kRevision = "revision:";
  constexpr std::string_view kAsOf = "as-of:";
  v1::Consistency consistency;
  if (text == "latest") {
    consistency.set_latest(true);
    return consistency;
  }
  if (text.substr(0, kRevision.size()) == kRevision && text.size() > kRevision.size()) {
    consistency.set_min_revision(std::string(text.substr(kRevision.size())));
    return consistency;
  }
  if (text.substr(0, kAsOf.size()) == kAsOf && text.size() > kAsOf.size()) {
    const std::string_view point = text.substr(kAsOf.size());
    if (const auto time = ParseTime(point); time.ok()) {
      *consistency.mutable_as_of_time() = *time;
    } else {
      consistency.set_as_of_revision(std::string(point));
    }
    return consistency;
  }
  return UsageError("\"" + std::string(text) + "\" is no consistency",
                    "Write latest, revision:R, as-of:R or as-of:TIME.");
}

}  // namespace souk::cli
