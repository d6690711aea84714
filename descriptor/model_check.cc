// SPDX-License-Identifier: Apache-2.0
#include "descriptor/model_check.h"

#include <map>
#include <set>
#include <tuple>

#include "base/limits.h"
#include "descriptor/locate.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

class Checker {
 public:
  Checker(const v1::DataProduct& model, const Locations& locations, bool from_documents,
          std::vector<Violation>& violations)
      : model_(model), locations_(locations), from_documents_(from_documents), violations_(violations) {}

  void Run() {
    Identity();
    Lifecycle();
    InputPorts();
    OutputPorts();
    Contracts();
    Columns();
  }

 private:
  void Add(const v1::SourceLocation& at, std::string_view rule, std::string message, std::string remedy,
           bool error = true) {
    if (violations_.size() >= limits::kFindingsMax) return;
    violations_.push_back({std::string(rule), at.path(), at.pointer(), at.line(), at.column(), std::move(message),
                           std::move(remedy), error});
  }
  // At a node of the product document, which is looked up only when there is something to say of it.
  void Add(const std::string& pointer, std::string_view rule, std::string message, std::string remedy,
           bool error = true) {
    Add(Locate(locations_, pointer), rule, std::move(message), std::move(remedy), error);
  }

  // A place is a location, or the pointer of a node of the product document. A name, id or word that other things are
  // looked up by.
  template <typename Place>
  void Word(const Place& at, std::string_view noun, const std::string& text) {
    if (text.size() > limits::kIdentifierBytesMax) {
      Add(at, "identifier-length",
          "the " + std::string(noun) + " has " + std::to_string(text.size()) + " bytes; at most " +
              std::to_string(limits::kIdentifierBytesMax) + " are allowed",
          "Shorten it.");
    } else if (HasControl(text)) {
      Add(at, "control-character", "the " + std::string(noun) + " " + Quoted(text) + " holds a control character",
          "Write it on one line, without tabs.");
    }
  }
  template <typename Place>
  void Words(const Place& at, std::string_view noun, const google::protobuf::RepeatedPtrField<std::string>& texts) {
    for (const std::string& text : texts) Word(at, noun, text);
  }

  // Documents have complained about an absent text already.
  void Required(const std::string& pointer, std::string_view noun, const std::string& text, std::string remedy) {
    if (!from_documents_ && Trimmed(text).empty()) {
      Add(pointer, "required", std::string(noun) + " is missing", std::move(remedy));
    }
    Word(pointer, noun, text);
  }

  void Identity() {
    Word("/id", "id", model_.id());
    Required("/domain", "domain", model_.domain(), "Name the domain that owns the product.");
    Required("/version", "version", model_.version(), "Write a semantic version such as \"1.0.0\".");
    const bool named = !Trimmed(model_.name()).empty();
    if (!named && model_.id().empty() && !from_documents_) {
      Add("/name", "required", "name is missing", "Name the product, or give it an id to be named after.");
    }
    Word("/name", "name", model_.name());
    if (!model_.version().empty() && !MajorOf(model_.version()).ok()) {
      Add("/version", "version-major", Quoted(model_.version()) + " is not a version with a major number",
          "Write a semantic version such as \"1.0.0\".");
    }
    if (MajorOf(model_.version()).ok() && !IsVersion(model_.version())) {
      Add("/version", "version-characters", "the version " + Quoted(model_.version()) + " has odd characters",
          "Use digits, letters, '.', '-', '+' and '_'.");
    }
    Slugged("/domain", "domain", model_.domain());
    Slugged(named ? "/name" : "/id", named ? "name" : "id", named ? model_.name() : model_.id());
    Words("/tags", "tag", model_.tags());
    Words("/synonyms", "synonym", model_.synonyms());
    Word("/type", "type", model_.type());
    Word("/team/name", "team's name", model_.team().name());
    Unshortened("/team/name", "team's name", model_.team().name());
    for (const v1::Member& member : model_.team().members()) {
      Word("/team/members", "user name", member.username());
      Word("/team/members", "role", member.role());
    }
    for (const v1::Contact& contact : model_.support()) {
      Word("/support", "channel", contact.channel());
      Word("/support", "url", contact.url());
    }
  }

  // A slug that had to be cut could be somebody else's too.
  void Unshortened(const std::string& pointer, std::string_view noun, const std::string& text) {
    const size_t size = SlugSize(text);
    if (size <= limits::kResourceIdCharsMax) return;
    Add(pointer, "slug",
        "the " + std::string(noun) + " makes a resource name of " + std::to_string(size) + " characters; at most " +
            std::to_string(limits::kResourceIdCharsMax) + " are allowed",
        "Shorten it.");
  }

  void Slugged(const std::string& pointer, std::string_view noun, const std::string& text) {
    Unshortened(pointer, noun, text);
    if (Trimmed(text).empty() || !Slug(text).empty()) return;
    Add(pointer, "slug",
        "the " + std::string(noun) + " " + Quoted(text) + " has no letter or digit for its resource name",
        "Use at least one letter a-z or digit.");
  }

  void Lifecycle() {
    Word("/status", "status", model_.status());
    if (ParseState(model_.status()) != v1::PRODUCT_STATE_UNSPECIFIED) return;
    Add("/status", "status-word",
        model_.status().empty() ? "status is missing" : Quoted(model_.status()) + " is not a state of a product",
        "Use proposed, draft, active, deprecated or retired.", false);
  }

  void InputPorts() {
    Count("/inputPorts", "input ports", static_cast<size_t>(model_.input_ports_size()), limits::kInputPortsMax);
    std::set<std::tuple<std::string, std::string, std::string>> seen;
    for (int i = 0; i < model_.input_ports_size(); ++i) {
      const v1::InputPort& port = model_.input_ports(i);
      const std::string pointer = "/inputPorts/" + std::to_string(i);
      Required(pointer, "input port's name", port.name(), "Name the input port.");
      Word(pointer, "input port's version", port.version());
      Word(pointer, "contract id", port.contract_id());
      if (!seen.emplace(port.name(), port.version(), port.contract_id()).second) {
        Add(pointer, "port-unique", "the input port " + Quoted(port.name()) + " is listed twice",
            "Keep one of the two.");
      }
      if (port.contract_id().empty()) {
        Add(pointer, "input-port-contract",
            "the input port " + Quoted(port.name()) + " does not say which contract it reads",
            "Set contractId to the contract of the upstream's output port; by name alone the lineage is a guess.",
            false);
      }
    }
  }

  void OutputPorts() {
    Count("/outputPorts", "output ports", static_cast<size_t>(model_.output_ports_size()), limits::kOutputPortsMax);
    std::set<std::pair<std::string, std::string>> seen;
    for (int i = 0; i < model_.output_ports_size(); ++i) {
      const v1::OutputPort& port = model_.output_ports(i);
      const std::string pointer = "/outputPorts/" + std::to_string(i);
      Required(pointer, "output port's name", port.name(), "Name the output port.");
      Word(pointer, "output port's version", port.version());
      Word(pointer, "output port's type", port.type());
      Word(pointer, "contract id", port.contract_id());
      Words(pointer, "tag", port.tags());
      if (!seen.emplace(port.name(), port.version()).second) {
        Add(pointer, "port-unique",
            "the output port " + Quoted(port.name()) + " with version " + Quoted(port.version()) + " is listed twice",
            "Give each output port a name and version of its own.");
      }
    }
  }

  void Contracts() {
    std::set<std::string> referred;
    for (const v1::OutputPort& port : model_.output_ports()) referred.insert(port.contract_id());
    std::set<std::string> seen;
    for (const v1::DataContract& contract : model_.contracts()) {
      const v1::SourceLocation at = Inside(contract.location(), "/id");
      if (!from_documents_ && contract.id().empty()) {
        Add(at, "required", "the contract's id is missing", "Give the contract an id.");
      }
      Word(at, "contract id", contract.id());
      for (const auto& [noun, text] : {std::pair{"contract's name", &contract.name()},
                                       {"contract's version", &contract.version()},
                                       {"contract's status", &contract.status()}}) {
        Word(contract.location(), noun, *text);
      }
      Words(contract.location(), "tag", contract.tags());
      for (const v1::Server& server : contract.servers()) {
        for (const auto& [key, value] : server.fields()) Word(contract.location(), "server's " + key, value);
      }
      if (contract.id().empty()) continue;
      if (!seen.insert(contract.id()).second) {
        Add(at, "contract-unique", "the contract " + Quoted(contract.id()) + " occurs twice in the bundle",
            "Keep one of the two, or give the other an id of its own.");
      } else if (referred.count(contract.id()) == 0) {
        Add(at, "contract-unreferenced", "no output port refers to the contract " + Quoted(contract.id()),
            "Set contractId of an output port to it, or leave the contract out.", false);
      }
    }
  }

  void Columns() {
    columns_ = 0;
    for (const v1::DataContract& contract : model_.contracts()) {
      std::set<std::string> names;
      for (const v1::SchemaObject& object : contract.schema()) {
        if (!object.name().empty() && !names.insert(object.name()).second) {
          Add(object.location(), "object-unique", "the schema has two objects named " + Quoted(object.name()),
              "Give each object a name of its own.");
        }
        if (!from_documents_ && object.name().empty()) {
          Add(object.location(), "required", "an object of the schema has no name", "Name the object.");
        }
        Word(object.location(), "object's name", object.name());
        Word(object.location(), "physical name", object.physical_name());
        Word(object.location(), "business name", object.business_name());
        Words(object.location(), "tag", object.tags());
        Properties(object.properties());
      }
    }
    Count("", "columns", columns_, limits::kColumnsMax);
  }

  void Properties(const google::protobuf::RepeatedPtrField<v1::SchemaProperty>& properties) {
    std::set<std::string_view> names;
    for (const v1::SchemaProperty& property : properties) {
      ++columns_;
      if (!property.name().empty() && !names.insert(property.name()).second) {
        Add(property.location(), "column-unique", "the column " + Quoted(property.name()) + " occurs twice",
            "Keep one of the two.");
      }
      if (!from_documents_ && property.name().empty()) {
        Add(property.location(), "required", "a column has no name", "Name the column.");
      }
      Property(property);
    }
  }

  void Property(const v1::SchemaProperty& property) {
    const v1::SourceLocation& at = property.location();
    Word(at, "column's name", property.name());
    Word(at, "physical name", property.physical_name());
    Word(at, "logical type", property.logical_type());
    Word(at, "business name", property.business_name());
    Word(at, "classification", property.classification());
    Words(at, "tag", property.tags());
    Words(at, "source object", property.transform_source_objects());
    Properties(property.properties());
    for (const v1::SchemaProperty& element : property.items()) Property(element);
  }

  void Count(const std::string& pointer, std::string_view noun, size_t count, size_t count_max) {
    if (count <= count_max) return;
    Add(pointer, "too-many",
        std::to_string(count) + " " + std::string(noun) + "; at most " + std::to_string(count_max) + " are allowed",
        "Split the product.");
  }

  const v1::DataProduct& model_;
  const Locations& locations_;
  const bool from_documents_;
  std::vector<Violation>& violations_;
  size_t columns_ = 0;
};

bool AddTextViolation(std::string_view rule, std::string message, std::vector<Violation>& violations) {
  violations.push_back({std::string(rule), "", "", 0, 0, std::move(message), "Mend the model.", true});
  return false;
}

bool CheckTextsWithin(const google::protobuf::Message& message, size_t depth, std::vector<Violation>& violations) {
  if (depth > limits::kDocumentDepthMax) {
    return AddTextViolation("depth", "the model is nested deeper than " + std::to_string(limits::kDocumentDepthMax),
                            violations);
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    const bool text = field->type() == google::protobuf::FieldDescriptor::TYPE_STRING;
    const bool inner = field->type() == google::protobuf::FieldDescriptor::TYPE_MESSAGE;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; (text || inner) && i < count; ++i) {
      std::string scratch;
      if (text && !IsCleanUtf8(field->is_repeated() ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                                    : reflection.GetStringReference(message, field, &scratch))) {
        return AddTextViolation("utf8", field->name() + " is not UTF-8, or holds a NUL", violations);
      }
      if (inner && !CheckTextsWithin(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                          : reflection.GetMessage(message, field),
                                     depth + 1, violations)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

bool CheckTexts(const google::protobuf::Message& model, std::vector<Violation>& violations) {
  return CheckTextsWithin(model, 1, violations);
}

void CheckModel(const v1::DataProduct& model, const Locations& locations, bool from_documents,
                std::vector<Violation>& violations) {
  Checker(model, locations, from_documents, violations).Run();
}

}  // namespace souk::descriptor
