// SPDX-License-Identifier: Apache-2.0
#include "index/text/postings_reader.h"

#include <utility>

#include "base/errors.h"
#include "index/text/lucene_names.h"

namespace souk::text {

PostingsReader::PostingsReader(std::shared_ptr<const PostingsFiles> files, PostingsMemory::View memory)
    : files_(std::move(files)),
      memory_(std::move(memory)),
      segments_(files_->segments()),
      documents_end_(files_->documents_end() + memory_.documents()) {
  if (memory_.documents() == 0) return;
  segments_.push_back({"", files_->documents_end(), memory_.documents(), memory_.columns()});
}

Status PostingsReader::ForEachPosting(size_t segment, std::string_view term, const PostingVisitor& visit) const {
  if (InMemory(segment)) {
    memory_.ForEachPosting(term, visit);
    return Status::Ok();
  }
  if (!memory_.ReplacesAny()) return files_->ForEachPosting(segment, term, visit);
  std::vector<int32_t> kept;
  std::vector<int32_t> kept_counts;
  return files_->ForEachPosting(segment, term,
                                [&](TextField field, const int32_t* documents, const int32_t* counts, size_t size) {
                                  kept.clear();
                                  kept_counts.clear();
                                  for (size_t i = 0; i < size; ++i) {
                                    if (Replaced(segments_[segment], static_cast<uint32_t>(documents[i]))) continue;
                                    kept.push_back(documents[i]);
                                    kept_counts.push_back(counts[i]);
                                  }
                                  if (!kept.empty()) visit(field, kept.data(), kept_counts.data(), kept.size());
                                });
}

Status PostingsReader::ForEachKey(size_t segment, std::string_view key, bool prefix, const KeyVisitor& visit) const {
  if (InMemory(segment)) {
    memory_.ForEachKey(key, prefix, visit);
    return Status::Ok();
  }
  if (!memory_.ReplacesAny()) return files_->ForEachKey(segment, key, prefix, visit);
  std::vector<int32_t> kept;
  return files_->ForEachKey(segment, key, prefix, [&](std::string_view rest, const int32_t* documents, size_t size) {
    kept.clear();
    for (size_t i = 0; i < size; ++i) {
      if (!Replaced(segments_[segment], static_cast<uint32_t>(documents[i]))) kept.push_back(documents[i]);
    }
    if (!kept.empty()) visit(rest, kept.data(), kept.size());
  });
}

Status PostingsReader::ForEachPosition(size_t segment, std::string_view term, TextField field,
                                       const std::vector<uint32_t>& documents, const PositionVisitor& visit) const {
  if (!InMemory(segment)) return files_->ForEachPosition(segment, term, field, documents, visit);
  memory_.ForEachPosition(term, field, documents, visit);
  return Status::Ok();
}

StatusOr<std::string> PostingsReader::StoredBytes(uint32_t document, StoredPart part) const {
  if (document < files_->documents_end()) return files_->Stored(document, part);
  return memory_.Stored(document - files_->documents_end(), part);
}

StatusOr<std::string> PostingsReader::Stored(uint32_t document, StoredPart part) const {
  ASSIGN_OR_RETURN(std::string bytes, StoredBytes(document, part));
  if (part == StoredPart::kRecord) return bytes;
  if (bytes.size() < kDigestBytes) return errors::DataLoss("a stored text of the text index is too short");
  return bytes.substr(kDigestBytes);
}

StatusOr<std::string> PostingsReader::StoredDigest(uint32_t document) const {
  ASSIGN_OR_RETURN(const std::string bytes, StoredBytes(document, StoredPart::kBody));
  return bytes.substr(0, kDigestBytes);
}

Status PostingsReader::ForEachDocument(const std::function<bool(uint32_t document)>& visit) const {
  bool go_on = true;
  size_t segment = 0;
  RETURN_IF_ERROR(files_->ForEachDocument([&](uint32_t document) {
    while (document - segments_[segment].base >= segments_[segment].documents) ++segment;
    if (!Replaced(segments_[segment], document - segments_[segment].base)) go_on = visit(document);
    return go_on;
  }));
  for (uint32_t document = 0; document < memory_.documents() && go_on; ++document) {
    if (!memory_.Hidden(document)) go_on = visit(files_->documents_end() + document);
  }
  return Status::Ok();
}

}  // namespace souk::text
