// SPDX-License-Identifier: Apache-2.0
// A catalog for ownership tests: a real store, and the shortest way to fill it.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/visibility.h"
#include "souk/store/v1/records.pb.h"
#include "storage/store.h"
#include "tests/support/temp_dir.h"

namespace souk::ownership {

struct Person {
  std::string username;
  std::string role = "owner";
  std::string date_out = "";
};

class CatalogTest : public ::testing::Test {
 protected:
  CatalogTest();

  // A bare model: no team, no contract.
  static v1::DataProduct Model(std::string_view domain, std::string_view product, std::string_view version = "1.0.0");
  static void SetTeam(v1::DataProduct& model, std::string_view name, const std::vector<Person>& people);
  // An output port with its contract, the physical name and, with a namespace, the dataset of that name.
  static void Offer(v1::DataProduct& model, std::string_view contract, std::string_view table = "",
                    std::string_view dataset_namespace = "");

  // Each fails the test if the store refuses it.
  void Register(const v1::DataProduct& model, v1::ProductState state = v1::PRODUCT_STATE_ACTIVE);
  void PutDomain(std::string_view id, std::string_view owner_team = "", std::string_view parent = "");
  void PutTeam(std::string_view id, const std::vector<Person>& people, std::string_view display_name = "",
               std::string_view channel = "");

  storage::View View() const { return store_->Current(everybody_); }
  // The same moment, as of the past: something has been written since.
  storage::View Past();

  souk::testing::TempDir folder_;
  ManualClock clock_;
  AllowAll everybody_;
  std::unique_ptr<storage::Store> store_;
};

}  // namespace souk::ownership
