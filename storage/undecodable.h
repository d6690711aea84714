// SPDX-License-Identifier: Apache-2.0
// What the fold remembers of values that it did not understand: each in a row of quarantine, and the entity that holds
// one marked, until a record tells the entity's whole content again. A pure function of the ledger, as the fold is; of
// a value that was overwritten nothing stays, because a list would not tell of it either.
//
// Free functions; thread-safe as far as their arguments are.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "souk/store/v1/records.pb.h"
#include "storage/engine.h"
#include "storage/row_access.h"

namespace souk::storage {

// The rows of a fold that is under way, and its totals.
struct FoldRows {
  RowAccess& rows;
  store::v1::AppliedState& totals;
};

// The value was not understood. `hides`: it may tell what the entity is now, or how its history goes on.
Status Quarantine(std::string_view entity, const store::v1::Undecodable& value, bool hides, FoldRows fold);
// A record of the entity was folded. `whole`: it tells all of the entity's content.
Status NoteUnderstood(std::string_view entity, std::string_view key, uint64_t number, bool whole, FoldRows fold);

// The mark of an entity, if it has one.
StatusOr<std::optional<store::v1::UndecodableEntity>> FindUndecodable(const Engine& engine,
                                                                      const EngineSnapshot* snapshot,
                                                                      std::string_view entity);
// Every mark in the order of names, from the first that begins with the prefix, until visit returns false.
Status ForEachUndecodable(
    const Engine& engine, const EngineSnapshot* snapshot, std::string_view prefix,
    const std::function<bool(const std::string& entity, const store::v1::UndecodableEntity&)>& visit);

// Whether this program would understand something that is marked: a newer one may. Then the rows are of an older
// program's making.
StatusOr<bool> UnderstandsMore(const Engine& engine);

}  // namespace souk::storage
