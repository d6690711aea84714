// SPDX-License-Identifier: Apache-2.0
#include "index/text/postings_files.h"

#include <lucene++/Lucene.h>

#include <lucene++/Document.h>
#include <lucene++/FieldSelector.h>
#include <lucene++/Fieldable.h>
#include <lucene++/IndexReader.h>
#include <lucene++/SegmentReader.h>
#include <lucene++/Term.h>
#include <lucene++/TermDocs.h>
#include <lucene++/TermEnum.h>
#include <lucene++/TermPositions.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "index/text/guarded.h"
#include "index/text/lucene_names.h"
#include "index/text/wide.h"

namespace souk::text {
namespace {

constexpr int32_t kBlockDocuments = 512;

// Loads one stored field and stops there.
class OneField : public Lucene::FieldSelector {
 public:
  explicit OneField(const wchar_t* name) : name_(name) {}
  FieldSelectorResult accept(const Lucene::String& field) override {
    return field == name_ ? SELECTOR_LOAD_AND_BREAK : SELECTOR_NO_LOAD;
  }

 private:
  Lucene::String name_;
};

std::shared_ptr<const SegmentColumns> LoadColumns(const Lucene::IndexReaderPtr& reader) {
  auto columns = std::make_shared<SegmentColumns>();
  const auto documents = static_cast<size_t>(reader->maxDoc());
  columns->slots.assign(documents, SegmentColumns::kNoSlot);
  columns->states.resize(documents);
  for (std::vector<uint8_t>& lengths : columns->lengths) lengths.resize(documents);

  const Lucene::TermPositionsPtr positions =
      reader->termPositions(Lucene::newLucene<Lucene::Term>(kColumnsField, kColumnsTerm));
  Lucene::ByteArray payload = Lucene::ByteArray::newInstance(kColumnsBytes);
  while (positions->next()) {
    const auto document = static_cast<size_t>(positions->doc());
    positions->nextPosition();
    if (positions->getPayloadLength() != kColumnsBytes) continue;
    positions->getPayload(payload, 0);
    const uint8_t* bytes = payload.get();
    std::memcpy(&columns->slots[document], bytes, sizeof(uint32_t));
    columns->states[document] = bytes[sizeof(uint32_t)];
    for (size_t i = 0; i < kTextFieldCount; ++i) columns->lengths[i][document] = bytes[sizeof(uint32_t) + 1 + i];
  }
  positions->close();
  return columns;
}

bool BeginsWith(const Lucene::TermPtr& term, const wchar_t* field, const std::wstring& prefix) {
  return term && term->field() == field && term->text().compare(0, prefix.size(), prefix) == 0;
}

// Reads the documents of one term after another, block by block.
class BlockReader {
 public:
  explicit BlockReader(const Lucene::IndexReaderPtr& reader)
      : term_docs_(reader->termDocs()),
        documents_end_(reader->maxDoc()),
        documents_(Lucene::Collection<int32_t>::newInstance(kBlockDocuments)),
        counts_(Lucene::Collection<int32_t>::newInstance(kBlockDocuments)) {}

  template <typename Visit>
  Status Read(const Lucene::TermEnumPtr& term, const Visit& visit) {
    term_docs_->seek(term);
    int32_t size = kBlockDocuments;
    while (size == kBlockDocuments) {
      size = term_docs_->read(documents_, counts_);
      if (size == 0) break;
      const int32_t* documents = &*documents_.begin();
      for (int32_t i = 0; i < size; ++i) {
        const bool sound = documents[i] >= 0 && documents[i] < documents_end_;
        if (!sound) return errors::DataLoss("a posting of the text index names no document");
      }
      visit(documents, &*counts_.begin(), static_cast<size_t>(size));
    }
    return Status::Ok();
  }

 private:
  Lucene::TermDocsPtr term_docs_;
  int32_t documents_end_;
  Lucene::Collection<int32_t> documents_;
  Lucene::Collection<int32_t> counts_;
};

}  // namespace

struct PostingsFiles::Impl {
  Lucene::IndexReaderPtr reader;
  std::vector<Lucene::IndexReaderPtr> segments;

  std::string LoadField(uint32_t document, const wchar_t* field) const {
    const Lucene::DocumentPtr stored =
        reader->document(static_cast<int32_t>(document), Lucene::newLucene<OneField>(field));
    const Lucene::FieldablePtr value = stored->getFieldable(field);
    if (!value) return {};
    const Lucene::ByteArray bytes = value->getBinaryValue();
    return {reinterpret_cast<const char*>(bytes.get()) + value->getBinaryOffset(),
            static_cast<size_t>(value->getBinaryLength())};
  }
};

PostingsFiles::PostingsFiles(const Lucene::IndexReaderPtr& reader, SegmentCache& cache)
    : impl_(std::make_unique<Impl>()) {
  impl_->reader = reader;
  SegmentCache used;
  Lucene::Collection<Lucene::IndexReaderPtr> parts = reader->getSequentialSubReaders();
  for (const Lucene::IndexReaderPtr& part : parts) {
    const auto segment_reader = boost::dynamic_pointer_cast<Lucene::SegmentReader>(part);
    Segment segment;
    segment.name = Narrow(segment_reader->getSegmentName());
    segment.base = documents_end_;
    segment.documents = static_cast<uint32_t>(part->maxDoc());
    const auto cached = cache.find(segment.name);
    segment.columns = cached != cache.end() ? cached->second : LoadColumns(part);
    used[segment.name] = segment.columns;
    documents_end_ += segment.documents;
    segments_.push_back(std::move(segment));
    impl_->segments.push_back(part);
  }
  cache.swap(used);
}

PostingsFiles::~PostingsFiles() {
  const Status closed = Guarded("closing a reader", [this] {
    impl_->reader->close();
    return Status::Ok();
  });
  (void)closed;  // nothing is left to be done about it
}

Status PostingsFiles::ForEachPosting(size_t segment, std::string_view term, const PostingVisitor& visit) const {
  return Guarded("reading postings", [&] {
    std::wstring prefix = Wide(term);
    prefix += kFieldMark;
    const Lucene::IndexReaderPtr& reader = impl_->segments[segment];
    const Lucene::TermEnumPtr terms = reader->terms(Lucene::newLucene<Lucene::Term>(kTermsField, prefix));
    std::optional<BlockReader> blocks;
    for (Lucene::TermPtr at = terms->term(); BeginsWith(at, kTermsField, prefix); at = terms->term()) {
      const auto field = static_cast<size_t>(at->text().back() - LetterOf(TextField{}));
      if (field < kTextFieldCount) {
        if (!blocks) blocks.emplace(reader);
        RETURN_IF_ERROR(blocks->Read(terms, [&](const int32_t* documents, const int32_t* counts, size_t size) {
          visit(static_cast<TextField>(field), documents, counts, size);
        }));
      }
      if (!terms->next()) break;
    }
    return Status::Ok();
  });
}

Status PostingsFiles::ForEachKey(size_t segment, std::string_view key, bool prefix, const KeyVisitor& visit) const {
  return Guarded("reading keys", [&] {
    const std::wstring wide = Wide(key);
    const Lucene::IndexReaderPtr& reader = impl_->segments[segment];
    const Lucene::TermEnumPtr terms = reader->terms(Lucene::newLucene<Lucene::Term>(kKeysField, wide));
    std::optional<BlockReader> blocks;
    for (Lucene::TermPtr at = terms->term(); BeginsWith(at, kKeysField, wide); at = terms->term()) {
      if (!prefix && at->text().size() != wide.size()) break;
      if (!blocks) blocks.emplace(reader);
      const std::string rest = Narrow(std::wstring_view(at->text()).substr(wide.size()));
      RETURN_IF_ERROR(blocks->Read(
          terms, [&](const int32_t* documents, const int32_t*, size_t size) { visit(rest, documents, size); }));
      if (!terms->next()) break;
    }
    return Status::Ok();
  });
}

Status PostingsFiles::ForEachPosition(size_t segment, std::string_view term, TextField field,
                                      const std::vector<uint32_t>& documents, const PositionVisitor& visit) const {
  return Guarded("reading positions", [&] {
    std::wstring text = Wide(term);
    text += kFieldMark;
    text += LetterOf(field);
    const Lucene::TermPositionsPtr places =
        impl_->segments[segment]->termPositions(Lucene::newLucene<Lucene::Term>(kTermsField, text));
    if (!places) return Status::Ok();
    std::vector<uint32_t> positions;
    bool more = places->next();
    for (const uint32_t document : documents) {
      const auto wanted = static_cast<int32_t>(document);
      if (more && places->doc() < wanted) more = places->skipTo(wanted);
      if (!more) break;
      if (places->doc() != wanted) continue;
      positions.clear();
      for (int32_t i = places->freq(); i > 0; --i) positions.push_back(static_cast<uint32_t>(places->nextPosition()));
      visit(document, positions);
    }
    places->close();
    return Status::Ok();
  });
}

StatusOr<std::string> PostingsFiles::Stored(uint32_t document, StoredPart part) const {
  std::string bytes;
  RETURN_IF_ERROR(Guarded("reading a stored document", [&] {
    bytes = impl_->LoadField(document, part == StoredPart::kRecord ? kRecordField : kBodyField);
    return Status::Ok();
  }));
  return bytes;
}

Status PostingsFiles::ForEachDocument(const std::function<bool(uint32_t document)>& visit) const {
  return Guarded("walking the documents", [&] {
    for (size_t i = 0; i < segments_.size(); ++i) {
      const Lucene::IndexReaderPtr& reader = impl_->segments[i];
      for (uint32_t document = 0; document < segments_[i].documents; ++document) {
        if (reader->isDeleted(static_cast<int32_t>(document))) continue;
        if (!visit(segments_[i].base + document)) return Status::Ok();
      }
    }
    return Status::Ok();
  });
}

}  // namespace souk::text
