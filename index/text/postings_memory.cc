// SPDX-License-Identifier: Apache-2.0
#include "index/text/postings_memory.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "index/text/wide.h"

namespace souk::text {
namespace {

// What a distinct term or key costs beside its bytes and occurrences.
constexpr size_t kEntryBytes = 48;

void AppendMark(std::string& term, TextField field) {
  term += static_cast<char>(kFieldMark);
  term += static_cast<char>(LetterOf(field));
}

}  // namespace

void PostingsMemory::Add(const IndexDocument& document, uint32_t slot, bool replaces) {
  const std::unique_lock lock(mutex_);
  const auto number = static_cast<uint32_t>(documents_.size());
  const auto [newest, fresh] = newest_.emplace(slot, number);
  if (!fresh) {
    Document& older = documents_[newest->second];
    replaces = older.replaces;
    older.hidden_from = number;
    newest->second = number;
  } else if (replaces) {
    // Views have the old ones.
    auto replaced = replaced_ ? std::make_shared<std::vector<bool>>(*replaced_) : std::make_shared<std::vector<bool>>();
    if (replaced->size() <= slot) replaced->resize(slot + 1);
    (*replaced)[slot] = true;
    replaced_ = std::move(replaced);
  }
  documents_.push_back({slot, replaces, kNone, FoldedKey(kLineKey, document.record.line.ToString()),
                        document.stored_record, document.digest + document.stored_body});
  bytes_ += documents_.back().record.size() + documents_.back().body.size();
  AddTerms(document.terms, number);
  AddColumns(document.record, slot);
  for (const std::string& key : document.keys) {
    std::vector<uint32_t>& holders = keys_[IndexedForm(key)];
    if (holders.empty()) bytes_ += kEntryBytes + key.size();
    if (holders.empty() || holders.back() != number) holders.push_back(number);
  }
}

void PostingsMemory::AddTerms(const TermList& terms, uint32_t number) {
  for (size_t i = 0; i < terms.size(); ++i) {
    const TermList::Term term = terms[i];
    term_.assign(term.text);
    AppendMark(term_, term.field);
    if (terms_.Add(term_, {number, term.position})) bytes_ += kEntryBytes + term_.size();
  }
  bytes_ += terms.size() * sizeof(Occurrence);
}

void PostingsMemory::AddColumns(const LineRecord& record, uint32_t slot) {
  columns_.slots.push_back(slot);
  columns_.states.push_back(record.state);
  for (size_t i = 0; i < kTextFieldCount; ++i) columns_.lengths[i].push_back(record.lengths[i]);
}

PostingsMemory::View PostingsMemory::ViewOf(const std::shared_ptr<const PostingsMemory>& memory) {
  View view;
  if (memory->empty()) return view;
  view.memory_ = memory;
  view.end_ = static_cast<uint32_t>(memory->documents_.size());
  view.columns_ = std::make_shared<const SegmentColumns>(memory->columns_);
  view.replaced_ = memory->replaced_;
  return view;
}

bool PostingsMemory::View::Hidden(uint32_t document) const {
  const std::shared_lock lock(memory_->mutex_);
  return memory_->HiddenAt(document, end_);
}

void PostingsMemory::View::ForEachPosting(std::string_view term, const PostingVisitor& visit) const {
  std::vector<int32_t> documents;
  std::vector<int32_t> counts;
  std::string marked;
  for (const TextFieldSpec& spec : kTextFields) {
    marked = term;
    AppendMark(marked, spec.field);
    documents.clear();
    counts.clear();
    {
      const std::shared_lock lock(memory_->mutex_);
      memory_->terms_.ForEachOccurrence(marked, [&](const Occurrence& occurrence) {
        if (occurrence.document >= end_) return false;
        const auto document = static_cast<int32_t>(occurrence.document);
        if (!documents.empty() && documents.back() == document) {
          ++counts.back();
        } else if (!memory_->HiddenAt(occurrence.document, end_)) {
          documents.push_back(document);
          counts.push_back(1);
        }
        return true;
      });
    }
    if (!documents.empty()) visit(spec.field, documents.data(), counts.data(), documents.size());
  }
}

void PostingsMemory::View::ForEachKey(std::string_view key, bool prefix, const KeyVisitor& visit) const {
  const std::string begin = IndexedForm(key);
  std::vector<std::pair<std::string, std::vector<int32_t>>> found;
  {
    const std::shared_lock lock(memory_->mutex_);
    for (auto at = memory_->keys_.lower_bound(begin); at != memory_->keys_.end(); ++at) {
      if (!at->first.starts_with(begin) || (!prefix && at->first.size() != begin.size())) break;
      std::vector<int32_t> documents;
      for (const uint32_t document : at->second) {
        if (document >= end_) break;
        if (!memory_->HiddenAt(document, end_)) documents.push_back(static_cast<int32_t>(document));
      }
      if (!documents.empty()) found.emplace_back(at->first.substr(begin.size()), std::move(documents));
    }
  }
  for (const auto& [rest, documents] : found) visit(rest, documents.data(), documents.size());
}

void PostingsMemory::View::ForEachPosition(std::string_view term, TextField field,
                                           const std::vector<uint32_t>& documents, const PositionVisitor& visit) const {
  std::string marked(term);
  AppendMark(marked, field);
  std::vector<Occurrence> occurrences;
  {
    const std::shared_lock lock(memory_->mutex_);
    memory_->terms_.ForEachOccurrence(marked, [&](const Occurrence& occurrence) {
      occurrences.push_back(occurrence);
      return occurrence.document < end_;
    });
  }
  auto at = occurrences.begin();
  std::vector<uint32_t> positions;
  for (const uint32_t document : documents) {
    at = std::lower_bound(at, occurrences.end(), document,
                          [](const Occurrence& occurrence, uint32_t value) { return occurrence.document < value; });
    positions.clear();
    for (; at != occurrences.end() && at->document == document; ++at) positions.push_back(at->position);
    if (!positions.empty()) visit(document, positions);
  }
}

std::string PostingsMemory::View::Stored(uint32_t document, StoredPart part) const {
  const std::shared_lock lock(memory_->mutex_);
  const Document& stored = memory_->documents_[document];
  return part == StoredPart::kRecord ? stored.record : stored.body;
}

}  // namespace souk::text
