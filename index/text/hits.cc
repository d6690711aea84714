// SPDX-License-Identifier: Apache-2.0
#include "index/text/hits.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/names.h"
#include "index/text/document.h"
#include "index/text/highlight.h"

namespace souk::text {
namespace {

constexpr size_t kMatchedColumnsMax = 20;  // named in one hit
constexpr size_t kHighlightedColumnsMax = 5;

// A line of the page by its document, in the order of documents: postings are read forwards.
struct PageEntry {
  uint32_t document;
  size_t hit;
  std::set<uint32_t> columns;  // ordinals that matched by name or docs
};

bool HasField(uint16_t fields, TextField field) { return (fields & (1U << IndexOf(field))) != 0; }

// Positions tell which columns matched.
Status FindColumns(const Snapshot& snapshot, const Query& query, const Scorer& scorer,
                   std::vector<PageEntry>& entries) {
  std::vector<std::string_view> terms;
  for (const QueryWord& word : query.words) {
    if (word.scored) terms.push_back(word.term);
  }
  terms.insert(terms.end(), query.identifiers.begin(), query.identifiers.end());
  const std::vector<Segment>& segments = snapshot.postings->segments();
  for (const TextField field : {TextField::kColumn, TextField::kColumnDocs}) {
    auto at = entries.begin();
    for (size_t i = 0; i < segments.size(); ++i) {
      const uint32_t end = segments[i].base + segments[i].documents;
      std::vector<uint32_t> local;
      const auto first = at;
      for (; at != entries.end() && at->document < end; ++at) {
        if (HasField(scorer.FieldsOf(at->document), field)) local.push_back(at->document - segments[i].base);
      }
      if (local.empty()) continue;
      for (const std::string_view term : terms) {
        RETURN_IF_ERROR(snapshot.postings->ForEachPosition(
            i, term, field, local, [&](uint32_t document, const std::vector<uint32_t>& positions) {
              const auto entry =
                  std::lower_bound(first, at, segments[i].base + document,
                                   [](const PageEntry& e, uint32_t value) { return e.document < value; });
              for (const uint32_t position : positions) entry->columns.insert(position / kColumnStride);
            }));
      }
    }
  }
  return Status::Ok();
}

void FillMatchedOn(const Snapshot& snapshot, const Scorer& scorer, const PageEntry& entry, const Row& row,
                   v1::SearchHit& hit) {
  const uint16_t fields = scorer.FieldsOf(entry.document);
  const Tier tier = scorer.TierOf(entry.document);
  const bool by_name = tier == Tier::kNamePrefix || tier == Tier::kName || tier == Tier::kWrittenName;
  if (by_name && !HasField(fields, TextField::kName)) hit.add_matched_on(std::string(SpecOf(TextField::kName).label));
  if (tier == Tier::kIdentifier) hit.add_matched_on("identifier");
  for (const TextFieldSpec& spec : kTextFields) {
    if (spec.field == TextField::kColumn || spec.field == TextField::kColumnDocs) continue;
    if (HasField(fields, spec.field)) hit.add_matched_on(std::string(spec.label));
  }
  size_t named = 0;
  for (const uint32_t column : entry.columns) {
    if (named++ == kMatchedColumnsMax) break;
    hit.add_matched_on("column:" + row.ColumnName(column, *snapshot.dictionaries));
  }
}

Status FillHighlights(const Snapshot& snapshot, const Highlighter& highlighter, const Scorer& scorer,
                      const PageEntry& entry, const Row& row, v1::SearchHit& hit) {
  highlighter.Add(SpecOf(TextField::kName).label, hit.display_name(), hit);
  const uint16_t fields = scorer.FieldsOf(entry.document);
  size_t columns = 0;
  for (const uint32_t column : entry.columns) {
    if (columns++ == kHighlightedColumnsMax || column >= row.Values(ValueKind::kColumn).size()) break;
    const std::string name = row.ColumnName(column, *snapshot.dictionaries);
    const std::string& path = (*snapshot.dictionaries)[ValueKind::kColumn].Text(row.Values(ValueKind::kColumn)[column]);
    highlighter.Add(SpecOf(TextField::kColumn).label, name, hit, name.size() - path.size());
  }
  const bool in_texts = HasField(fields, TextField::kPurpose) || HasField(fields, TextField::kDocs) ||
                        HasField(fields, TextField::kColumnDocs);
  if (!in_texts) return Status::Ok();
  ASSIGN_OR_RETURN(const std::string bytes, snapshot.postings->Stored(entry.document, StoredPart::kBody));
  ASSIGN_OR_RETURN(const LineBody body, DecodeBody(bytes));
  columns = 0;
  for (const BodyText& text : body) {
    if (text.field != TextField::kColumnDocs) {
      highlighter.Add(SpecOf(text.field).label, text.text, hit);
    } else if (entry.columns.contains(text.column) && columns < kHighlightedColumnsMax) {
      const std::string name = "column:" + row.ColumnName(text.column, *snapshot.dictionaries);
      if (highlighter.Add(name, text.text, hit)) ++columns;
    }
  }
  return Status::Ok();
}

}  // namespace

void FillHit(const Snapshot& snapshot, uint32_t slot, double score, v1::SearchHit& hit) {
  const Row& row = snapshot.RowOf(slot);
  const LineName line = row.Line(*snapshot.dictionaries);
  hit.set_name(line.ToString());
  hit.set_id(std::string(row.descriptor_id()));
  hit.set_display_name(std::string(row.display_name()));
  hit.set_domain(DomainName(line.domain));
  hit.set_state(static_cast<v1::ProductState>(row.state()));
  hit.set_version(std::string(row.version()));
  hit.set_summary(std::string(row.summary()));
  const std::span<const uint32_t> team = row.Values(ValueKind::kTeam);
  if (!team.empty()) hit.set_team((*snapshot.dictionaries)[ValueKind::kTeam].Text(team.front()));
  hit.set_score(score);
}

Status DescribeMatches(const Snapshot& snapshot, const Query& query, Scorer& scorer, const v1::SearchRequest& request,
                       const std::vector<ScoredLine>& page, v1::SearchResponse& response) {
  std::vector<PageEntry> entries;
  for (size_t i = 0; i < page.size(); ++i) entries.push_back({page[i].document, i, {}});
  std::sort(entries.begin(), entries.end(),
            [](const PageEntry& a, const PageEntry& b) { return a.document < b.document; });
  RETURN_IF_ERROR(FindColumns(snapshot, query, scorer, entries));
  const Highlighter highlighter(query);
  for (const PageEntry& entry : entries) {
    v1::SearchHit& hit = *response.mutable_hits(static_cast<int>(entry.hit));
    const Row& row = snapshot.RowOf(page[entry.hit].slot);
    FillMatchedOn(snapshot, scorer, entry, row, hit);
    if (request.highlight()) RETURN_IF_ERROR(FillHighlights(snapshot, highlighter, scorer, entry, row, hit));
  }
  if (!request.explain()) return Status::Ok();
  std::vector<uint32_t> documents;
  for (const PageEntry& entry : entries) documents.push_back(entry.document);
  std::vector<std::vector<v1::ScorePart>> parts;
  RETURN_IF_ERROR(scorer.Explain(documents, parts));
  for (size_t i = 0; i < entries.size(); ++i) {
    v1::SearchHit& hit = *response.mutable_hits(static_cast<int>(entries[i].hit));
    for (v1::ScorePart& part : parts[i]) *hit.add_explanation() = std::move(part);
  }
  return Status::Ok();
}

}  // namespace souk::text
