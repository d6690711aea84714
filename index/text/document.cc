// SPDX-License-Identifier: Apache-2.0
#include "index/text/document.h"

#include <algorithm>
#include <unordered_set>

#include "base/errors.h"
#include "base/limits.h"
#include "base/roles.h"
#include "index/checksum.h"
#include "index/text/tokenizer.h"
#include "index/text/unicode.h"

namespace souk::text {
namespace {

constexpr size_t kSummaryBytesMax = 240;
constexpr uint32_t kValueGap = 16;      // positions between two texts, so that no phrase spans them
constexpr size_t kNameSuffixesMax = 8;  // "a.b.c" is also found as "b.c" and "c"

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

void AddDistinct(std::vector<std::string>& values, std::string_view value) {
  value = Trim(value);
  if (value.empty() || value.size() > limits::kIdentifierBytesMax) return;
  if (std::find(values.begin(), values.end(), value) == values.end()) values.emplace_back(value);
}

// White space collapsed, cut at a word.
std::string Summarize(std::string_view text) {
  std::string out;
  for (const char c : CutUtf8(text, 2 * kSummaryBytesMax)) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space) out += c;
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.size() > kSummaryBytesMax) {
    const size_t space = out.rfind(' ', kSummaryBytesMax);
    const size_t cut = space == std::string::npos || space == 0 ? CutUtf8(out, kSummaryBytesMax).size() : space;
    out.resize(cut);
    out += "…";
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

class Builder {
 public:
  explicit Builder(const store::v1::LineState& state) : state_(state), model_(state.model()) {}

  Status Build(IndexDocument& out) {
    ASSIGN_OR_RETURN(out_.record.line, ParseLineName(state_.name()));
    AddAttributes();
    AddColumns();  // first: their positions start at zero
    base_ = static_cast<uint32_t>(columns_) * kColumnStride;
    AddNames();
    AddDocs();
    AddOwners();
    AddKeys();
    for (size_t i = 0; i < kTextFieldCount; ++i) out_.record.lengths[i] = EncodeLength(lengths_[i]);
    Seal();
    out = std::move(out_);
    return Status::Ok();
  }

 private:
  void AddAttributes() {
    LineRecord& record = out_.record;
    record.state = static_cast<uint8_t>(state_.state());
    record.descriptor_id = model_.id();
    record.display_name = model_.name();
    record.version = model_.version();
    record.summary = Summarize(model_.description().purpose());
    record.team = Trim(model_.team().name());
    AddDistinct(record.types, model_.type());
    for (const std::string& tag : model_.tags()) AddDistinct(record.tags, tag);
    for (const v1::OutputPort& port : model_.output_ports()) {
      AddDistinct(record.types, port.type());
      for (const std::string& tag : port.tags()) AddDistinct(record.tags, tag);
    }
    for (const v1::DataContract& contract : model_.contracts()) {
      for (const std::string& tag : contract.tags()) AddDistinct(record.tags, tag);
      for (const v1::Server& server : contract.servers()) AddDistinct(record.platforms, server.type());
      for (const v1::SchemaObject& object : contract.schema()) {
        AddDistinct(record.types, object.physical_type());
        for (const std::string& tag : object.tags()) AddDistinct(record.tags, tag);
      }
    }
  }

  void AddColumns() {
    for (const v1::DataContract& contract : model_.contracts()) {
      for (const v1::SchemaObject& object : contract.schema()) {
        out_.record.objects.push_back({object.name(), {}});
        for (const v1::SchemaProperty& property : object.properties()) AddColumn(property, "");
      }
    }
  }

  void AddColumn(const v1::SchemaProperty& property, const std::string& parent) {
    if (columns_ >= limits::kColumnsMax) return;
    const std::string path = parent.empty() ? property.name() : parent + "." + property.name();
    const auto ordinal = static_cast<uint32_t>(columns_++);
    out_.record.objects.back().paths.push_back(path);
    AddDistinct(out_.record.classifications, property.classification());
    for (const std::string& tag : property.tags()) AddDistinct(out_.record.tags, tag);

    base_ = ordinal * kColumnStride;
    limit_ = base_ + kColumnStride - 1;
    AddText(TextField::kColumn, path);
    if (property.physical_name() != property.name()) AddText(TextField::kColumn, property.physical_name());
    AddText(TextField::kColumn, property.business_name());
    AddText(TextField::kColumnDocs, property.description());
    limit_ = UINT32_MAX;
    if (!property.description().empty()) {
      AppendBodyText(out_.stored_body, TextField::kColumnDocs, ordinal, property.description());
    }
    AddChildren(property, path);
  }

  // The element of an array has no name of its own.
  void AddChildren(const v1::SchemaProperty& property, const std::string& path) {
    for (const v1::SchemaProperty& child : property.properties()) AddColumn(child, path);
    for (const v1::SchemaProperty& item : property.items()) AddChildren(item, path);
  }

  void AddNames() {
    AddText(TextField::kName, model_.name());
    for (const std::string& synonym : model_.synonyms()) AddText(TextField::kSynonym, synonym);
    for (const std::string& tag : out_.record.tags) AddText(TextField::kTag, tag);
    AddText(TextField::kDomain, model_.domain());
    for (const v1::DataContract& contract : model_.contracts()) {
      if (contract.name() != model_.name()) AddOnce(TextField::kTitle, contract.name());
      for (const v1::SchemaObject& object : contract.schema()) {
        AddOnce(TextField::kTitle, object.business_name());
        AddOnce(TextField::kPhysicalName, object.name());
        AddOnce(TextField::kPhysicalName, object.physical_name());
        for (const v1::DatasetIdentity& dataset : object.datasets()) AddOnce(TextField::kPhysicalName, dataset.name());
      }
    }
    for (const v1::OutputPort& port : model_.output_ports()) {
      if (port.name() != model_.name()) AddOnce(TextField::kPhysicalName, port.name());
    }
  }

  void AddDocs() {
    AddProse(TextField::kPurpose, model_.description().purpose());
    AddDescription(model_.description());
    for (const v1::OutputPort& port : model_.output_ports()) AddProse(TextField::kDocs, port.description());
    for (const v1::DataContract& contract : model_.contracts()) {
      AddProse(TextField::kDocs, contract.description().purpose());
      AddDescription(contract.description());
      for (const v1::SchemaObject& object : contract.schema()) AddProse(TextField::kDocs, object.description());
    }
  }

  void AddDescription(const v1::Description& description) {
    AddProse(TextField::kDocs, description.usage());
    AddProse(TextField::kDocs, description.limitations());
  }

  void AddOwners() {
    AddText(TextField::kOwner, model_.team().name());
    for (const v1::Member& member : model_.team().members()) {
      if (!member.date_out().empty()) continue;
      if (IsOwnerRole(member.role())) AddDistinct(out_.record.owners, member.username());
      AddText(TextField::kOwner, member.username());
      AddText(TextField::kOwner, member.name());
    }
  }

  void AddKeys() {
    const LineName& line = out_.record.line;
    AddKey(FoldedKey(kLineKey, state_.name()));
    AddKey(FoldedKey(kWrittenNameKey, model_.name()));
    for (const std::string& name : {model_.name(), line.product}) {
      const std::string key = NameKey(name);
      if (!key.empty()) AddKey(kNameKey + std::string(CutUtf8(key, kKeyBytesMax)));
    }
    for (const std::string& id : {state_.name(), line.Product(), line.Short(), line.domain + "/" + line.product}) {
      AddKey(FoldedKey(kIdentifierKey, id));
    }
    AddKey(FoldedKey(kIdentifierKey, model_.id()));
    for (const v1::DataContract& contract : model_.contracts()) {
      AddKey(FoldedKey(kIdentifierKey, contract.id()));
      for (const v1::SchemaObject& object : contract.schema()) {
        AddSuffixKeys(object.name());
        AddSuffixKeys(object.physical_name());
        for (const v1::DatasetIdentity& dataset : object.datasets()) AddSuffixKeys(dataset.name());
      }
    }
    std::sort(out_.keys.begin(), out_.keys.end());
    out_.keys.erase(std::unique(out_.keys.begin(), out_.keys.end()), out_.keys.end());
  }

  void AddSuffixKeys(std::string_view name) {
    for (size_t i = 0; i < kNameSuffixesMax && !name.empty(); ++i) {
      AddKey(FoldedKey(kIdentifierKey, name));
      const size_t dot = name.find('.');
      if (dot == std::string_view::npos) return;
      name.remove_prefix(dot + 1);
    }
  }

  void AddKey(std::string key) {
    if (key.size() > 1) out_.keys.push_back(std::move(key));
  }

  // Contracts often repeat the product's words; once is enough.
  void AddOnce(TextField field, const std::string& text) {
    if (!text.empty() && seen_.insert(text).second) AddText(field, text);
  }

  void AddProse(TextField field, const std::string& text) {
    if (text.empty() || !seen_.insert(text).second) return;
    AddText(field, text);
    AppendBodyText(out_.stored_body, field, 0, text);
  }

  void AddText(TextField field, std::string_view text) {
    if (text.empty()) return;
    uint32_t last = base_;
    const bool prose = SpecOf(field).prose;
    Tokenize(text, [&](const Token& token) {
      last = std::min(base_ + token.position, limit_);
      if (prose && token.stop) return;
      out_.terms.Add(token.term, field, last);
      lengths_[IndexOf(field)] += token.compound ? 0 : 1;
    });
    base_ = std::min(last + kValueGap, limit_);
  }

  void Seal() {
    out_.stored_record = EncodeRecord(out_.record);
    uint64_t digest = index::Checksum64(out_.stored_body, index::Checksum64(out_.stored_record, kSchemaVersion));
    digest = index::Checksum64(out_.terms.bytes(), digest);
    for (const std::string& key : out_.keys) digest = index::Checksum64(key, digest);
    out_.digest.assign(reinterpret_cast<const char*>(&digest), sizeof digest);
  }

  const store::v1::LineState& state_;
  const v1::DataProduct& model_;
  IndexDocument out_;
  std::array<uint32_t, kTextFieldCount> lengths_{};
  std::unordered_set<std::string_view> seen_;
  size_t columns_ = 0;
  uint32_t base_ = 0;
  uint32_t limit_ = UINT32_MAX;
};

}  // namespace

StatusOr<IndexDocument> BuildDocument(const store::v1::LineState& state) {
  IndexDocument document;
  RETURN_IF_ERROR(Builder(state).Build(document));
  return document;
}

std::string FoldedKey(char letter, std::string_view text) {
  return letter + std::string(CutUtf8(FoldText(CutUtf8(Trim(text), 2 * kKeyBytesMax)), kKeyBytesMax));
}

std::string_view StateName(uint8_t state) {
  switch (state) {
    case v1::PRODUCT_STATE_PROPOSED:
      return "proposed";
    case v1::PRODUCT_STATE_DRAFT:
      return "draft";
    case v1::PRODUCT_STATE_ACTIVE:
      return "active";
    case v1::PRODUCT_STATE_DEPRECATED:
      return "deprecated";
    case v1::PRODUCT_STATE_RETIRED:
      return "retired";
    default:
      return "unspecified";
  }
}

}  // namespace souk::text
