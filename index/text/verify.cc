// SPDX-License-Identifier: Apache-2.0
#include "index/text/verify.h"

#include <string>
#include <unordered_map>
#include <utility>

#include "index/checksum.h"
#include "index/text/document.h"

namespace souk::text {
namespace {

// What the index holds of a line, in short.
struct Held {
  std::string digest;
  uint64_t record = 0;  // checksums
  uint64_t body = 0;
  bool seen = false;  // the view has the line
};
using HeldLines = std::unordered_map<std::string, Held>;

// The columns in memory say the same as the stored record.
bool ColumnsAgree(const Snapshot& snapshot, const Segment& segment, uint32_t document, const LineRecord& record) {
  const uint32_t local = document - segment.base;
  const uint32_t slot = segment.columns->slots[local];
  const Row* row = slot == SegmentColumns::kNoSlot ? nullptr : snapshot.rows.Find(slot);
  if (row == nullptr || row->Line(*snapshot.dictionaries) != record.line) return false;
  if (row->state() != record.state || segment.columns->states[local] != record.state) return false;
  for (size_t i = 0; i < kTextFieldCount; ++i) {
    if (segment.columns->lengths[i][local] != record.lengths[i]) return false;
  }
  return true;
}

void ReadDocument(const Snapshot& snapshot, uint32_t document, HeldLines& held, TextVerdict& verdict) {
  const auto fault = [&](std::string subject, std::string message) {
    verdict.faults.push_back({std::move(subject), std::move(message)});
  };
  ++verdict.documents_checked;
  const std::string number = "document " + std::to_string(document);
  const StatusOr<std::string> bytes = snapshot.postings->Stored(document, StoredPart::kRecord);
  if (!bytes.ok()) return fault(number, bytes.status().message());
  const StatusOr<LineRecord> record = DecodeRecord(*bytes);
  if (!record.ok()) return fault(number, record.status().message());
  const std::string name = record->line.ToString();
  const StatusOr<std::string> body = snapshot.postings->Stored(document, StoredPart::kBody);
  if (!body.ok()) return fault(name, body.status().message());
  const StatusOr<std::string> digest = snapshot.postings->StoredDigest(document);
  if (!digest.ok()) return fault(name, digest.status().message());
  if (!held.emplace(name, Held{*digest, index::Checksum64(*bytes), index::Checksum64(*body), false}).second) {
    return fault(name, "the index holds the line twice");
  }
  const std::vector<Segment>& segments = snapshot.postings->segments();
  size_t segment = segments.size() - 1;
  while (segments[segment].base > document) --segment;
  if (!ColumnsAgree(snapshot, segments[segment], document, *record)) {
    fault(name, "the columns in memory differ from the stored record");
  }
}

}  // namespace

Status VerifyDocuments(const Snapshot& snapshot, const storage::View& view, TextVerdict& verdict) {
  HeldLines held;
  const Status walked = snapshot.postings->ForEachDocument([&](uint32_t document) {
    ReadDocument(snapshot, document, held, verdict);
    return true;
  });
  if (!walked.ok()) verdict.faults.push_back({"documents", walked.message()});

  RETURN_IF_ERROR(view.ForEachLine("", "", [&](const store::v1::LineState& state) {
    const auto found = held.find(state.name());
    if (found == held.end()) {
      verdict.faults.push_back({state.name(), "the line is missing in the index"});
      return true;
    }
    found->second.seen = true;
    const StatusOr<IndexDocument> document = BuildDocument(state);
    const bool equal = document.ok() && found->second.digest == document->digest &&
                       found->second.record == index::Checksum64(document->stored_record) &&
                       found->second.body == index::Checksum64(document->stored_body);
    if (!equal) verdict.faults.push_back({state.name(), "the document differs from the line's state"});
    return true;
  }));
  for (const auto& [name, line] : held) {
    if (!line.seen) verdict.faults.push_back({name, "the index holds a line that the store does not have"});
  }
  return Status::Ok();
}

}  // namespace souk::text
