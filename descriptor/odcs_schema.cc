// SPDX-License-Identifier: Apache-2.0
// The schema section of ODCS: objects, properties, quality rules.
#include <array>

#include "base/limits.h"
#include "descriptor/common_fields.h"
#include "descriptor/odcs.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

// The operand of a comparison: "5", or "1 and 5" for a range.
std::string Operand(const Node& node) {
  if (node.kind != Node::Kind::kList) return std::string(node.text);
  std::string text;
  for (const Member& member : node.members) {
    if (!text.empty()) text += " and ";
    text += member.value->text;
  }
  return text;
}

// "mustBeLessThan 5 percent": the comparisons of a rule, in the order of the standard.
std::string Expectation(const Fields& fields) {
  constexpr std::array<std::string_view, 9> kOperators = {
      "mustBe",         "mustNotBe",           "mustBeGreaterThan", "mustBeGreaterOrEqualTo",
      "mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween",     "mustNotBeBetween",
      "validValues"};
  std::string text;
  for (const std::string_view name : kOperators) {
    const Node* operand = fields.node().Find(name);
    if (operand == nullptr || operand->kind == Node::Kind::kMap) continue;
    if (!text.empty()) text += ", ";
    text += name;
    text += ' ';
    text += Operand(*operand);
  }
  const std::string_view unit = fields.Text("unit");
  if (!text.empty() && !unit.empty()) text.append(" ").append(unit);
  return text;
}

void ReadQualityRule(const Fields& fields, v1::QualityRule& rule) {
  SetText(rule, &v1::QualityRule::mutable_name, fields.Text("name"));
  if (rule.name().empty()) SetText(rule, &v1::QualityRule::mutable_name, fields.Text("id"));
  SetText(rule, &v1::QualityRule::mutable_type, fields.Text("type"));
  SetText(rule, &v1::QualityRule::mutable_metric, fields.Text("metric"));
  if (rule.metric().empty())
    SetText(rule, &v1::QualityRule::mutable_metric, fields.Text("rule"));  // its name in ODCS 3.0
  SetText(rule, &v1::QualityRule::mutable_description, fields.Text("description"));
  SetText(rule, &v1::QualityRule::mutable_dimension, fields.Text("dimension"));
  SetText(rule, &v1::QualityRule::mutable_query, fields.Text("query"));
  SetText(rule, &v1::QualityRule::mutable_expectation, Expectation(fields));
}

// An unknown type says nothing about compatibility, so it is worth a word.
void CheckLogicalType(const Fields& fields, const std::string& type) {
  constexpr std::array<std::string_view, 11> kTypes = {"string", "date",  "timestamp", "time", "number", "integer",
                                                       "object", "array", "boolean",   "map",  "vector"};
  if (type.empty()) return;
  for (const std::string_view known : kTypes) {
    if (type == known) return;
  }
  fields.Note("logicalType", "logical-type", Quoted(type) + " is not a logical type of ODCS",
              "Use string, date, timestamp, time, number, integer, object, array or boolean, and say the rest in "
              "physicalType.",
              false);
}

// A rule that lists the values: in ODCS 3.0 itself, later as an argument of the metric invalidValues.
void ReadValidValues(const Fields& rule, v1::SchemaProperty& property) {
  const auto read = [&](const Node* list) {
    if (list == nullptr || list->kind != Node::Kind::kList) return;
    for (const Member& member : list->members) {
      if (member.value->kind == Node::Kind::kScalar) {
        property.mutable_constraints()->add_valid_values()->assign(member.value->text);
      }
    }
  };
  read(rule.node().Find("validValues"));
  if (const Node* arguments = rule.node().Find("arguments")) read(arguments->Find("validValues"));
}

void ReadProperty(const Fields& fields, bool needs_name, v1::SchemaProperty& property);

// One column more than allowed is read, for the model's check to count; the rest would only fill the memory.
void ReadProperties(const Fields& fields, google::protobuf::RepeatedPtrField<v1::SchemaProperty>& properties) {
  fields.Each("properties", [&](const Fields& inner) {
    if (fields.reading().columns > limits::kColumnsMax) return;
    ++fields.reading().columns;
    ReadProperty(inner, true, *properties.Add());
  });
}

// Elements of an array have no name of their own.
void ReadProperty(const Fields& fields, bool needs_name, v1::SchemaProperty& property) {
  *property.mutable_location() = fields.Location();
  SetText(property, &v1::SchemaProperty::mutable_name,
          needs_name ? fields.RequiredText("name", "Name the column.") : fields.Text("name"));
  SetText(property, &v1::SchemaProperty::mutable_physical_name, fields.Text("physicalName"));
  SetText(property, &v1::SchemaProperty::mutable_logical_type, fields.Text("logicalType"));
  CheckLogicalType(fields, property.logical_type());
  SetText(property, &v1::SchemaProperty::mutable_physical_type, fields.Text("physicalType"));
  SetText(property, &v1::SchemaProperty::mutable_business_name, fields.Text("businessName"));
  SetText(property, &v1::SchemaProperty::mutable_description, fields.Text("description"));
  property.set_required(fields.Flag("required"));
  property.set_unique(fields.Flag("unique"));
  property.set_primary_key(fields.Flag("primaryKey"));
  property.set_partitioned(fields.Flag("partitioned"));
  SetText(property, &v1::SchemaProperty::mutable_classification, fields.Text("classification"));
  ReadTags(fields, *property.mutable_tags());
  fields.EachText("transformSourceObjects",
                  [&](std::string_view source) { property.add_transform_source_objects()->assign(source); });
  ReadProperties(fields, *property.mutable_properties());
  fields.With("items", [&](const Fields& inner) { ReadProperty(inner, false, *property.add_items()); });
  fields.With("logicalTypeOptions", [&](const Fields& inner) {
    inner.EachScalarMember([&](std::string_view key, std::string_view text) {
      (*property.mutable_constraints()->mutable_options())[std::string(key)] = std::string(text);
    });
  });
  fields.Each("quality", [&](const Fields& inner) {
    ReadQualityRule(inner, *property.add_quality());
    ReadValidValues(inner, property);
  });
}

}  // namespace

void ReadSchemaObject(const Fields& fields, v1::SchemaObject& object) {
  *object.mutable_location() = fields.Location();
  SetText(object, &v1::SchemaObject::mutable_name, fields.RequiredText("name", "Name the table, topic or file set."));
  SetText(object, &v1::SchemaObject::mutable_physical_name, fields.Text("physicalName"));
  SetText(object, &v1::SchemaObject::mutable_physical_type, fields.Text("physicalType"));
  SetText(object, &v1::SchemaObject::mutable_business_name, fields.Text("businessName"));
  SetText(object, &v1::SchemaObject::mutable_description, fields.Text("description"));
  ReadTags(fields, *object.mutable_tags());
  ReadProperties(fields, *object.mutable_properties());
  fields.Each("quality", [&](const Fields& inner) { ReadQualityRule(inner, *object.add_quality()); });
}

}  // namespace souk::descriptor
