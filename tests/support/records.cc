// SPDX-License-Identifier: Apache-2.0
#include "tests/support/records.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/digest.h"
#include "base/visibility.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"

namespace souk::testing {
namespace {

constexpr std::string_view kActor = "test";
constexpr std::chrono::seconds kSoon{30};

void AddColumn(v1::SchemaObject& table, std::string_view name, std::string_view type, std::string_view description) {
  v1::SchemaProperty& column = *table.add_properties();
  column.set_name(std::string(name));
  column.set_logical_type(std::string(type));
  column.set_description(std::string(description));
}

store::v1::ChangeRecord NewRecord(std::string entity) {
  store::v1::ChangeRecord record;
  record.set_entity(std::move(entity));
  record.set_actor(std::string(kActor));
  record.set_time_us(SystemClock().NowUs());
  return record;
}

}  // namespace

std::string ContractOf(std::string_view domain, std::string_view product, int major) {
  return std::string(domain) + "." + std::string(product) + ".v" + std::to_string(major);
}

v1::DataProduct SimpleModel(std::string_view domain, std::string_view product, std::string_view version) {
  const auto major = MajorOf(version);
  const std::string contract_id = ContractOf(domain, product, major.ok() ? static_cast<int>(*major) : 0);
  v1::DataProduct model;
  model.set_id("id." + contract_id);
  model.set_name(std::string(product));
  model.set_domain(std::string(domain));
  model.set_version(std::string(version));
  model.set_status("active");
  model.mutable_description()->set_purpose("What " + std::string(product) + " is for.");
  model.mutable_team()->set_name(std::string(domain) + " team");
  v1::Member& owner = *model.mutable_team()->add_members();
  owner.set_username("ada@example.com");
  owner.set_role("owner");
  v1::OutputPort& port = *model.add_output_ports();
  port.set_name("table");
  port.set_version(std::string(version));
  port.set_contract_id(contract_id);
  v1::DataContract& contract = *model.add_contracts();
  contract.set_id(contract_id);
  contract.set_version(std::string(version));
  v1::SchemaObject& table = *contract.add_schema();
  table.set_name(std::string(product));
  table.set_physical_name(std::string(domain) + "." + std::string(product));
  v1::DatasetIdentity& dataset = *table.add_datasets();
  dataset.set_namespace_("postgres://db.example.com:5432");
  dataset.set_name(std::string(domain) + "." + std::string(product));
  AddColumn(table, "id", "string", "Key of the row.");
  AddColumn(table, "amount", "number", "How much.");
  v1::ServiceLevel& freshness = *contract.add_service_levels();
  freshness.set_property("latency");
  freshness.set_value("4");
  freshness.set_unit("h");
  return model;
}

void AddInput(v1::DataProduct& model, std::string_view contract_id) {
  v1::InputPort& port = *model.add_input_ports();
  port.set_name("input-" + std::to_string(model.input_ports_size()));
  port.set_version("1.0.0");
  port.set_contract_id(std::string(contract_id));
}

LineName LineOf(const v1::DataProduct& model) {
  const auto major = MajorOf(model.version());
  return {Slug(model.domain()), Slug(model.name()), major.ok() ? *major : 0};
}

store::v1::ChangeRecord RegistrationRecord(const v1::DataProduct& model, v1::ProductState state) {
  const LineName line = LineOf(model);
  store::v1::ChangeRecord record = NewRecord(line.ToString());
  record.set_content_digest(Sha256(model.SerializeAsString()));
  store::v1::Registration& registration = *record.mutable_registration();
  *registration.mutable_model() = model;
  registration.set_state(state);
  registration.set_uid("uid-" + line.Short());
  return record;
}

store::v1::ChangeRecord StateRecord(const LineName& line, v1::ProductState state, int64_t sunset_us) {
  store::v1::ChangeRecord record = NewRecord(line.ToString());
  record.mutable_state_change()->set_state(state);
  record.mutable_state_change()->set_sunset_us(sunset_us);
  return record;
}

store::v1::ChangeRecord DomainRecord(std::string_view id, std::string_view owner_team) {
  store::v1::ChangeRecord record = NewRecord(DomainName(id));
  record.mutable_domain()->set_name(DomainName(id));
  if (!owner_team.empty()) record.mutable_domain()->set_owner_team(TeamName(owner_team));
  return record;
}

store::v1::ChangeRecord TeamRecord(std::string_view id) {
  store::v1::ChangeRecord record = NewRecord(TeamName(id));
  record.mutable_team()->set_name(TeamName(id));
  return record;
}

std::unique_ptr<storage::Store> OpenStore(const std::filesystem::path& directory, const Clock& clock) {
  storage::StoreOptions options;
  options.directory = directory;
  auto store = storage::Store::Open(options, clock);
  if (!store.ok()) {
    std::fprintf(stderr, "can't open %s: %s\n", directory.c_str(), store.status().ToString().c_str());
    std::abort();
  }
  return std::move(*store);
}

StatusOr<storage::Revision> Append(storage::Store& store, store::v1::ChangeRecord record) {
  static std::atomic<uint64_t> writes = 0;
  const AllowAll everything;
  ASSIGN_OR_RETURN(const auto row, store.Current(everything).LedgerKey(storage::HeadKey(record.entity())));
  store::v1::EntityHead head;
  if (row) head.ParseFromString(row->value);
  storage::Transaction transaction;
  transaction.write_id =
      "test-" + store.epoch() + "-" + std::to_string(store.applied()) + "-" + std::to_string(++writes);
  storage::AppendRecord(transaction, std::move(record), row ? &head : nullptr, row ? row->modified : 0);
  return store.ledger().Commit(std::move(transaction), Soon());
}

StatusOr<storage::Revision> RegisterLine(storage::Store& store, const v1::DataProduct& model, v1::ProductState state) {
  return Append(store, RegistrationRecord(model, state));
}

StatusOr<storage::Revision> SetLineState(storage::Store& store, const LineName& line, v1::ProductState state) {
  return Append(store, StateRecord(line, state));
}

StatusOr<storage::Revision> PutDomain(storage::Store& store, std::string_view id, std::string_view owner_team) {
  return Append(store, DomainRecord(id, owner_team));
}

StatusOr<storage::Revision> PutTeam(storage::Store& store, std::string_view id) {
  return Append(store, TeamRecord(id));
}

Deadline Soon() { return SystemClock().Monotonic() + kSoon; }
Deadline Now() { return SystemClock().Monotonic(); }

}  // namespace souk::testing
