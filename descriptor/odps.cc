// SPDX-License-Identifier: Apache-2.0
#include "descriptor/odps.h"

#include "descriptor/common_fields.h"

namespace souk::descriptor {
namespace {

void ReadMember(const Fields& fields, v1::Member& member) {
  SetText(member, &v1::Member::mutable_username,
          fields.RequiredText("username", "Give the person's user name, best an e-mail address."));
  SetText(member, &v1::Member::mutable_name, fields.Text("name"));
  SetText(member, &v1::Member::mutable_role, fields.Text("role"));
  SetText(member, &v1::Member::mutable_date_in, fields.Text("dateIn"));
  SetText(member, &v1::Member::mutable_date_out, fields.Text("dateOut"));
  SetText(member, &v1::Member::mutable_description, fields.Text("description"));
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
    SetText(*product.mutable_team(), &v1::DeclaredTeam::mutable_name, fields.Text("name"));
    SetText(*product.mutable_team(), &v1::DeclaredTeam::mutable_description, fields.Text("description"));
    read_members(fields, "members");
  });
}

void ReadInputPort(const Fields& fields, v1::InputPort& port) {
  SetText(port, &v1::InputPort::mutable_name,
          fields.RequiredText("name", "Name the input port, best after the product that it reads."));
  SetText(port, &v1::InputPort::mutable_version, fields.Text("version"));
  SetText(port, &v1::InputPort::mutable_contract_id, fields.Text("contractId"));
}

void ReadOutputPort(const Fields& fields, v1::OutputPort& port) {
  SetText(port, &v1::OutputPort::mutable_name, fields.RequiredText("name", "Name the output port."));
  SetText(port, &v1::OutputPort::mutable_version, fields.Text("version"));
  SetText(port, &v1::OutputPort::mutable_type, fields.Text("type"));
  SetText(port, &v1::OutputPort::mutable_description, fields.Text("description"));
  SetText(port, &v1::OutputPort::mutable_contract_id, fields.Text("contractId"));
  ReadTags(fields, *port.mutable_tags());
}

void ReadContact(const Fields& fields, v1::Contact& contact) {
  SetText(contact, &v1::Contact::mutable_channel,
          fields.RequiredText("channel", "Name the channel, for example \"#sales-data\" or \"on-call\"."));
  SetText(contact, &v1::Contact::mutable_url, fields.Text("url"));
  SetText(contact, &v1::Contact::mutable_description, fields.Text("description"));
}

// ODPS 1.1 has objects; plain words are taken as well.
void ReadSynonyms(const Fields& root, v1::DataProduct& product) {
  const Node* list = root.node().Find("synonyms");
  const bool words = list != nullptr && !list->members.empty() && list->members.front().value->kind != Node::Kind::kMap;
  if (words) {
    root.EachText("synonyms", [&](std::string_view word) { product.add_synonyms()->assign(word); });
  } else {
    root.Each("synonyms", [&](const Fields& fields) {
      product.add_synonyms()->assign(fields.RequiredText("synonym", "Write the word that people use."));
    });
  }
}

// ODPS 1.1: a flag beside, or instead of, the status.
void ReadDeprecated(const Fields& root, v1::DataProduct& product) {
  if (root.Flag("deprecated") && product.status().empty()) product.set_status("deprecated");
}

}  // namespace

void ReadProduct(const Fields& root, v1::DataProduct& product) {
  SetText(product, &v1::DataProduct::mutable_id,
          root.RequiredText("id", "Give the product an id that stays the same for its whole life."));
  SetText(product, &v1::DataProduct::mutable_name, root.Text("name"));
  SetText(product, &v1::DataProduct::mutable_domain,
          root.RequiredText("domain", "Name the domain that owns the product."));
  SetText(product, &v1::DataProduct::mutable_version,
          root.RequiredText("version", "Write a semantic version such as \"1.0.0\"."));
  SetText(product, &v1::DataProduct::mutable_status, root.Text("status"));
  SetText(product, &v1::DataProduct::mutable_type, root.Text("type"));
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
    return parent.kind == Node::Kind::kMap ? std::string(parent.members[index].key) : std::to_string(index);
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
