// SPDX-License-Identifier: Apache-2.0
#include "base/names.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "base/errors.h"
#include "base/limits.h"

namespace souk {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes prefix off text; false if text does not start with it.
bool Consume(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Text up to the next '/', taken off together with the slash.
std::string_view Segment(std::string_view& text) {
  const size_t slash = text.find('/');
  const std::string_view head = text.substr(0, slash);
  text.remove_prefix(slash == std::string_view::npos ? text.size() : slash + 1);
  return head;
}

std::optional<uint32_t> ParseNumber(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::optional<ProductReference> ParseLongForm(std::string_view text) {
  ProductReference reference;
  reference.domain = Segment(text);
  if (!Consume(text, "products/")) return std::nullopt;
  reference.product = Segment(text);
  if (!IsResourceId(reference.domain) || !IsResourceId(reference.product)) return std::nullopt;
  if (text.empty()) return reference;
  if (Consume(text, "lines/")) {
    reference.major = ParseNumber(text);
    return reference.major ? std::optional(reference) : std::nullopt;
  }
  if (Consume(text, "versions/") && IsVersion(text)) {
    reference.version = std::string(text);
    reference.major = *MajorOf(text);
    return reference;
  }
  return std::nullopt;
}

std::optional<ProductReference> ParseShortForm(std::string_view text) {
  ProductReference reference;
  if (const size_t at = text.find('@'); at != std::string_view::npos) {
    reference.major = ParseNumber(text.substr(at + 1));
    if (!reference.major) return std::nullopt;
    text = text.substr(0, at);
  }
  reference.domain = Segment(text);
  reference.product = text;
  if (!IsResourceId(reference.domain) || !IsResourceId(reference.product)) return std::nullopt;
  return reference;
}

StatusOr<std::string> ParseSimpleName(std::string_view text, std::string_view collection, std::string_view noun) {
  std::string_view id = text;
  Consume(id, collection);
  if (!IsResourceId(id)) return errors::BadResourceName(noun, text);
  return std::string(id);
}

void PercentEncode(std::string_view name, std::string& out) {
  for (const char c : name) {
    switch (c) {
      case ':':
        out += "%3A";
        break;
      case '#':
        out += "%23";
        break;
      case '%':
        out += "%25";
        break;
      default:
        out += c;
    }
  }
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;  // unsigned, so that "%-1" is no number
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// How many bytes at the beginning are surely ASCII and no NUL, in whole words: most texts are nothing else.
size_t CleanAsciiPrefix(std::string_view bytes) {
  constexpr uint64_t kHighBits = 0x8080808080808080U;
  constexpr uint64_t kOnes = 0x0101010101010101U;
  size_t clean = 0;
  for (uint64_t word = 0; clean + sizeof(word) <= bytes.size(); clean += sizeof(word)) {
    std::memcpy(&word, bytes.data() + clean, sizeof(word));
    // Subtracting one from each byte sets the high bit of a zero byte, at least of the first one.
    if (((word | (word - kOnes)) & kHighBits) != 0) break;
  }
  return clean;
}

}  // namespace

bool IsResourceId(std::string_view text) {
  if (text.empty() || text.size() > limits::kResourceIdCharsMax || !IsLower(text.front()) || text.back() == '-') {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; });
}

namespace {

std::string WholeSlug(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (IsLower(c) || IsDigit(c)) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  if (!out.empty() && !IsLower(out.front())) out.insert(0, "p-");
  return out;
}

}  // namespace

size_t SlugSize(std::string_view text) { return WholeSlug(text).size(); }

std::string Slug(std::string_view text) {
  std::string out = WholeSlug(text);
  if (out.size() > limits::kResourceIdCharsMax) out.resize(limits::kResourceIdCharsMax);
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string LineName::ToString() const { return Product() + "/lines/" + std::to_string(major); }
std::string LineName::Short() const { return domain + "/" + product + "@" + std::to_string(major); }
std::string LineName::Product() const { return "domains/" + domain + "/products/" + product; }

StatusOr<LineName> ParseLineName(std::string_view text) {
  const auto reference = ParseProductReference(text);
  if (!reference || !reference->major || reference->version || !text.starts_with("domains/")) {
    return errors::BadResourceName("line", text);
  }
  return LineName{reference->domain, reference->product, *reference->major};
}

std::optional<ProductReference> ParseProductReference(std::string_view text) {
  if (text.size() > limits::kIdentifierBytesMax) return std::nullopt;
  if (Consume(text, "domains/")) return ParseLongForm(text);
  return ParseShortForm(text);
}

StatusOr<std::string> ParseDomainName(std::string_view text) { return ParseSimpleName(text, "domains/", "domain"); }
StatusOr<std::string> ParseTeamName(std::string_view text) { return ParseSimpleName(text, "teams/", "team"); }
std::string DomainName(std::string_view domain_id) { return "domains/" + std::string(domain_id); }
std::string TeamName(std::string_view team_id) { return "teams/" + std::string(team_id); }

std::string DatasetName::ToString() const {
  std::string out = "dataset:" + dataset_namespace + ":";
  PercentEncode(name, out);
  if (!column.empty()) {
    out += '#';
    PercentEncode(column, out);
  }
  return out;
}

std::optional<DatasetName> ParseDatasetName(std::string_view text) {
  if (text.size() > limits::kIdentifierBytesMax || !Consume(text, "dataset:")) return std::nullopt;
  DatasetName dataset;
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  dataset.dataset_namespace = text.substr(0, colon);
  std::string_view name = text.substr(colon + 1);
  if (const size_t hash = name.find('#'); hash != std::string_view::npos) {
    dataset.column = PercentDecode(name.substr(hash + 1));
    name = name.substr(0, hash);
  }
  dataset.name = PercentDecode(name);
  const bool clean = IsCleanUtf8(dataset.dataset_namespace) && IsCleanUtf8(dataset.name) && IsCleanUtf8(dataset.column);
  if (dataset.name.empty() || !clean) return std::nullopt;  // "%00" must not smuggle a NUL into a key
  return dataset;
}

StatusOr<uint32_t> MajorOf(std::string_view version) {
  std::string_view text = version;
  if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
  size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  const auto number = ParseNumber(text.substr(0, digits));
  const bool ends_well = digits == text.size() || text[digits] == '.' || text[digits] == '-' || text[digits] == '+';
  if (!number || !ends_well) return errors::BadVersion(version);
  return *number;
}

bool IsVersion(std::string_view text) {
  return MajorOf(text).ok() && std::all_of(text.begin(), text.end(), [](char c) {
           return IsLower(c) || IsDigit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '+' || c == '_';
         });
}

bool VersionLess(std::string_view a, std::string_view b) {
  const auto strip = [](std::string_view text) { return text.starts_with('v') ? text.substr(1) : text; };
  a = strip(a);
  b = strip(b);
  const std::string_view core_a = a.substr(0, a.find_first_of("-+"));
  const std::string_view core_b = b.substr(0, b.find_first_of("-+"));
  std::string_view rest_a = core_a;
  std::string_view rest_b = core_b;
  while (!rest_a.empty() || !rest_b.empty()) {
    const auto next = [](std::string_view& rest) {
      const size_t dot = rest.find('.');
      const auto number = ParseNumber(rest.substr(0, dot)).value_or(0);
      rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
      return number;
    };
    const uint32_t number_a = next(rest_a);
    const uint32_t number_b = next(rest_b);
    if (number_a != number_b) return number_a < number_b;
  }
  const bool pre_a = core_a.size() < a.size() && a[core_a.size()] == '-';
  const bool pre_b = core_b.size() < b.size() && b[core_b.size()] == '-';
  if (pre_a != pre_b) return pre_a;
  return a < b;
}

std::string RevisionToken(uint64_t revision, std::string_view epoch) {
  return std::to_string(revision) + "-" + std::string(epoch);
}

StatusOr<uint64_t> ParseRevisionToken(std::string_view token, std::string_view epoch) {
  uint64_t revision = 0;
  const char* end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, revision);
  if (token == "0") return revision;
  if (error != std::errc() || stop == end || *stop != '-') return errors::BadRevisionToken(token);
  if (std::string_view(stop + 1, static_cast<size_t>(end - stop - 1)) != epoch) {
    return errors::ForeignRevisionToken(token);
  }
  return revision;
}

bool IsOlderRevision(std::string_view token, std::string_view than) {
  const size_t dash = than.find('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view epoch = than.substr(dash + 1);
  const StatusOr<uint64_t> one = ParseRevisionToken(token, epoch);
  const StatusOr<uint64_t> other = ParseRevisionToken(than, epoch);
  return one.ok() && other.ok() && *one < *other;
}

bool IsCleanUtf8(std::string_view bytes) {
  size_t i = 0;
  while (i < bytes.size()) {
    i += CleanAsciiPrefix(bytes.substr(i));
    if (i == bytes.size()) return true;
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const size_t length = lead < 0x80                   ? 1
                          : lead >= 0xC2 && lead < 0xE0 ? 2
                          : lead >= 0xE0 && lead < 0xF0 ? 3
                          : lead >= 0xF0 && lead < 0xF5 ? 4
                                                        : 0;
    if (lead == 0 || length == 0 || i + length > bytes.size()) return false;
    uint32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(bytes[i + k]);
      if ((next & 0xC0U) != 0x80U) return false;
      point = (point << 6U) | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (overlong || surrogate || point > 0x10FFFF) return false;
    i += length;
  }
  return true;
}

}  // namespace souk
