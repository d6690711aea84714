// SPDX-License-Identifier: Apache-2.0
#include "storage/ledger_keys.h"

#include <charconv>
#include <system_error>

namespace souk::storage {
namespace {

constexpr size_t kNumberDigits = 16;
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kOriginPrefix = "origin/";
constexpr unsigned char kFirstPrintable = 0x21;

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

std::string Digits(uint64_t number) {
  std::string digits(kNumberDigits, '0');
  for (size_t i = kNumberDigits; i-- > 0; number >>= 4U) digits[i] = kHexDigits[number & 0xFU];
  return digits;
}

// Ids of other people's making must not look like a path, and a key holds no blanks or control bytes.
std::string EncodeId(std::string_view id) {
  constexpr std::string_view kUpperHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(id.size());
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/' || c == '%' || byte < kFirstPrintable) {
      out += '%';
      out += kUpperHex[byte >> 4U];
      out += kUpperHex[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string HeadKey(std::string_view entity) { return Join({"head/", entity}); }

std::string RecordKey(std::string_view entity, uint64_t number) {
  return Join({kRecordPrefix, entity, "/", Digits(number)});
}

std::optional<RecordKeyParts> ParseRecordKey(std::string_view key) {
  if (!key.starts_with(kRecordPrefix)) return std::nullopt;
  key.remove_prefix(kRecordPrefix.size());
  if (key.size() < kNumberDigits + 2 || key[key.size() - kNumberDigits - 1] != '/') return std::nullopt;
  const std::string_view digits = key.substr(key.size() - kNumberDigits);
  if (digits.find_first_not_of(kHexDigits) != std::string_view::npos) return std::nullopt;
  RecordKeyParts parts;
  std::from_chars(digits.data(), digits.data() + digits.size(), parts.number, 16);
  parts.entity = key.substr(0, key.size() - kNumberDigits - 1);
  return parts;
}

std::string ContractClaimKey(std::string_view contract_id) { return "claim/contract/" + EncodeId(contract_id); }
std::string DescriptorClaimKey(std::string_view descriptor_id) { return "claim/id/" + EncodeId(descriptor_id); }

std::string RequestKey(std::string_view actor, std::string_view request_id) {
  return Join({"request/", EncodeId(actor), "/", EncodeId(request_id)});
}

std::string OriginPrefix(std::string_view epoch) { return Join({kOriginPrefix, epoch, "/"}); }
std::string OriginKey(std::string_view epoch, uint64_t revision) {
  return Join({kOriginPrefix, epoch, "/", Digits(revision)});
}
bool IsOriginKey(std::string_view key) { return key.starts_with(kOriginPrefix); }

std::string RetiringKey(std::string_view line) { return Join({kRetiringBegin, line}); }

std::string LayerKey(std::string_view layer) { return Join({kLayersBegin, layer}); }
std::string PolicyPrefix(std::string_view layer) { return LayerKey(layer).append("/policies/"); }
std::string PolicyKey(std::string_view layer, std::string_view id) { return PolicyPrefix(layer).append(id); }
std::string WaiverPrefix(std::string_view line) { return Join({kWaivers, line, "/"}); }
std::string WaiverKey(std::string_view line, std::string_view id) { return WaiverPrefix(line).append(id); }
std::string AcknowledgementPrefix(std::string_view line) { return Join({"acknowledgement/", line, "/"}); }
std::string AcknowledgementKey(std::string_view line, std::string_view id) {
  return AcknowledgementPrefix(line).append(id);
}

}  // namespace souk::storage
