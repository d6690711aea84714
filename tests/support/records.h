// SPDX-License-Identifier: Apache-2.0
// Builders of products and their records, and the shortest way to get them into a store: without gate, claims or
// domains, which are the business of server/catalog.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "souk/store/v1/records.pb.h"
#include "storage/store.h"

namespace souk::testing {

// A product that the gate would let in: owner "ada@example.com" of team "{domain} team", purpose, one output port with
// the contract "{domain}.{product}.v{major}", whose table "{domain}.{product}" has the columns id and amount, and a
// freshness promise. Its descriptor id is "id.{domain}.{product}.v{major}".
v1::DataProduct SimpleModel(std::string_view domain, std::string_view product, std::string_view version = "1.0.0");
// Lets it read a contract.
void AddInput(v1::DataProduct& model, std::string_view contract_id);
// Contract id of SimpleModel's output port.
std::string ContractOf(std::string_view domain, std::string_view product, int major = 1);
// Name of the line that the model belongs to.
LineName LineOf(const v1::DataProduct& model);

// A record of a registration, ready for storage::AppendRecord.
store::v1::ChangeRecord RegistrationRecord(const v1::DataProduct& model,
                                           v1::ProductState state = v1::PRODUCT_STATE_ACTIVE);
store::v1::ChangeRecord StateRecord(const LineName& line, v1::ProductState state, int64_t sunset_us = 0);
store::v1::ChangeRecord DomainRecord(std::string_view id, std::string_view owner_team = "");
store::v1::ChangeRecord TeamRecord(std::string_view id);

// Aborts the test if it can't be opened.
std::unique_ptr<storage::Store> OpenStore(const std::filesystem::path& directory, const Clock& clock);

// Appends the record as its entity's next and commits it. The same record twice is two changes.
StatusOr<storage::Revision> Append(storage::Store& store, store::v1::ChangeRecord record);
StatusOr<storage::Revision> RegisterLine(storage::Store& store, const v1::DataProduct& model,
                                         v1::ProductState state = v1::PRODUCT_STATE_ACTIVE);
StatusOr<storage::Revision> SetLineState(storage::Store& store, const LineName& line, v1::ProductState state);
StatusOr<storage::Revision> PutDomain(storage::Store& store, std::string_view id, std::string_view owner_team = "");
StatusOr<storage::Revision> PutTeam(storage::Store& store, std::string_view id);

// A deadline far enough away for any machine.
Deadline Soon();
// A deadline that has passed: whoever waits, does not.
Deadline Now();

}  // namespace souk::testing
