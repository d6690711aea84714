// SPDX-License-Identifier: Apache-2.0
#include "tests/index/text/shelf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "base/names.h"

namespace souk::testing {

constexpr size_t kPageSize = 1000;

store::v1::LineState StateOf(const v1::DataProduct& model, v1::ProductState state) {
  store::v1::LineState line;
  line.set_name(LineOf(model).ToString());
  line.set_state(state);
  *line.mutable_model() = model;
  return line;
}

storage::Change ChangeOf(storage::Revision revision, const store::v1::LineState& state) {
  storage::Change change;
  change.revision = revision;
  storage::EntityDelta delta;
  delta.entity = state.name();
  delta.action = "register";
  delta.line = std::make_shared<const store::v1::LineState>(state);
  change.deltas.push_back(std::move(delta));
  return change;
}

std::vector<std::string> NamesOf(const v1::SearchResponse& response) {
  std::vector<std::string> names;
  for (const v1::SearchHit& hit : response.hits()) names.push_back(ParseLineName(hit.name())->Short());
  return names;
}

Shelf::Shelf() { Open(); }

void Shelf::Open(std::string epoch) {
  text::TextIndexOptions options;
  options.directory = directory_.path() / "text";
  options.epoch = std::move(epoch);
  auto opened = text::TextIndex::Open(std::move(options), clock_);
  ASSERT_TRUE(opened.ok()) << opened.status().ToString();
  index_ = std::move(opened).value();
}

storage::Revision Shelf::Put(const v1::DataProduct& model, v1::ProductState state) {
  return Put(StateOf(model, state));
}

storage::Revision Shelf::Put(const store::v1::LineState& state) {
  const Status applied = index_->Apply({ChangeOf(++revision_, state)});
  EXPECT_TRUE(applied.ok()) << applied.ToString();
  return revision_;
}

v1::SearchResponse Shelf::Search(std::string_view query, std::string_view filter) const {
  v1::SearchRequest request;
  request.set_query(std::string(query));
  request.set_filter(std::string(filter));
  return Search(request, everybody_);
}

v1::SearchResponse Shelf::Search(const v1::SearchRequest& request, const Visibility& visibility) const {
  const auto answer = index_->Search(request, {0, kPageSize}, visibility, [] { return Status::Ok(); });
  EXPECT_TRUE(answer.ok()) << answer.status().ToString();
  return answer.ok() ? answer->response : v1::SearchResponse();
}

v1::SuggestResponse Shelf::Suggest(std::string_view prefix, const Visibility& visibility) const {
  v1::SuggestRequest request;
  request.set_prefix(std::string(prefix));
  request.set_limit(100);
  storage::Revision revision = 0;
  const auto response = index_->Suggest(request, visibility, &revision);
  EXPECT_TRUE(response.ok()) << response.status().ToString();
  return response.ok() ? *response : v1::SuggestResponse();
}

std::vector<std::filesystem::path> Shelf::Files() const {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
    if (entry.is_regular_file() && entry.path().parent_path().filename().string().starts_with("gen-")) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace souk::testing
