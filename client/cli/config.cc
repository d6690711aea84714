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

constexpr std::array<std::string_view, 4> kKeys = {"addr", "tls_ca", "tls_cert", "tls_key"};
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
  detail.remedy = "Mend the file; it may hold addr: HOST:PORT, tls_ca, tls_cert and tls_key.";
  detail.violations = std::move(violations);
  return {Code::kInvalidArgument, "the configuration " + path + " can't be used", std::move(detail)};
}

// Empty where nothing is set.
struct FileSettings {
  std::string addresses;
  CertificateFiles certificates;
};

FileSettings SettingsOf(const descriptor::Fields& root, const std::filesystem::path& folder) {
  CheckKeys(root, kKeys);
  const auto path = [&](std::string_view key) {
    const std::string_view value = root.Scalar(key);
    return value.empty() ? std::string() : (folder / value).string();
  };
  return {std::string(root.Scalar("addr")), {path("tls_cert"), path("tls_key"), path("tls_ca")}};
}

// Nothing is set if there is no file.
StatusOr<FileSettings> ReadSettings(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return FileSettings();
  const StatusOr<std::string> text = ReadFile(path, kConfigBytesMax);
  if (!text.ok()) return UsageError(text.status().message(), text.status().detail().remedy);
  if (SaysNothing(*text)) return FileSettings();
  descriptor::Reading reading;
  reading.path = path.string();
  const descriptor::Tree tree = descriptor::ReadTree(*text, descriptor::Syntax::kYaml, reading);
  FileSettings settings;
  if (tree.root != nullptr) {
    const descriptor::Fields root(reading, *tree.root);
    if (tree.root->kind == descriptor::Node::Kind::kMap) {
      settings = SettingsOf(root, path.parent_path());
    } else {
      root.Note("", "wrong-type", "a configuration is a list of keys with values", "Write addr: HOST:PORT.");
    }
  }
  if (!reading.violations.empty()) return BadConfig(path.string(), std::move(reading.violations));
  return settings;
}

std::string Choose(const std::optional<std::string>& flag, const std::optional<std::string>& variable,
                   const std::string& otherwise) {
  if (flag) return *flag;
  return variable && !variable->empty() ? *variable : otherwise;
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

StatusOr<Connection> ResolveConnection(const ConnectionFlags& flags, const Environment& env) {
  Connection connection;
  FileSettings file;
  connection.addresses = SplitList(flags.addresses.value_or(""));
  if (connection.addresses.empty()) connection.addresses = SplitList(env.variable("SOUK_ADDR").value_or(""));
  if (connection.addresses.empty()) {
    ASSIGN_OR_RETURN(file, ReadSettings(UserFolder(env, "XDG_CONFIG_HOME", ".config") / "souk" / "config.yaml"));
    connection.addresses = SplitList(file.addresses);
  }
  if (connection.addresses.empty()) connection.addresses = {std::string(kDefaultAddress)};
  CertificateFiles& certificates = connection.certificates;
  certificates.authorities = Choose(flags.authorities, env.variable("SOUK_TLS_CA"), file.certificates.authorities);
  certificates.certificate = Choose(flags.certificate, env.variable("SOUK_TLS_CERT"), file.certificates.certificate);
  certificates.key = Choose(flags.key, env.variable("SOUK_TLS_KEY"), file.certificates.key);
  return connection;
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
