// SPDX-License-Identifier: Apache-2.0
// The whole key space on disk. Lines are in sort order; the first byte is the table.
//
//   table  key                            value                      answers
//   'a'    name 0x00 namespace 0x00 line  –                          who serves this dataset? (no namespace: physical name)
//   'c'    contract id 0x00 line          –                          who reads this contract? (live lines: the edges)
//   'd'    domain id                      EntityState                a domain now
//   'g'    ledger key                     revision, value            newest value of every ledger key
//   'h'    line, inverted revision        LineState                  a line as it was; newest first
//   'i'    descriptor id 0x00 line        –                          who has this descriptor id?
//   'l'    line                           LineState                  a line now; retired ones stay
//   'm'    word                           see below                  the store itself
//   'o'    owner 0x00 kind, line          –                          what does this team or person own? (live lines)
//   'p'    contract id 0x00 line          –                          who offers this contract?
//   'q'    revision, ledger key           reason                     what could not be folded
//   'r'    revision                       LedgerRevision, no values  what happened after r?
//   's'    ledger key 0x00 inv. revision  value                      superseded values; newest first
//   't'    team id                        EntityState                a team now
//   'u'    time, revision                 –                          when was this revision? (those no longer in 'r')
//   'x'    entity                         UndecodableEntity          what of it is not understood?
//
// 'm' holds "applied" (AppliedState), "epoch" (text), "follows" (nothing: there where the ledger is elsewhere),
// "format" (number as text), "oldest" (revision: the feed starts after). A line is domain 0x00 product 0x00 major (4
// bytes). Revisions and times are 8 bytes; all numbers are big endian, so that keys sort as numbers do; an inverted
// number is its complement. Ids of other people's making are escaped (0x00 as 0x01 0x01, 0x01 as 0x01 0x02), so that a
// prefix up to 0x00 is exact and order is kept. Ledger keys hold no 0x00. Table bytes are on disk: add, never renumber,
// never reuse. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "storage/ledger.h"

namespace souk::storage::rows {

inline constexpr char kAssets = 'a';
inline constexpr char kConsumers = 'c';
inline constexpr char kDomains = 'd';
inline constexpr char kLedgerValues = 'g';
inline constexpr char kLineHistory = 'h';
inline constexpr char kDescriptorIds = 'i';
inline constexpr char kLines = 'l';
inline constexpr char kMeta = 'm';
inline constexpr char kOwners = 'o';
inline constexpr char kProducers = 'p';
inline constexpr char kQuarantine = 'q';
inline constexpr char kLedgerLog = 'r';
inline constexpr char kLedgerHistory = 's';
inline constexpr char kTeams = 't';
inline constexpr char kTimes = 'u';
inline constexpr char kUndecodable = 'x';

inline constexpr std::string_view kApplied = "mapplied";
inline constexpr std::string_view kEpoch = "mepoch";
inline constexpr std::string_view kFollows = "mfollows";
inline constexpr std::string_view kFormat = "mformat";
inline constexpr std::string_view kOldest = "moldest";

// How an owner holds a line.
inline constexpr char kByTeam = 't';
inline constexpr char kByPerson = 'u';

// Keys.
std::string Line(const LineName& line);
std::string LineHistory(const LineName& line, Revision revision);
std::string Domain(std::string_view domain_id);
std::string Team(std::string_view team_id);
std::string LedgerValue(std::string_view ledger_key);
std::string LedgerHistory(std::string_view ledger_key, Revision revision);
std::string LedgerLog(Revision revision);
std::string Time(int64_t time_us, Revision revision);
std::string Quarantine(Revision revision, std::string_view ledger_key);
std::string UndecodableEntity(std::string_view entity);
// Rows that lead from an id to lines: the prefix of all of an id's rows, and one row.
std::string IdPrefix(char table, std::string_view id);
std::string IdRow(char table, std::string_view id, const LineName& line);
// A namespace may be empty: the name as the physical system knows it.
std::string AssetPrefix(std::string_view name, std::string_view dataset_namespace);
std::string AssetRow(std::string_view name, std::string_view dataset_namespace, const LineName& line);
std::string OwnerRow(std::string_view owner, char kind, const LineName& line);
// Prefix of all lines of a domain (of everything if empty), and of one product.
std::string LinesPrefix(std::string_view domain);
std::string ProductPrefix(std::string_view domain, std::string_view product);
// Every prefix by which lines are looked up (IdPrefix, AssetPrefix, ProductPrefix, an owner's with the kind) and that
// this row is under; views into the key. None for rows of other tables.
std::vector<std::string_view> ScannedPrefixes(std::string_view key);
// First key behind every key with the prefix.
std::string PrefixEnd(std::string_view prefix);

// The way back; empty if the bytes are not of that form. A line's bytes are those behind the table or the id.
std::optional<LineName> ParseLine(std::string_view bytes);
// The line of a row in kAssets.
std::optional<LineName> ParseAssetLine(std::string_view key);
std::optional<Revision> ParseRevision(std::string_view eight_bytes);
// Revision of a row in kLineHistory or kLedgerHistory: its last eight bytes.
std::optional<Revision> ParseInvertedRevision(std::string_view key);

// Revision of a row in kTimes.
std::optional<Revision> ParseTimeRevision(std::string_view key);

// Values: eight bytes, and a ledger value behind the revision that wrote it.
std::string RevisionValue(Revision revision);
struct StampedValue {
  Revision modified = 0;
  std::string_view value;
};
std::string Stamp(Revision modified, std::string_view value);
std::optional<StampedValue> ParseStamped(std::string_view bytes);

}  // namespace souk::storage::rows
