// SPDX-License-Identifier: Apache-2.0
#include "governance/policy/tables.h"

#include <array>

#include "base/names.h"
#include "base/roles.h"
#include "descriptor/columns.h"
#include "descriptor/diff.h"
#include "descriptor/locate.h"
#include "governance/change_place.h"
#include "governance/date.h"

namespace souk::governance {
namespace {

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

int64_t At(Places& places, const v1::SourceLocation& location) {
  places.push_back(location);
  return static_cast<int64_t>(places.size()) - 1;
}

int64_t At(const PolicyFacts& facts, Places& places, const std::string& pointer) {
  return At(places, descriptor::Locate(facts.locations, pointer));
}

// Lines and columns are the property's own, the document is its contract's.
int64_t At(Places& places, const v1::DataContract& contract, v1::SourceLocation location) {
  location.set_path(contract.location().path());
  return At(places, location);
}

Value Text(const std::string& text) { return text.empty() ? Value() : Value(std::string_view(text)); }
Value Flag(bool flag) { return int64_t{flag ? 1 : 0}; }
Value State(v1::ProductState state) {
  return state == v1::PRODUCT_STATE_UNSPECIFIED ? Value() : Value(descriptor::StateWord(state));
}
Value Major(const std::string& version) {
  const auto major = MajorOf(version);
  return major.ok() ? Value(int64_t{*major}) : Value();
}

void FillNow(const PolicyFacts& facts, Places& /*places*/, const Emit& emit) {
  const auto day = ParseDate(facts.context.day());
  emit({Text(facts.context.day()), day ? Value(*day / kDayUs) : Value()});
}

void FillProduct(const PolicyFacts& facts, Places& places, const Emit& emit) {
  const v1::DataProduct& model = facts.model;
  emit({Text(model.id()), Text(model.name()), Text(model.domain()), Text(model.version()), Major(model.version()),
        Text(model.status()), Text(model.type()), State(facts.state), Text(model.description().purpose()),
        Text(model.description().usage()), Text(model.description().limitations()), Text(model.team().name()),
        Text(facts.context.line()), At(facts, places, "")});
}

void FillOwners(const PolicyFacts& facts, Places& places, const Emit& emit) {
  const auto& members = facts.model.team().members();
  for (int i = 0; i < members.size(); ++i) {
    const v1::Member& member = members[i];
    emit({Text(member.username()), Text(member.name()), Text(member.role()), Flag(IsOwnerRole(member.role())),
          Text(member.date_in()), Text(member.date_out()), At(facts, places, "/team/members/" + std::to_string(i))});
  }
}

void FillSupport(const PolicyFacts& facts, Places& places, const Emit& emit) {
  const auto& contacts = facts.model.support();
  for (int i = 0; i < contacts.size(); ++i) {
    emit({Text(contacts[i].channel()), Text(contacts[i].url()), At(facts, places, "/support/" + std::to_string(i))});
  }
}

void FillPorts(const PolicyFacts& facts, Places& places, const Emit& emit) {
  for (int i = 0; i < facts.model.input_ports_size(); ++i) {
    const v1::InputPort& port = facts.model.input_ports(i);
    emit({"input", Text(port.name()), Text(port.version()), Value(), Text(port.contract_id()), Value(),
          At(facts, places, "/inputPorts/" + std::to_string(i))});
  }
  for (int i = 0; i < facts.model.output_ports_size(); ++i) {
    const v1::OutputPort& port = facts.model.output_ports(i);
    emit({"output", Text(port.name()), Text(port.version()), Text(port.type()), Text(port.contract_id()),
          Text(port.description()), At(facts, places, "/outputPorts/" + std::to_string(i))});
  }
}

void FillContracts(const PolicyFacts& facts, Places& places, const Emit& emit) {
  for (const v1::DataContract& contract : facts.model.contracts()) {
    emit({Text(contract.id()), Text(contract.name()), Text(contract.version()), Text(contract.status()),
          Text(contract.description().purpose()), At(places, contract.location())});
  }
}

void FillServers(const PolicyFacts& facts, Places& places, const Emit& emit) {
  for (const v1::DataContract& contract : facts.model.contracts()) {
    const int64_t place = At(places, contract.location());
    for (const v1::Server& server : contract.servers()) {
      emit({Text(contract.id()), Text(server.server()), Text(server.type()), Text(server.environment()), place});
    }
  }
}

void FillObjects(const PolicyFacts& facts, Places& places, const Emit& emit) {
  for (const v1::DataContract& contract : facts.model.contracts()) {
    for (const v1::SchemaObject& object : contract.schema()) {
      emit({Text(contract.id()), Text(object.name()), Text(object.physical_name()), Text(object.physical_type()),
            Text(object.business_name()), Text(object.description()), At(places, contract, object.location())});
    }
  }
}

void EmitColumns(const v1::DataProduct& model, Places& places, const Emit& emit) {
  descriptor::ForEachColumn(model, [&](const descriptor::ColumnVisit& visit) {
    const v1::SchemaProperty& property = visit.property;
    emit({Text(visit.contract.id()), Text(visit.object.name()), Text(visit.path), Text(property.name()),
          int64_t{visit.depth}, Text(property.logical_type()), Text(property.physical_type()),
          Text(property.physical_name()), Text(property.business_name()), Text(property.description()),
          Flag(property.required()), Flag(property.unique()), Flag(property.primary_key()),
          Flag(property.partitioned()), Text(property.classification()),
          At(places, visit.contract, property.location())});
  });
}

void FillColumns(const PolicyFacts& facts, Places& places, const Emit& emit) { EmitColumns(facts.model, places, emit); }

void FillPreviousColumns(const PolicyFacts& facts, Places& places, const Emit& emit) {
  Places of_before;  // that document is gone
  if (facts.context.has_previous()) EmitColumns(facts.context.previous(), of_before, emit);
  static_cast<void>(places);
}

void FillTags(const PolicyFacts& facts, Places& places, const Emit& emit) {
  const auto all = [&](std::string_view kind, const std::string& contract, const std::string& object,
                       const std::string& column, const auto& tags, int64_t place) {
    for (const std::string& tag : tags) emit({kind, Text(contract), Text(object), Text(column), Text(tag), place});
  };
  all("product", "", "", "", facts.model.tags(), At(facts, places, "/tags"));
  for (const v1::DataContract& contract : facts.model.contracts()) {
    all("contract", contract.id(), "", "", contract.tags(), At(places, contract.location()));
    for (const v1::SchemaObject& object : contract.schema()) {
      all("object", contract.id(), object.name(), "", object.tags(), At(places, contract, object.location()));
    }
  }
  descriptor::ForEachColumn(facts.model, [&](const descriptor::ColumnVisit& visit) {
    if (visit.property.tags().empty()) return;
    all("column", visit.contract.id(), visit.object.name(), visit.path, visit.property.tags(),
        At(places, visit.contract, visit.property.location()));
  });
}

void FillTerms(const PolicyFacts& facts, Places& places, const Emit& emit) {
  for (const std::string& word : facts.model.synonyms()) {
    emit({"product", Value(), Value(), Value(), Text(word), At(facts, places, "/synonyms")});
  }
  descriptor::ForEachColumn(facts.model, [&](const descriptor::ColumnVisit& visit) {
    if (visit.property.business_name().empty()) return;
    emit({"column", Text(visit.contract.id()), Text(visit.object.name()), Text(visit.path),
          Text(visit.property.business_name()), At(places, visit.contract, visit.property.location())});
  });
}

void FillSlos(const PolicyFacts& facts, Places& places, const Emit& emit) {
  for (const v1::DataContract& contract : facts.model.contracts()) {
    for (const v1::ServiceLevel& level : contract.service_levels()) {
      const auto day = ParseDate(level.value());
      emit({Text(contract.id()), Text(level.property()), Text(level.value()), Text(level.value_ext()),
            Text(level.unit()), Text(level.element()), Text(level.driver()), day ? Value(*day / kDayUs) : Value(),
            At(places, level.location())});
    }
  }
}

void FillQuality(const PolicyFacts& facts, Places& places, const Emit& emit) {
  const auto all = [&](const v1::DataContract& contract, const v1::SchemaObject& object, const std::string& column,
                       const auto& rules, const v1::SourceLocation& location) {
    for (const v1::QualityRule& rule : rules) {
      emit({Text(contract.id()), Text(object.name()), Text(column), Text(rule.name()), Text(rule.type()),
            Text(rule.metric()), Text(rule.dimension()), Text(rule.query()), Text(rule.expectation()),
            At(places, contract, location)});
    }
  };
  for (const v1::DataContract& contract : facts.model.contracts()) {
    for (const v1::SchemaObject& object : contract.schema())
      all(contract, object, "", object.quality(), object.location());
  }
  descriptor::ForEachColumn(facts.model, [&](const descriptor::ColumnVisit& visit) {
    all(visit.contract, visit.object, visit.path, visit.property.quality(), visit.property.location());
  });
}

void FillUpstreams(const PolicyFacts& facts, Places& /*places*/, const Emit& emit) {
  for (const v1::Upstream& upstream : facts.context.upstreams()) {
    emit({Text(upstream.port()), Text(upstream.contract_id()), Text(upstream.line()), State(upstream.state())});
  }
}

void FillConsumers(const PolicyFacts& facts, Places& /*places*/, const Emit& emit) {
  for (const v1::Consumer& consumer : facts.context.consumers()) {
    emit({Text(consumer.line()), Text(consumer.title()), State(consumer.state()), Text(consumer.port()),
          Text(consumer.contract_id()), Flag(consumer.columns_known()), Text(consumer.team())});
  }
}

template <typename List>
void EmitNeighbors(const List& neighbors, const Emit& emit) {
  for (const v1::LineageNeighbor& neighbor : neighbors) emit({Text(neighbor.line()), int64_t{neighbor.depth()}});
}
void FillUp(const PolicyFacts& facts, Places& /*places*/, const Emit& emit) {
  EmitNeighbors(facts.context.lineage_up(), emit);
}
void FillDown(const PolicyFacts& facts, Places& /*places*/, const Emit& emit) {
  EmitNeighbors(facts.context.lineage_down(), emit);
}

void FillPrevious(const PolicyFacts& facts, Places& /*places*/, const Emit& emit) {
  if (!facts.context.has_previous()) return;
  const v1::DataProduct& model = facts.context.previous();
  emit({Text(model.version()), Major(model.version()), State(facts.context.previous_state()), Text(model.name()),
        Text(model.description().purpose()), Text(model.team().name())});
}

std::string_view ClassWord(v1::ChangeClass change_class) {
  if (change_class == v1::CHANGE_CLASS_BREAKING) return "breaking";
  return change_class == v1::CHANGE_CLASS_MINOR ? "minor" : "patch";
}

void FillChanges(const PolicyFacts& facts, Places& places, const Emit& emit) {
  if (!facts.context.has_previous()) return;
  for (const v1::Difference& difference : descriptor::Diff(facts.context.previous(), facts.model)) {
    const ChangePlace place = PlaceOf(difference.path(), facts.context.previous());
    emit({Text(difference.rule()), ClassWord(difference.change_class()), Text(difference.path()),
          Text(place.contract_id), Text(place.column), Text(difference.before()), Text(difference.after()),
          Text(difference.message()), Flag(difference.breaks_old_readers()), Flag(difference.breaks_new_readers()),
          At(places, LocationOf(place, facts.model))});
  }
}

constexpr std::string_view kColumnsOfColumns =
    "contract TEXT, object TEXT, path TEXT, name TEXT, depth INTEGER, logical_type TEXT, physical_type TEXT, "
    "physical_name TEXT, business_name TEXT, description TEXT, required INTEGER, is_unique INTEGER, "
    "primary_key INTEGER, partitioned INTEGER, classification TEXT, place INTEGER";

constexpr std::array<PolicyTable, 21> kTables = {{
    {"now", "day TEXT, day_number INTEGER", FillNow},
    {"product",
     "id TEXT, name TEXT, domain TEXT, version TEXT, major INTEGER, status TEXT, type TEXT, state TEXT, purpose TEXT, "
     "usage TEXT, limitations TEXT, team TEXT, line TEXT, place INTEGER",
     FillProduct},
    {"owners", "username TEXT, name TEXT, role TEXT, is_owner INTEGER, date_in TEXT, date_out TEXT, place INTEGER",
     FillOwners},
    {"support", "channel TEXT, url TEXT, place INTEGER", FillSupport},
    {"ports", "kind TEXT, name TEXT, version TEXT, type TEXT, contract TEXT, description TEXT, place INTEGER",
     FillPorts},
    {"contracts", "id TEXT, name TEXT, version TEXT, status TEXT, purpose TEXT, place INTEGER", FillContracts},
    {"servers", "contract TEXT, server TEXT, type TEXT, environment TEXT, place INTEGER", FillServers},
    {"objects",
     "contract TEXT, name TEXT, physical_name TEXT, physical_type TEXT, business_name TEXT, description TEXT, "
     "place INTEGER",
     FillObjects},
    {"columns", kColumnsOfColumns, FillColumns},
    {"tags", "kind TEXT, contract TEXT, object TEXT, path TEXT, tag TEXT, place INTEGER", FillTags},
    {"terms", "kind TEXT, contract TEXT, object TEXT, path TEXT, term TEXT, place INTEGER", FillTerms},
    {"slos",
     "contract TEXT, property TEXT, value TEXT, value_ext TEXT, unit TEXT, element TEXT, driver TEXT, "
     "day_number INTEGER, place INTEGER",
     FillSlos},
    {"quality",
     "contract TEXT, object TEXT, path TEXT, name TEXT, type TEXT, metric TEXT, dimension TEXT, query TEXT, "
     "expectation TEXT, place INTEGER",
     FillQuality},
    {"upstreams", "port TEXT, contract TEXT, line TEXT, state TEXT", FillUpstreams},
    {"consumers", "line TEXT, title TEXT, state TEXT, port TEXT, contract TEXT, columns_known INTEGER, team TEXT",
     FillConsumers},
    {"lineage_up", "line TEXT, depth INTEGER", FillUp},
    {"lineage_down", "line TEXT, depth INTEGER", FillDown},
    {"previous", "version TEXT, major INTEGER, state TEXT, name TEXT, purpose TEXT, team TEXT", FillPrevious},
    {"previous_columns", kColumnsOfColumns, FillPreviousColumns},
    {"changes",
     "rule TEXT, class TEXT, path TEXT, contract TEXT, column TEXT, was TEXT, becomes TEXT, message TEXT, "
     "breaks_old_readers INTEGER, breaks_new_readers INTEGER, place INTEGER",
     FillChanges},
    {"similar", "line TEXT, percent INTEGER",
     [](const PolicyFacts& facts, Places& /*places*/, const Emit& emit) {
       constexpr int kPercent = 100;
       for (const v1::SimilarProduct& similar : facts.context.similar()) {
         emit({Text(similar.line()), static_cast<int64_t>(similar.similarity() * kPercent)});
       }
     }},
}};

}  // namespace

std::span<const PolicyTable> PolicyTables() { return kTables; }

}  // namespace souk::governance
