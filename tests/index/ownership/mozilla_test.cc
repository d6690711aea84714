// SPDX-License-Identifier: Apache-2.0
// A real mesh: the owners of every product are those of its source.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/ownership/ownership.h"
#include "tests/index/mozilla_mesh.h"
#include "tests/index/ownership/catalog.h"
#include "tests/support/records.h"

namespace souk::ownership {
namespace {

using ::testing::IsEmpty;

class MozillaOwners : public CatalogTest {
 protected:
  // Each table's first column leads to the line; one that its schema does not have leads nowhere.
  static void ExpectColumns(const storage::View& view, const store::v1::LineState& line) {
    for (const v1::DataContract& contract : line.model().contracts()) {
      for (const v1::SchemaObject& object : contract.schema()) {
        for (const v1::DatasetIdentity& dataset : object.datasets()) {
          DatasetName column = {dataset.namespace_(), dataset.name(), "no such column"};
          EXPECT_EQ(ResolveLine(view, column.ToString()).ok(), object.properties().empty()) << column.ToString();
          if (object.properties().empty()) continue;
          column.column = object.properties(0).name();
          EXPECT_EQ(ResolveLine(view, column.ToString())->ToString(), line.name());
        }
      }
    }
  }
};

TEST_F(MozillaOwners, AreThoseOfTheSource) {
  const auto lines = index::ReadMozillaMesh();
  if (lines.empty()) GTEST_SKIP() << index::MozillaMesh() << " is absent";
  const auto expected = index::ReadPairs("owners.tsv");
  const auto tables = index::ReadPairs("tables.tsv");
  for (const auto& line : lines) {
    const auto revision = souk::testing::RegisterLine(*store_, line.model(), line.state());
    ASSERT_TRUE(revision.ok()) << revision.status().ToString();
  }
  PutDomain("zoom", "zoom-team");
  const storage::View view = View();
  std::map<std::string, std::set<std::string>> products_of;
  for (const auto& line : lines) {
    const std::string& id = line.model().id();
    const auto owner = FindOwner(view, id);
    ASSERT_TRUE(owner.ok()) << owner.status().ToString();
    EXPECT_EQ(owner->product(), line.name());
    const std::set<std::string> owners(owner->owners().begin(), owner->owners().end());
    EXPECT_EQ(owners.size(), static_cast<size_t>(owner->owners_size())) << id;
    if (const auto known = expected.find(id); known != expected.end()) {
      EXPECT_EQ(owners, known->second) << id;
      EXPECT_EQ(owner->derivation(), v1::OWNER_DERIVATION_DECLARED) << id;
      for (const std::string& person : known->second) products_of[person].insert(line.name());
    } else {
      EXPECT_THAT(owners, IsEmpty()) << id;
      EXPECT_EQ(owner->derivation(),
                id.starts_with("zoom.") ? v1::OWNER_DERIVATION_INHERITED : v1::OWNER_DERIVATION_ESCALATED)
          << id;
    }
    // Its table, contract and column lead to the same line.
    for (const std::string& table : tables.at(id)) {
      EXPECT_EQ(ResolveLine(view, table)->ToString(), line.name());
    }
    ExpectColumns(view, line);
    EXPECT_EQ(ResolveLine(view, id + ".contract")->ToString(), line.name());
  }
  for (const auto& [person, names] : products_of) {
    std::set<std::string> listed;
    const auto owned = ListOwned(view, person);
    for (const v1::OwnedProduct& product : *owned) listed.insert(product.name());
    EXPECT_EQ(listed, names) << person;
  }
}

}  // namespace
}  // namespace souk::ownership
