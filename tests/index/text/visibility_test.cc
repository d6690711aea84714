// SPDX-License-Identifier: Apache-2.0
// What is hidden leaves no trace: an answer is the same as if the hidden lines did not exist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/index/text/shelf.h"

namespace souk::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HideDomain final : public Visibility {
 public:
  explicit HideDomain(std::string domain) : domain_(std::move(domain)) {}
  bool AllowsAll() const override { return false; }
  bool Allows(const LineName& line) const override { return line.domain != domain_; }

 private:
  std::string domain_;
};

v1::DataProduct Model(std::string_view domain, std::string_view product) {
  v1::DataProduct model = SimpleModel(domain, product);
  model.mutable_description()->set_purpose("merger plans");
  model.add_tags(std::string(domain) + "-tag");
  return model;
}

class VisibilityTest : public ::testing::Test {
 protected:
  VisibilityTest() {
    for (Shelf* shelf : {&whole_, &open_}) {
      for (int i = 0; i < 5; ++i) shelf->Put(Model("open", "p" + std::to_string(i)));
      shelf->Put(SimpleModel("open", "merger_plans_public"));
    }
    for (int i = 0; i < 20; ++i) whole_.Put(Model("secret", "s" + std::to_string(i)));
    whole_.Put(SimpleModel("secret", "merger"));
    whole_.Put(SimpleModel("secret", "merger_plans"));
  }

  Shelf whole_;  // everything, some of it hidden
  Shelf open_;   // only what is not hidden
  HideDomain hide_{"secret"};
};

TEST_F(VisibilityTest, AnswersAreAsIfTheHiddenDidNotExist) {
  for (const char* query : {"merger", "merger plans", "merger_plans", "\"merger plans\"", "-p1", "", "secret-tag",
                            "amount", "s3", "secret/merger@1", "p1 nothing"}) {
    v1::SearchRequest request;
    request.set_query(query);
    request.add_facets("domain");
    request.add_facets("tag");
    request.set_highlight(true);
    const v1::SearchResponse hidden = whole_.Search(request, hide_);
    const v1::SearchResponse absent = open_.Search(request, AllowAll());
    EXPECT_EQ(NamesOf(hidden), NamesOf(absent)) << query;
    EXPECT_EQ(hidden.total_size(), absent.total_size()) << query;
    EXPECT_EQ(hidden.any_word_fallback(), absent.any_word_fallback()) << query;
    ASSERT_EQ(hidden.facets_size(), absent.facets_size());
    for (int i = 0; i < hidden.facets_size(); ++i) {
      EXPECT_EQ(hidden.facets(i).SerializeAsString(), absent.facets(i).SerializeAsString()) << query;
    }
    EXPECT_EQ(hidden.DebugString().find("secret"), std::string::npos) << query;
  }
}

TEST_F(VisibilityTest, SuggestionsNeitherNameNorCountTheHidden) {
  for (const char* prefix : {"m", "merger", "s", "secret", "secret-tag", "amount", "p", "ada"}) {
    const v1::SuggestResponse hidden = whole_.Suggest(prefix, hide_);
    const v1::SuggestResponse absent = open_.Suggest(prefix, AllowAll());
    EXPECT_EQ(hidden.DebugString(), absent.DebugString()) << prefix;
  }
}

TEST_F(VisibilityTest, WhoMaySeeEverythingDoes) {
  EXPECT_EQ(whole_.Names("merger").size(), 28U);
  EXPECT_EQ(whole_.Search({}, HideDomain("nothing")).total_size(), whole_.Search("").total_size());
}

}  // namespace
}  // namespace souk::testing
