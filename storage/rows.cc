// SPDX-License-Identifier: Apache-2.0
#include "storage/rows.h"

namespace souk::storage::rows {
namespace {

constexpr char kSeparator = '\x00';
constexpr char kEscape = '\x01';
constexpr char kEscapedSeparator = '\x01';
constexpr char kEscapedEscape = '\x02';
constexpr size_t kMajorBytes = 4;
constexpr size_t kRevisionBytes = 8;

void AppendNumber(std::string& out, uint64_t number, size_t bytes) {
  for (size_t i = bytes; i-- > 0;) out += static_cast<char>(number >> (8 * i));
}

uint64_t ReadNumber(std::string_view bytes) {
  uint64_t number = 0;
  for (const char c : bytes) number = (number << 8U) | static_cast<unsigned char>(c);
  return number;
}

void AppendEscaped(std::string& out, std::string_view id) {
  for (const char c : id) {
    if (c == kSeparator || c == kEscape) {
      out += kEscape;
      out += c == kSeparator ? kEscapedSeparator : kEscapedEscape;
    } else {
      out += c;
    }
  }
}

void AppendLine(std::string& out, const LineName& line) {
  out += line.domain;
  out += kSeparator;
  out += line.product;
  out += kSeparator;
  AppendNumber(out, line.major, kMajorBytes);
}

std::string Plain(char table, std::string_view rest) {
  std::string out;
  out.reserve(1 + rest.size());
  out += table;
  out += rest;
  return out;
}

}  // namespace

std::string Line(const LineName& line) {
  std::string out(1, kLines);
  AppendLine(out, line);
  return out;
}

std::string LineHistory(const LineName& line, Revision revision) {
  std::string out(1, kLineHistory);
  AppendLine(out, line);
  AppendNumber(out, ~revision, kRevisionBytes);
  return out;
}

std::string Domain(std::string_view domain_id) { return Plain(kDomains, domain_id); }
std::string Team(std::string_view team_id) { return Plain(kTeams, team_id); }
std::string LedgerValue(std::string_view ledger_key) { return Plain(kLedgerValues, ledger_key); }

std::string LedgerHistory(std::string_view ledger_key, Revision revision) {
  std::string out = Plain(kLedgerHistory, ledger_key);
  out += kSeparator;
  AppendNumber(out, ~revision, kRevisionBytes);
  return out;
}

std::string LedgerLog(Revision revision) {
  std::string out(1, kLedgerLog);
  AppendNumber(out, revision, kRevisionBytes);
  return out;
}

std::string Time(int64_t time_us, Revision revision) {
  std::string out(1, kTimes);
  AppendNumber(out, time_us < 0 ? 0 : static_cast<uint64_t>(time_us), kRevisionBytes);
  AppendNumber(out, revision, kRevisionBytes);
  return out;
}

std::string UndecodableEntity(std::string_view entity) { return kUndecodable + std::string(entity); }

std::string Quarantine(Revision revision, std::string_view ledger_key) {
  std::string out(1, kQuarantine);
  AppendNumber(out, revision, kRevisionBytes);
  out += ledger_key;
  return out;
}

std::string IdPrefix(char table, std::string_view id) {
  std::string out(1, table);
  AppendEscaped(out, id);
  out += kSeparator;
  return out;
}

std::string IdRow(char table, std::string_view id, const LineName& line) {
  std::string out = IdPrefix(table, id);
  AppendLine(out, line);
  return out;
}

std::string AssetPrefix(std::string_view name, std::string_view dataset_namespace) {
  std::string out = IdPrefix(kAssets, name);
  AppendEscaped(out, dataset_namespace);
  out += kSeparator;
  return out;
}

std::string AssetRow(std::string_view name, std::string_view dataset_namespace, const LineName& line) {
  std::string out = AssetPrefix(name, dataset_namespace);
  AppendLine(out, line);
  return out;
}

std::string OwnerRow(std::string_view owner, char kind, const LineName& line) {
  std::string out = IdPrefix(kOwners, owner);
  out += kind;
  AppendLine(out, line);
  return out;
}

std::string LinesPrefix(std::string_view domain) {
  if (domain.empty()) return std::string(1, kLines);
  std::string out = Plain(kLines, domain);
  out += kSeparator;
  return out;
}

std::string ProductPrefix(std::string_view domain, std::string_view product) {
  std::string out = LinesPrefix(domain);
  out += product;
  out += kSeparator;
  return out;
}

std::vector<std::string_view> ScannedPrefixes(std::string_view key) {
  const auto up_to = [key](size_t separators, size_t more) {
    size_t end = 0;
    for (; separators > 0 && end != std::string_view::npos; --separators) end = key.find(kSeparator, end + 1);
    return key.substr(0, end == std::string_view::npos ? end : end + 1 + more);
  };
  switch (key.front()) {
    case kConsumers:
    case kDescriptorIds:
    case kProducers:
      return {up_to(1, 0)};
    case kAssets:
      return {up_to(1, 0), up_to(2, 0)};
    case kOwners:
      return {up_to(1, 1)};
    case kLines:
      return {up_to(2, 0)};
    default:
      return {};
  }
}

std::string PrefixEnd(std::string_view prefix) {
  std::string out(prefix);
  while (!out.empty() && out.back() == '\xff') out.pop_back();
  if (!out.empty()) ++out.back();
  return out;
}

std::optional<LineName> ParseLine(std::string_view bytes) {
  const size_t first = bytes.find(kSeparator);
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = bytes.find(kSeparator, first + 1);
  if (second == std::string_view::npos || bytes.size() != second + 1 + kMajorBytes) return std::nullopt;
  LineName line;
  line.domain = bytes.substr(0, first);
  line.product = bytes.substr(first + 1, second - first - 1);
  line.major = static_cast<uint32_t>(ReadNumber(bytes.substr(second + 1)));
  if (!IsResourceId(line.domain) || !IsResourceId(line.product)) return std::nullopt;
  return line;
}

std::optional<LineName> ParseAssetLine(std::string_view key) {
  const size_t name_end = key.find(kSeparator);
  if (name_end == std::string_view::npos) return std::nullopt;
  const size_t namespace_end = key.find(kSeparator, name_end + 1);
  if (namespace_end == std::string_view::npos) return std::nullopt;
  return ParseLine(key.substr(namespace_end + 1));
}

std::optional<Revision> ParseRevision(std::string_view eight_bytes) {
  if (eight_bytes.size() != kRevisionBytes) return std::nullopt;
  return ReadNumber(eight_bytes);
}

std::optional<Revision> ParseInvertedRevision(std::string_view key) {
  if (key.size() <= kRevisionBytes) return std::nullopt;
  return ~ReadNumber(key.substr(key.size() - kRevisionBytes));
}

std::optional<Revision> ParseTimeRevision(std::string_view key) {
  if (key.size() != 1 + 2 * kRevisionBytes) return std::nullopt;
  return ReadNumber(key.substr(1 + kRevisionBytes));
}

std::string RevisionValue(Revision revision) {
  std::string out;
  AppendNumber(out, revision, kRevisionBytes);
  return out;
}

std::string Stamp(Revision modified, std::string_view value) {
  std::string out;
  out.reserve(kRevisionBytes + value.size());
  AppendNumber(out, modified, kRevisionBytes);
  out += value;
  return out;
}

std::optional<StampedValue> ParseStamped(std::string_view bytes) {
  if (bytes.size() < kRevisionBytes) return std::nullopt;
  return StampedValue{ReadNumber(bytes.substr(0, kRevisionBytes)), bytes.substr(kRevisionBytes)};
}

}  // namespace souk::storage::rows
