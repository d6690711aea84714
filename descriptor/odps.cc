// SPDX-License-Identifier: Apache-2.0
#include "descriptor/odps.h"

#include "descriptor/common_fields.h"

namespace souk::descriptor {
namespace {

void ReadMember(const Fields& fields, v1::Member& member) {
  member.set_username(fields.RequiredText("username", "Give the person's user name, best an e-mail address."));
  member.set_name(fields.Text("name"));
  member.set_role(fields.Text("role"));
  member.set_date_in(fields.Text("dateIn"));
  member.set_date_out(fields.Text("dateOut"));
  member.set_description(fields.Text("description"));
}

// ODPS 0.9 has a list of members, later versions an object with a name and members.
void ReadTeam(const Fields& root, v1::DataProduct& product) {
  const Node* team = root.node().Find("team");
  if (team == nullptr) return;
  const auto read_members = [&](const Fields& fields, std::string_view key) {
    fields.Each(key, [&](const Fields& member) { ReadMember(member, *product.mutable_team()->add_members()); });
  };
  if (team->kind == Node::Kind::kList) return read_members(root, "team");
  root.With("team", [&](const Fields& fields) {
    product.mutable_team()->set_name(fields.Text("name"));
    product.mutable_team()->set_description(fields.Text("description"));
    read_members(fields, "members");
  });
}

void ReadInputPort(const Fields& fields, v1::InputPort& port) {
  port.set_name(fields.RequiredText("name", "Name the input port, best after the product that it reads."));
  port.set_version(fields.Text("version"));
  port.set_contract_id(fields.Text("contractId"));
}

void ReadOutputPort(const Fields& fields, v1::OutputPort& port) {
  port.set_name(fields.RequiredText("name", "Name the output port."));
  port.set_version(fields.Text("version"));
  port.set_type(fields.Text("type"));
  port.set_description(fields.Text("description"));
  port.set_contract_id(fields.Text("contractId"));
  ReadTags(fields, *port.mutable_tags());
}

void ReadContact(const Fields& fields, v1::Contact& contact) {
  contact.set_channel(fields.RequiredText("channel", "Name the channel, for example \"#sales-data\" or \"on-call\"."));
  contact.set_url(fields.Text("url"));
  contact.set_description(fields.Text("description"));
}

// ODPS 1.1 has objects; plain words are taken as well.
void ReadSynonyms(const Fields& root, v1::DataProduct& product) {
  const Node* list = root.node().Find("synonyms");
  const bool words = list != nullptr && !list->members.empty() && list->members.front().value->kind != Node::Kind::kMap;
  if (words) {
    root.EachText("synonyms", [&](std::string word) { product.add_synonyms(std::move(word)); });
  } else {
    root.Each("synonyms", [&](const Fields& fields) {
      product.add_synonyms(fields.RequiredText("synonym", "Write the word that people use."));
    });
  }
}

// ODPS 1.1: a flag beside, or instead of, the status.
void ReadDeprecated(const Fields& root, v1::DataProduct& product) {
  if (root.Flag("deprecated") && product.status().empty()) product.set_status("deprecated");
}

}  // namespace

void ReadProduct(const Fields& root, v1::DataProduct& product) {
  product.set_id(root.RequiredText("id", "Give the product an id that stays the same for its whole life."));
  product.set_name(root.Text("name"));
  product.set_domain(root.RequiredText("domain", "Name the domain that owns the product."));
  product.set_version(root.RequiredText("version", "Write a semantic version such as \"1.0.0\"."));
  product.set_status(root.Text("status"));
  product.set_type(root.Text("type"));
  ReadDescription(root, [&]() { return product.mutable_description(); });
  ReadTags(root, *product.mutable_tags());
  ReadSynonyms(root, product);
  ReadDeprecated(root, product);
  ReadTeam(root, product);
  root.Each("support", [&](const Fields& fields) { ReadContact(fields, *product.add_support()); });
  root.Each("inputPorts", [&](const Fields& fields) { ReadInputPort(fields, *product.add_input_ports()); });
  root.Each("outputPorts", [&](const Fields& fields) { ReadOutputPort(fields, *product.add_output_ports()); });
}

Locations LocateProduct(const Fields& root) {
  Locations locations;
  const v1::SourceLocation top = root.Location();
  const auto add = [&](std::string pointer, Position at) {
    v1::SourceLocation location = top;
    location.set_pointer(pointer);
    location.set_line(at.line);
    location.set_column(at.column);
    locations.emplace(std::move(pointer), std::move(location));
  };
  const auto token_of = [](const Node& parent, size_t index) {
    return parent.kind == Node::Kind::kMap ? parent.members[index].key : std::to_string(index);
  };
  add("", root.node().at);
  for (size_t i = 0; i < root.node().members.size(); ++i) {
    const Node& member = *root.node().members[i].value;
    std::string pointer;
    AppendToken(pointer, token_of(root.node(), i));
    add(pointer, member.at);
    for (size_t k = 0; k < member.members.size(); ++k) {
      std::string inner = pointer;
      AppendToken(inner, token_of(member, k));
      add(std::move(inner), member.members[k].value->at);
    }
  }
  return locations;
}

}  // namespace souk::descriptor
