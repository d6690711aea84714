// SPDX-License-Identifier: Apache-2.0
#include "index/text/rows.h"

#include <algorithm>

namespace souk::text {

Row::Row(const LineRecord& record, Dictionaries& dictionaries)
    : state_(record.state), lengths_(record.lengths), major_(record.line.major) {
  domain_ = dictionaries[ValueKind::kDomain].Intern(record.line.domain);
  std::string product = record.line.Product();
  product += '\0';
  product += record.display_name;
  product_ = dictionaries[ValueKind::kProduct].Intern(product);

  const std::array<std::string_view, kTexts> texts = {record.line.product, record.descriptor_id, record.display_name,
                                                      record.version, record.summary};
  size_t bytes = 0;
  for (const std::string_view text : texts) bytes += text.size();
  texts_.reserve(bytes);
  for (size_t i = 0; i < kTexts; ++i) {
    texts_ += texts[i];
    text_ends_[i] = static_cast<uint32_t>(texts_.size());
  }

  std::array<std::vector<uint32_t>, kValueKindCount + 1> lists;
  const auto add = [&](ValueKind kind, std::string_view text) {
    lists[static_cast<size_t>(kind)].push_back(dictionaries[kind].Intern(text));
  };
  lists[static_cast<size_t>(ValueKind::kDomain)] = {domain_};
  lists[static_cast<size_t>(ValueKind::kProduct)] = {product_};
  if (!record.team.empty()) add(ValueKind::kTeam, record.team);
  for (const std::string& text : record.owners) add(ValueKind::kOwner, text);
  for (const std::string& text : record.tags) add(ValueKind::kTag, text);
  for (const std::string& text : record.types) add(ValueKind::kType, text);
  for (const std::string& text : record.platforms) add(ValueKind::kPlatform, text);
  for (const std::string& text : record.classifications) add(ValueKind::kClassification, text);
  for (const ObjectColumns& object : record.objects) {
    add(ValueKind::kObject, object.object);
    for (const std::string& path : object.paths) add(ValueKind::kColumn, path);
    lists[kObjectEndsList].push_back(static_cast<uint32_t>(lists[static_cast<size_t>(ValueKind::kColumn)].size()));
  }

  size_t values = 0;
  for (const std::vector<uint32_t>& list : lists) values += list.size();
  values_.reserve(values);
  for (size_t i = 0; i < lists.size(); ++i) {
    values_.insert(values_.end(), lists[i].begin(), lists[i].end());
    list_ends_[i] = static_cast<uint32_t>(values_.size());
  }
}

std::span<const uint32_t> Row::Values(ValueKind kind) const {
  const auto i = static_cast<size_t>(kind);
  const uint32_t begin = i == 0 ? 0 : list_ends_[i - 1];
  return std::span(values_).subspan(begin, list_ends_[i] - begin);
}

std::span<const uint32_t> Row::ObjectEnds() const {
  const uint32_t begin = list_ends_[kObjectEndsList - 1];
  return std::span(values_).subspan(begin, list_ends_[kObjectEndsList] - begin);
}

std::string_view Row::Text(size_t i) const {
  const uint32_t begin = i == 0 ? 0 : text_ends_[i - 1];
  return std::string_view(texts_).substr(begin, text_ends_[i] - begin);
}

LineName Row::Line(const Dictionaries& dictionaries) const {
  return {dictionaries[ValueKind::kDomain].Text(domain_), std::string(product_id()), major_};
}

std::string Row::ColumnName(uint32_t ordinal, const Dictionaries& dictionaries) const {
  const std::span<const uint32_t> columns = Values(ValueKind::kColumn);
  if (ordinal >= columns.size()) return {};
  const std::span<const uint32_t> ends = ObjectEnds();
  const auto object = static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), ordinal) - ends.begin());
  const std::string& object_name = dictionaries[ValueKind::kObject].Text(Values(ValueKind::kObject)[object]);
  const std::string& path = dictionaries[ValueKind::kColumn].Text(columns[ordinal]);
  return object_name.empty() ? path : object_name + "." + path;
}

RowTable RowTable::Share() {
  shared_.assign(blocks_.size(), true);
  RowTable table;
  table.blocks_ = blocks_;
  return table;
}

void RowTable::Set(uint32_t slot, std::shared_ptr<const Row> row) {
  const size_t block = slot / kBlockRows;
  while (blocks_.size() <= block) {
    blocks_.push_back(std::make_shared<Block>());
    shared_.push_back(false);
  }
  if (shared_[block]) {
    blocks_[block] = std::make_shared<Block>(*blocks_[block]);
    shared_[block] = false;
  }
  (*blocks_[block])[slot % kBlockRows] = std::move(row);
}

}  // namespace souk::text
