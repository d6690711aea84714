// SPDX-License-Identifier: Apache-2.0
// A text index in a folder of its own, filled line by line without a store. Fails the test where the index does. For
// one thread, but for the searches.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/visibility.h"
#include "index/text/text_index.h"
#include "souk/store/v1/records.pb.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace souk::testing {

store::v1::LineState StateOf(const v1::DataProduct& model, v1::ProductState state = v1::PRODUCT_STATE_ACTIVE);
storage::Change ChangeOf(storage::Revision revision, const store::v1::LineState& state);

// "sales/orders@1" of every hit, in order.
std::vector<std::string> NamesOf(const v1::SearchResponse& response);

class Shelf {
 public:
  Shelf();

  // Closes the index, as kill -9 would: what was not persisted is gone.
  void Close() { index_.reset(); }
  void Open(std::string epoch = "epoch");
  void Reopen() {
    Close();
    Open();
  }

  // Applies the line's state as the next revision.
  storage::Revision Put(const v1::DataProduct& model, v1::ProductState state = v1::PRODUCT_STATE_ACTIVE);
  storage::Revision Put(const store::v1::LineState& state);

  v1::SearchResponse Search(std::string_view query, std::string_view filter = "") const;
  v1::SearchResponse Search(const v1::SearchRequest& request, const Visibility& visibility) const;
  std::vector<std::string> Names(std::string_view query, std::string_view filter = "") const {
    return NamesOf(Search(query, filter));
  }
  v1::SuggestResponse Suggest(std::string_view prefix, const Visibility& visibility) const;

  text::TextIndex& index() { return *index_; }
  const std::filesystem::path& directory() const { return directory_.path(); }
  // Files of the serving generation.
  std::vector<std::filesystem::path> Files() const;
  storage::Revision revision() const { return revision_; }

 private:
  TempDir directory_;
  SystemClock clock_;
  AllowAll everybody_;
  storage::Revision revision_ = 0;
  std::unique_ptr<text::TextIndex> index_;
};

}  // namespace souk::testing
