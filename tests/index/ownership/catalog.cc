// SPDX-License-Identifier: Apache-2.0
#include "tests/index/ownership/catalog.h"

#include "base/names.h"
#include "tests/support/records.h"

namespace souk::ownership {
namespace {

constexpr int64_t kStartUs = 1'700'000'000'000'000;

void AddPeople(const std::vector<Person>& people, google::protobuf::RepeatedPtrField<v1::Member>& members) {
  for (const Person& person : people) {
    v1::Member& member = *members.Add();
    member.set_username(person.username);
    member.set_role(person.role);
    member.set_date_out(person.date_out);
  }
}

}  // namespace

CatalogTest::CatalogTest() : clock_(kStartUs), store_(souk::testing::OpenStore(folder_ / "store", clock_)) {}

v1::DataProduct CatalogTest::Model(std::string_view domain, std::string_view product, std::string_view version) {
  v1::DataProduct model;
  model.set_domain(std::string(domain));
  model.set_name(std::string(product));
  model.set_version(std::string(version));
  return model;
}

void CatalogTest::SetTeam(v1::DataProduct& model, std::string_view name, const std::vector<Person>& people) {
  model.mutable_team()->set_name(std::string(name));
  AddPeople(people, *model.mutable_team()->mutable_members());
}

void CatalogTest::Offer(v1::DataProduct& model, std::string_view contract, std::string_view table,
                        std::string_view dataset_namespace) {
  model.add_output_ports()->set_contract_id(std::string(contract));
  v1::DataContract& offered = *model.add_contracts();
  offered.set_id(std::string(contract));
  if (table.empty()) return;
  v1::SchemaObject& object = *offered.add_schema();
  object.set_physical_name(std::string(table));
  if (dataset_namespace.empty()) return;
  v1::DatasetIdentity& dataset = *object.add_datasets();
  dataset.set_namespace_(std::string(dataset_namespace));
  dataset.set_name(std::string(table));
}

void CatalogTest::Register(const v1::DataProduct& model, v1::ProductState state) {
  store::v1::ChangeRecord record = souk::testing::RegistrationRecord(model, state);
  record.set_time_us(clock_.NowUs());
  const auto revision = souk::testing::Append(*store_, std::move(record));
  ASSERT_TRUE(revision.ok()) << revision.status().ToString();
}

void CatalogTest::PutDomain(std::string_view id, std::string_view owner_team, std::string_view parent) {
  store::v1::ChangeRecord record = souk::testing::DomainRecord(id);
  record.mutable_domain()->set_owner_team(owner_team.empty() ? "" : TeamName(owner_team));
  record.mutable_domain()->set_parent(parent.empty() ? "" : DomainName(parent));
  const auto revision = souk::testing::Append(*store_, std::move(record));
  ASSERT_TRUE(revision.ok()) << revision.status().ToString();
}

void CatalogTest::PutTeam(std::string_view id, const std::vector<Person>& people, std::string_view display_name,
                          std::string_view channel) {
  store::v1::ChangeRecord record = souk::testing::TeamRecord(id);
  v1::Team& team = *record.mutable_team();
  team.clear_members();
  team.clear_contacts();
  AddPeople(people, *team.mutable_members());
  team.set_display_name(std::string(display_name));
  if (!channel.empty()) {
    v1::Contact& contact = *team.add_contacts();
    contact.set_channel("chat");
    contact.set_url(std::string(channel));
  }
  const auto revision = souk::testing::Append(*store_, std::move(record));
  ASSERT_TRUE(revision.ok()) << revision.status().ToString();
}

storage::View CatalogTest::Past() {
  const storage::Revision then = store_->applied();
  Register(Model("later", "something"));
  auto view = store_->At(then, everybody_);
  EXPECT_TRUE(view.ok()) << view.status().ToString();
  EXPECT_TRUE(view->historic());
  return *std::move(view);
}

}  // namespace souk::ownership
