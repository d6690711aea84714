// SPDX-License-Identifier: Apache-2.0
#include "index/ownership/identifiers.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "index/ownership/column.h"

namespace souk::ownership {
namespace {

using storage::SharedLine;
using store::v1::LineState;
using States = std::vector<SharedLine>;

// Parts of a URL that are taken off before it is given up.
constexpr size_t kUrlPartsMax = 16;

bool Live(const LineState& line) { return line.state() != v1::PRODUCT_STATE_RETIRED; }

uint32_t MajorOfLine(const LineState& line) {
  const auto name = ParseLineName(line.name());
  return name.ok() ? name->major : 0;
}

// One kind of identifier: how the rows of today and how a line of the past say that it fits.
struct Kind {
  std::string_view words;
  StatusOr<std::vector<LineName>> (*rows)(const storage::View&, std::string_view);
  bool (*fits)(const LineState&, std::string_view);
};

bool CarriesContract(const LineState& line, std::string_view id) {
  const auto& ports = line.model().output_ports();
  return std::any_of(ports.begin(), ports.end(), [id](const v1::OutputPort& port) { return port.contract_id() == id; });
}

bool AnyObject(const LineState& line, const std::function<bool(const v1::SchemaObject&)>& test) {
  for (const v1::DataContract& contract : line.model().contracts()) {
    if (std::any_of(contract.schema().begin(), contract.schema().end(), test)) return true;
  }
  return false;
}

bool HasPhysicalName(const LineState& line, std::string_view name) {
  return AnyObject(line, [name](const v1::SchemaObject& object) {
    return object.physical_name() == name ||
           std::any_of(object.datasets().begin(), object.datasets().end(),
                       [name](const v1::DatasetIdentity& dataset) { return dataset.name() == name; });
  });
}

bool HasDataset(const LineState& line, std::string_view text) {
  const auto wanted = ParseDatasetName(text);
  return wanted && AnyObject(line, [&wanted](const v1::SchemaObject& object) {
           return std::any_of(
               object.datasets().begin(), object.datasets().end(), [&](const v1::DatasetIdentity& dataset) {
                 return dataset.namespace_() == wanted->dataset_namespace && dataset.name() == wanted->name;
               });
         });
}

// The order in which they are tried, after resource names and short forms.
constexpr std::array<Kind, 4> kKinds = {{
    {"is the descriptor id of",
     [](const storage::View& view, std::string_view text) { return view.LinesByDescriptorId(text); },
     [](const LineState& line, std::string_view text) { return line.model().id() == text; }},
    {"is the contract id of an output port of",
     [](const storage::View& view, std::string_view text) { return view.LinesByContractId(text); }, CarriesContract},
    {"is the physical name of data of",
     [](const storage::View& view, std::string_view text) { return view.LinesByPhysicalName(text); }, HasPhysicalName},
    {"is a dataset of",
     [](const storage::View& view, std::string_view text) -> StatusOr<std::vector<LineName>> {
       const auto dataset = ParseDatasetName(text);
       if (!dataset) return std::vector<LineName>();
       return view.LinesByDataset(dataset->dataset_namespace, dataset->name);
     },
     HasDataset},
}};

StatusOr<States> StatesByRows(const storage::View& view, const Kind& kind, std::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<LineName> names, kind.rows(view, text));
  States states;
  for (const LineName& name : names) {
    ASSIGN_OR_RETURN(auto line, view.FindLine(name));
    if (line) states.push_back(std::move(line));
  }
  return states;
}

// One walk over the lines finds those of every kind; the first kind that has any is meant.
StatusOr<States> StatesByWalk(const storage::View& view, std::string_view text, size_t* kind_found) {
  std::array<States, kKinds.size()> found;
  RETURN_IF_ERROR(view.ForEachLine("", "", [&](const LineState& line) {
    for (size_t kind = 0; kind < kKinds.size(); ++kind) {
      if (kKinds[kind].fits(line, text)) found[kind].push_back(std::make_shared<const LineState>(line));
    }
    return true;
  }));
  for (size_t kind = 0; kind < kKinds.size(); ++kind) {
    *kind_found = kind;
    if (!found[kind].empty()) return std::move(found[kind]);
  }
  return States();
}

StatusOr<States> StatesByKind(const storage::View& view, std::string_view text, size_t* kind_found) {
  if (view.historic()) return StatesByWalk(view, text, kind_found);
  for (size_t kind = 0; kind < kKinds.size(); ++kind) {
    ASSIGN_OR_RETURN(States states, StatesByRows(view, kKinds[kind], text));
    *kind_found = kind;
    if (!states.empty()) return states;
  }
  return States();
}

// The newest live line of one product, or the newest of all if none lives.
SharedLine Newest(const States& lines) {
  SharedLine best;
  for (const SharedLine& line : lines) {
    const bool better = !best || (Live(*line) != Live(*best) ? Live(*line) : MajorOfLine(*line) > MajorOfLine(*best));
    if (better) best = line;
  }
  return best;
}

// One of several lines that fit equally well. INVALID_ARGUMENT if that can't be said.
StatusOr<SharedLine> Choose(const States& lines, std::string_view identifier) {
  if (lines.size() == 1) return lines.front();
  std::map<std::string, States> products;
  for (const SharedLine& line : lines) products[line->name().substr(0, line->name().rfind("/lines/"))].push_back(line);
  States newest;
  for (const auto& [product, states] : products) newest.push_back(Newest(states));
  const bool any_live = std::any_of(newest.begin(), newest.end(), [](const SharedLine& line) { return Live(*line); });
  std::vector<std::string> candidates;
  SharedLine chosen;
  for (const SharedLine& line : newest) {
    if (any_live && !Live(*line)) continue;
    chosen = line;
    candidates.push_back(line->name());
  }
  if (candidates.size() > 1) return errors::AmbiguousIdentifier(identifier, candidates);
  return chosen;
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

StatusOr<std::optional<ResolvedLine>> ByReference(const storage::View& view, std::string_view identifier) {
  const auto reference = ParseProductReference(identifier);
  if (!reference) return std::optional<ResolvedLine>();
  ResolvedLine resolved;
  if (reference->major) {
    ASSIGN_OR_RETURN(auto line, view.FindLine({reference->domain, reference->product, *reference->major}));
    if (!line) return std::optional<ResolvedLine>();
    resolved.line = std::move(line);
    if (reference->version) {
      resolved.steps.push_back("version " + *reference->version + " belongs to " + resolved.line->name());
    } else {
      resolved.steps.push_back(Quoted(identifier) + " names a line");
    }
    return std::optional(std::move(resolved));
  }
  ASSIGN_OR_RETURN(const States lines, view.LinesOfProduct(reference->domain, reference->product));
  if (lines.empty()) return std::optional<ResolvedLine>();
  resolved.line = Newest(lines);
  resolved.steps.push_back(Quoted(identifier) + " names a product, which means its newest " +
                           (Live(*resolved.line) ? "live line " : "line (none is live) ") + resolved.line->name());
  return std::optional(std::move(resolved));
}

// True unless the schemas say that there is no such column: one that describes no columns does not. Where a schema is
// the table that is named, it alone counts.
bool MayHaveColumn(const LineState& line, std::string_view table, std::string_view column) {
  const auto dataset = ParseDatasetName(table);
  const auto is_named = [&](const v1::SchemaObject& object) {
    if (!dataset) return object.physical_name() == table;
    return std::any_of(object.datasets().begin(), object.datasets().end(), [&](const v1::DatasetIdentity& identity) {
      return identity.namespace_() == dataset->dataset_namespace && identity.name() == dataset->name;
    });
  };
  bool named = false;
  bool found = false;
  bool found_in_named = false;
  for (const v1::DataContract& contract : line.model().contracts()) {
    for (const v1::SchemaObject& object : contract.schema()) {
      const bool has = object.properties().empty() || HasColumn(object.properties(), column);
      named = named || is_named(object);
      found = found || has;
      found_in_named = found_in_named || (has && is_named(object));
    }
  }
  return named ? found_in_named : found;
}

// The kinds that are defined; empty if none of them fits.
StatusOr<std::optional<ResolvedLine>> Exactly(const storage::View& view, std::string_view identifier) {
  ASSIGN_OR_RETURN(auto by_reference, ByReference(view, identifier));
  if (by_reference) return by_reference;
  size_t kind = 0;
  ASSIGN_OR_RETURN(const States lines, StatesByKind(view, identifier, &kind));
  if (lines.empty()) return std::optional<ResolvedLine>();
  ResolvedLine resolved;
  ASSIGN_OR_RETURN(resolved.line, Choose(lines, identifier));
  const auto dataset = ParseDatasetName(identifier);
  if (dataset && !dataset->column.empty()) {
    const DatasetName whole = {dataset->dataset_namespace, dataset->name, ""};
    if (!MayHaveColumn(*resolved.line, whole.ToString(), dataset->column))
      return errors::NotFound("column", identifier);
    resolved.steps.push_back(Quoted(dataset->column) + " is a column of " + whole.ToString());
    resolved.steps.push_back(Quoted(whole.ToString()) + " " + std::string(kKinds[kind].words) + " " +
                             resolved.line->name());
  } else {
    resolved.steps.push_back(Quoted(identifier) + " " + std::string(kKinds[kind].words) + " " + resolved.line->name());
  }
  return std::optional(std::move(resolved));
}

// "table#column", for a table or contract that is not spelled as a dataset.
StatusOr<std::optional<ResolvedLine>> ByColumn(const storage::View& view, std::string_view identifier) {
  const size_t hash = identifier.rfind('#');
  if (hash == std::string_view::npos || hash == 0) return std::optional<ResolvedLine>();
  ASSIGN_OR_RETURN(auto resolved, Exactly(view, identifier.substr(0, hash)));
  if (resolved) {
    const bool known = MayHaveColumn(*resolved->line, identifier.substr(0, hash), identifier.substr(hash + 1));
    if (!known) return errors::NotFound("column", identifier);
    resolved->table = identifier.substr(0, hash);
    resolved->column = identifier.substr(hash + 1);
    resolved->steps.insert(resolved->steps.begin(), Quoted(identifier.substr(hash + 1)) + " is a column of " +
                                                        Quoted(identifier.substr(0, hash)));
  }
  return resolved;
}

// "s3://bucket/orders/2026/01/part-0.parquet": the longest beginning that is somebody's physical name.
StatusOr<std::optional<ResolvedLine>> ByUrl(const storage::View& view, std::string_view identifier) {
  const size_t scheme = identifier.find("://");
  if (scheme == std::string_view::npos) return std::optional<ResolvedLine>();
  const size_t host = scheme + std::string_view("://").size();
  std::string_view prefix = identifier;
  for (size_t part = 0; part < kUrlPartsMax; ++part) {
    const size_t slash = prefix.rfind('/');
    if (slash == std::string_view::npos || slash < host) break;
    for (const size_t length : {slash + 1, slash}) {  // with its last slash, then without
      if (length == prefix.size()) continue;
      ASSIGN_OR_RETURN(auto resolved, Exactly(view, prefix.substr(0, length)));
      if (!resolved) continue;
      resolved->steps.insert(resolved->steps.begin(),
                             Quoted(identifier) + " begins with " + Quoted(prefix.substr(0, length)));
      return resolved;
    }
    prefix = prefix.substr(0, slash);
  }
  return std::optional<ResolvedLine>();
}

}  // namespace

StatusOr<ResolvedLine> ResolveIdentifier(const storage::View& view, std::string_view identifier) {
  if (identifier.empty()) return errors::MissingField("identifier");
  if (identifier.size() > limits::kIdentifierBytesMax) {
    return errors::IdentifierTooLong("identifier", identifier.size(), limits::kIdentifierBytesMax);
  }
  for (const auto find : {&Exactly, &ByColumn, &ByUrl}) {
    ASSIGN_OR_RETURN(auto resolved, find(view, identifier));
    if (resolved) return *std::move(resolved);
  }
  return errors::NotFound("product", identifier);
}

}  // namespace souk::ownership
