// SPDX-License-Identifier: Apache-2.0
#include "index/text/postings_flush.h"

#include <lucene++/Lucene.h>

#include <lucene++/Directory.h>
#include <lucene++/FieldInfos.h>
#include <lucene++/IndexOutput.h>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/text/lucene_names.h"

namespace souk::text {
namespace {

// Numbers of the fields in .fnm, which every segment has alike: merging then copies what is stored as it is.
enum FieldNumber : uint8_t { kRecordNumber, kBodyNumber, kTermsNumber, kKeysNumber, kColumnsNumber };

constexpr uint32_t kStoredFormat = 2;
constexpr uint32_t kTermsFormat = 0xFFFFFFFC;  // -4
constexpr uint32_t kSkipInterval = 1U << 30U;  // no term is in so many documents
constexpr uint32_t kSkipLevels = 10;
constexpr uint8_t kBinary = 2;
constexpr uint32_t kNoField = UINT32_MAX;  // of the term before the first
constexpr uint64_t kTermHeaderBytes = 24;
constexpr uint32_t kGone = UINT32_MAX;

class Bytes {
 public:
  void Byte(uint8_t byte) { bytes_ += static_cast<char>(byte); }
  void Fixed32(uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) Byte(static_cast<uint8_t>(number >> static_cast<unsigned>(shift)));
  }
  void Fixed64(uint64_t number) {
    Fixed32(static_cast<uint32_t>(number >> 32U));
    Fixed32(static_cast<uint32_t>(number));
  }
  void Variable(uint64_t number) {
    for (; number >= 0x80; number >>= 7U) Byte(static_cast<uint8_t>(0x80U | (number & 0x7FU)));
    Byte(static_cast<uint8_t>(number));
  }
  void Text(std::string_view text) { bytes_ += text; }

  // As it stands in memory.
  template <typename Number>
  void Raw(Number number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  const std::string& bytes() const { return bytes_; }
  uint64_t size() const { return bytes_.size(); }

 private:
  std::string bytes_;
};

void WriteFile(const Lucene::DirectoryPtr& directory, const std::wstring& file,
               std::initializer_list<const Bytes*> parts) {
  const Lucene::IndexOutputPtr output = directory->createOutput(file);
  for (const Bytes* part : parts) {
    output->writeBytes(reinterpret_cast<const uint8_t*>(part->bytes().data()), 0, static_cast<int32_t>(part->size()));
  }
  output->close();
}

struct TermPlace {
  uint32_t documents = 0;
  uint64_t counts = 0;     // in .frq
  uint64_t positions = 0;  // in .prx
};

// .tis or .tii: each term as what differs from the one before.
class TermFile {
 public:
  void Add(std::string_view term, uint32_t field, const TermPlace& place) {
    const auto differs = std::mismatch(term.begin(), term.end(), term_.begin(), term_.end()).first;
    const auto shared = static_cast<size_t>(differs - term.begin());
    entries_.Variable(shared);
    entries_.Variable(term.size() - shared);
    entries_.Text(term.substr(shared));
    entries_.Variable(field);
    entries_.Variable(place.documents);
    entries_.Variable(place.counts - place_.counts);
    entries_.Variable(place.positions - place_.positions);
    term_ = term;
    field_ = field;
    place_ = place;
    ++size_;
  }
  // The last term once more, with where what follows it stands in this file.
  void AddLastTo(TermFile& index) const {
    index.Add(term_, field_, place_);
    const uint64_t end = kTermHeaderBytes + entries_.size();
    index.entries_.Variable(end - index.pointer_);
    index.pointer_ = end;
  }
  uint64_t size() const { return size_; }

  void WriteTo(const Lucene::DirectoryPtr& directory, const std::wstring& file, uint32_t index_interval) const {
    Bytes header;
    header.Fixed32(kTermsFormat);
    header.Fixed64(size_);
    header.Fixed32(index_interval);
    header.Fixed32(kSkipInterval);
    header.Fixed32(kSkipLevels);
    WriteFile(directory, file, {&header, &entries_});
  }

 private:
  Bytes entries_;
  std::string term_;
  uint32_t field_ = kNoField;
  TermPlace place_;
  uint64_t size_ = 0;
  uint64_t pointer_ = 0;
};

class SegmentFiles {
 public:
  SegmentFiles(const PostingsMemory& memory, uint32_t term_index_interval)
      : memory_(memory), term_index_interval_(term_index_interval) {
    numbers_.reserve(memory.documents().size());
    for (const PostingsMemory::Document& document : memory.documents()) {
      numbers_.push_back(document.hidden_from == PostingsMemory::kNone ? documents_++ : kGone);
    }
  }

  uint32_t documents() const { return documents_; }

  void Build() {
    AddStored();
    // In the order of the fields' names: keys, terms, columns.
    for (const auto& [key, documents] : memory_.keys()) AddKey(key, documents);
    memory_.terms().ForEachTerm(
        [this](std::string_view term, const std::vector<PostingsMemory::Occurrence>& occurrences) {
          AddTerm(term, occurrences);
        });
    AddColumns();
  }

  void WriteTo(const Lucene::DirectoryPtr& directory, const std::wstring& name) const {
    WriteFields(directory, name + L".fnm");
    WriteFile(directory, name + L".fdt", {&stored_});
    WriteFile(directory, name + L".fdx", {&stored_index_});
    WriteFile(directory, name + L".frq", {&counts_});
    WriteFile(directory, name + L".prx", {&positions_});
    terms_.WriteTo(directory, name + L".tis", term_index_interval_);
    term_index_.WriteTo(directory, name + L".tii", term_index_interval_);
  }

 private:
  void AddStored() {
    stored_.Fixed32(kStoredFormat);
    stored_index_.Fixed32(kStoredFormat);
    for (const PostingsMemory::Document& document : memory_.documents()) {
      if (document.hidden_from != PostingsMemory::kNone) continue;
      stored_index_.Fixed64(stored_.size());
      stored_.Variable(2);
      AddStoredField(kRecordNumber, document.record);
      AddStoredField(kBodyNumber, document.body);
    }
  }

  void AddStoredField(FieldNumber field, std::string_view value) {
    stored_.Variable(field);
    stored_.Byte(kBinary);
    stored_.Variable(value.size());
    stored_.Text(value);
  }

  void AddKey(std::string_view key, const std::vector<uint32_t>& documents) {
    TermPlace place{0, counts_.size(), positions_.size()};
    uint32_t last = 0;
    for (const uint32_t document : documents) {
      const uint32_t number = numbers_[document];
      if (number == kGone) continue;
      counts_.Variable(number - last);
      last = number;
      ++place.documents;
    }
    AddToDictionary(key, kKeysNumber, place);
  }

  void AddTerm(std::string_view term, std::span<const PostingsMemory::Occurrence> occurrences) {
    TermPlace place{0, counts_.size(), positions_.size()};
    uint32_t last = 0;
    while (!occurrences.empty()) {
      const uint32_t document = occurrences.front().document;
      size_t count = 1;
      while (count < occurrences.size() && occurrences[count].document == document) ++count;
      if (const uint32_t number = numbers_[document]; number != kGone) {
        AddCount(number - last, count);
        last = number;
        uint32_t position = 0;
        for (const PostingsMemory::Occurrence& occurrence : occurrences.first(count)) {
          positions_.Variable(occurrence.position - position);
          position = occurrence.position;
        }
        ++place.documents;
      }
      occurrences = occurrences.subspan(count);
    }
    AddToDictionary(term, kTermsNumber, place);
  }

  void AddCount(uint32_t delta, size_t count) {
    const uint64_t doubled = uint64_t{delta} << 1U;
    counts_.Variable(count == 1 ? doubled | 1U : doubled);
    if (count != 1) counts_.Variable(count);
  }

  // One term, in every document once, at position 0.
  void AddColumns() {
    const SegmentColumns& columns = memory_.columns();
    TermPlace place{0, counts_.size(), positions_.size()};
    for (uint32_t document = 0; document < numbers_.size(); ++document) {
      if (numbers_[document] == kGone) continue;
      AddCount(place.documents == 0 ? 0 : 1, 1);
      positions_.Variable(1);  // the distance to the position before, and that a payload's size follows
      positions_.Variable(kColumnsBytes);
      positions_.Raw(columns.slots[document]);
      positions_.Byte(columns.states[document]);
      for (const std::vector<uint8_t>& lengths : columns.lengths) positions_.Byte(lengths[document]);
      ++place.documents;
    }
    AddToDictionary(std::string(1, static_cast<char>(kColumnsTerm[0])), kColumnsNumber, place);
  }

  void AddToDictionary(std::string_view term, FieldNumber field, const TermPlace& place) {
    if (place.documents == 0) return;
    if (terms_.size() % term_index_interval_ == 0) terms_.AddLastTo(term_index_);
    terms_.Add(term, field, place);
  }

  static void WriteFields(const Lucene::DirectoryPtr& directory, const std::wstring& file) {
    const auto fields = Lucene::newLucene<Lucene::FieldInfos>();
    const auto add = [&](const wchar_t* name, bool indexed, bool payloads, bool only_documents) {
      fields->add(name, indexed, false, false, false, true, payloads, only_documents);
    };
    add(kRecordField, false, false, false);
    add(kBodyField, false, false, false);
    add(kTermsField, true, false, false);
    add(kKeysField, true, false, true);
    add(kColumnsField, true, true, false);
    fields->write(directory, file);
  }

  const PostingsMemory& memory_;
  uint32_t term_index_interval_;
  std::vector<uint32_t> numbers_;  // in the segment, of each document in memory
  uint32_t documents_ = 0;
  Bytes stored_;
  Bytes stored_index_;
  Bytes counts_;
  Bytes positions_;
  TermFile terms_;
  TermFile term_index_;
};

}  // namespace

uint32_t WriteSegment(const PostingsMemory& memory, const Lucene::DirectoryPtr& directory, const std::wstring& name,
                      uint32_t term_index_interval) {
  SegmentFiles files(memory, term_index_interval);
  files.Build();
  files.WriteTo(directory, name);
  return files.documents();
}

}  // namespace souk::text
