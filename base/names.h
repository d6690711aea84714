// SPDX-License-Identifier: Apache-2.0
// Resource names, ids and slugs: how everything in the catalog is called. Pure functions and values; thread-safe.
//
//   domains/{domain}                                   a domain
//   domains/{domain}/products/{product}                a product; means its newest live line
//   domains/{domain}/products/{product}/lines/{major}  a line: the unit of the catalog
//   domains/{domain}/products/{product}/versions/{v}   one version of a line
//   teams/{team}                                       a team
//   sales/orders, sales/orders@2                       short forms of product and line
//   dataset:NAMESPACE:NAME[#column]                    a physical dataset (OpenLineage pair), see DatasetName
//
// An id matches ^[a-z]([a-z0-9-]{0,126}[a-z0-9])?$. No name holds a 0x00 byte, so key prefixes are exact.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace souk {

// True if text is a resource id.
bool IsResourceId(std::string_view text);

// The slug rule: lower case, each run outside [a-z0-9] becomes one '-', trimmed, "p-" in front if no letter leads,
// cut to the longest legal id. Empty if nothing is left.
std::string Slug(std::string_view text);
// Bytes of the slug before it is cut; above limits::kResourceIdCharsMax, two texts may share one.
size_t SlugSize(std::string_view text);

// A line: product and major version.
struct LineName {
  std::string domain;
  std::string product;
  uint32_t major = 0;

  // The check takes the zero that is compared with for a pointer.
  auto operator<=>(const LineName&) const = default;  // NOLINT(modernize-use-nullptr)
  // "domains/sales/products/orders/lines/2"
  std::string ToString() const;
  // "sales/orders@2"
  std::string Short() const;
  // "domains/sales/products/orders"
  std::string Product() const;
};

// A reference to a product, a line or a version, by resource name or short form.
struct ProductReference {
  std::string domain;
  std::string product;
  std::optional<uint32_t> major;       // absent: the newest live line
  std::optional<std::string> version;  // present for ".../versions/{v}"
};

// INVALID_ARGUMENT unless text is a line's full resource name.
StatusOr<LineName> ParseLineName(std::string_view text);

// Empty if text is not of one of the product forms (it may still be an id of another kind).
std::optional<ProductReference> ParseProductReference(std::string_view text);

// "domains/{id}" or "{id}" to id. INVALID_ARGUMENT otherwise.
StatusOr<std::string> ParseDomainName(std::string_view text);
// "teams/{id}" or "{id}" to id. INVALID_ARGUMENT otherwise.
StatusOr<std::string> ParseTeamName(std::string_view text);

std::string DomainName(std::string_view domain_id);
std::string TeamName(std::string_view team_id);

// A physical dataset or one of its columns.
struct DatasetName {
  std::string dataset_namespace;
  std::string name;
  std::string column;  // empty: the dataset itself

  auto operator<=>(const DatasetName&) const = default;
  // "dataset:NAMESPACE:NAME" with ':', '#' and '%' inside NAME percent-encoded, "#column" behind it where there is one.
  std::string ToString() const;
};

// Empty if text does not start with "dataset:" or has no name. The last colon splits namespace from name.
std::optional<DatasetName> ParseDatasetName(std::string_view text);

// Major number of a version such as "2.1.0", "v2" or "2". INVALID_ARGUMENT if it has none.
StatusOr<uint32_t> MajorOf(std::string_view version);

// True if text may stand in a version's resource name: a major number, and only letters, digits, '.', '-', '+', '_'.
bool IsVersion(std::string_view text);

// True if a is an older version than b, by numbers, then by text. Pre-releases sort before their release.
bool VersionLess(std::string_view a, std::string_view b);

// A revision as the opaque token of the API, bound to one store by its epoch (hexadecimal text).
std::string RevisionToken(uint64_t revision, std::string_view epoch);
// INVALID_ARGUMENT if the token can't be read, FAILED_PRECONDITION if it belongs to another store. "0" is revision 0.
StatusOr<uint64_t> ParseRevisionToken(std::string_view token, std::string_view epoch);
// True if both tokens are of one store and the first is of the older revision; false too where that can't be told.
bool IsOlderRevision(std::string_view token, std::string_view than);

// True if bytes are well-formed UTF-8 without 0x00.
bool IsCleanUtf8(std::string_view bytes);

}  // namespace souk
