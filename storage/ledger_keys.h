// SPDX-License-Identifier: Apache-2.0
// The ledger's key space, the same on every engine. Lines are in sort order.
//
//   key                                      value (souk.store.v1)  meaning
//   acknowledgement/{line}/{id}              v1.Acknowledgement     a consumer is ready for breaking changes of the line
//   claim/contract/{contract id}             Claim                  which product a contract id belongs to
//   claim/id/{descriptor id}                 Claim                  which product a descriptor id belongs to
//   head/{entity}                            EntityHead             newest record of a line, domain or team; guarded
//   import                                   ImportState            the import that made this ledger; how far it is
//   layer/{layer}                            v1.RuleSettings        how "global" or "domains/d" sets the rules
//   layer/{layer}/policies/{id}              v1.Policy              a policy of the layer; empty: it was deleted
//   origin/{epoch}/{revision, 16 hex digits} OriginRevision         where an imported revision had come from
//   record/{entity}/{number, 16 hex digits}  ChangeRecord (zstd)    immutable, numbered, chained
//   request/{actor}/{request id}             RequestMark            what a request id stood for
//   retiring/{line}                          Claim                  a line that is about to retire
//   waiver/{line}/{id}                       v1.Waiver              an exception; one that was ended keeps its key
//
// {entity} is a resource name: "domains/d", "domains/d/products/p/lines/1", "teams/t". Ids are bounded by
// base/limits.h; ids of other people's making (contract and descriptor ids, request ids) are percent-encoded for '/' ,
// '%' and bytes below 0x21. Keys are on disk and on etcd: add, never rename, never reuse. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace souk::storage {

std::string HeadKey(std::string_view entity);
std::string RecordKey(std::string_view entity, uint64_t number);
// The way back; empty if the key is not one of a record. The entity points into the key.
struct RecordKeyParts {
  std::string_view entity;
  uint64_t number = 0;
};
std::optional<RecordKeyParts> ParseRecordKey(std::string_view key);
std::string ContractClaimKey(std::string_view contract_id);
std::string DescriptorClaimKey(std::string_view descriptor_id);
std::string RequestKey(std::string_view actor, std::string_view request_id);
std::string RetiringKey(std::string_view line);

// What an import leaves beside what it imports. The marks are no part of the history that is imported.
inline constexpr std::string_view kImportKey = "import";
std::string OriginKey(std::string_view epoch, uint64_t revision);
// All of that epoch.
std::string OriginPrefix(std::string_view epoch);
bool IsOriginKey(std::string_view key);
inline bool IsImportMark(std::string_view key) { return key == kImportKey || IsOriginKey(key); }

inline constexpr std::string_view kRecordPrefix = "record/";
inline constexpr std::string_view kHeadPrefix = "head/";

// The range [kRetiringBegin, kRetiringEnd) that every registration guards as a whole.
inline constexpr std::string_view kRetiringBegin = "retiring/";
inline constexpr std::string_view kRetiringEnd = "retiring0";

std::string LayerKey(std::string_view layer);
std::string PolicyPrefix(std::string_view layer);
std::string PolicyKey(std::string_view layer, std::string_view id);
std::string WaiverKey(std::string_view line, std::string_view id);
std::string AcknowledgementKey(std::string_view line, std::string_view id);
// All of a line.
std::string WaiverPrefix(std::string_view line);
std::string AcknowledgementPrefix(std::string_view line);
inline constexpr std::string_view kWaivers = "waiver/";
// The range [kLayersBegin, kLayersEnd) that every registration guards as a whole.
inline constexpr std::string_view kLayersBegin = "layer/";
inline constexpr std::string_view kLayersEnd = "layer0";

}  // namespace souk::storage
