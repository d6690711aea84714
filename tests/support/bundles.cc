// SPDX-License-Identifier: Apache-2.0
#include "tests/support/bundles.h"

#include <sstream>

#include "base/names.h"
#include "tests/support/temp_directory.h"

namespace souk::support {
namespace {

constexpr char kProductPath[] = "product.odps.yaml";
constexpr char kContractPath[] = "contract.odcs.yaml";

std::string Major(const Sample& sample) { return sample.version.substr(0, sample.version.find('.')); }

std::string TableName(const Sample& sample) {
  std::string name = Slug(sample.name) + "_v" + Major(sample);
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

}  // namespace

std::string Sample::id() const { return uid.empty() ? domain + "." + Slug(name) + ".v" + Major(*this) : uid; }
std::string Sample::contract() const { return id() + ".contract"; }
std::string Sample::line() const {
  return "domains/" + Slug(domain) + "/products/" + Slug(name) + "/lines/" + Major(*this);
}
std::string Sample::table() const { return "shop." + Slug(domain) + "." + TableName(*this); }
std::string Sample::dataset() const { return "dataset:postgres://db.example.com:5432:" + table(); }

std::string ProductYaml(const Sample& sample) {
  std::ostringstream yaml;
  yaml << "apiVersion: v1.0.0\nkind: DataProduct\nid: " << sample.id() << "\nname: " << sample.name
       << "\nversion: " << sample.version << "\nstatus: " << sample.status << "\ndomain: " << sample.domain << "\n";
  if (!sample.purpose.empty()) yaml << "description:\n  purpose: \"" << sample.purpose << "\"\n";
  if (!sample.reads.empty()) yaml << "inputPorts:\n";
  for (const std::string& contract : sample.reads) {
    yaml << "- name: " << contract << "\n  version: 1.0.0\n  contractId: " << contract << "\n";
  }
  yaml << "outputPorts:\n- name: " << Slug(sample.name) << "\n  type: table\n  version: " << sample.version
       << "\n  contractId: " << sample.contract() << "\n";
  if (!sample.team.empty() || !sample.owner.empty()) yaml << "team:\n";
  if (!sample.team.empty()) yaml << "  name: " << sample.team << "\n";
  if (!sample.owner.empty()) yaml << "  members:\n  - username: " << sample.owner << "\n    role: owner\n";
  return yaml.str();
}

std::string ContractYaml(const Sample& sample) {
  std::ostringstream yaml;
  yaml << "apiVersion: v3.1.0\nkind: DataContract\nid: " << sample.contract() << "\nname: " << sample.name
       << "\nversion: " << sample.version << "\nstatus: " << sample.status << "\ndomain: " << sample.domain
       << "\nservers:\n- server: production\n  type: postgres\n  host: db.example.com\n  port: 5432\n"
       << "  database: shop\n  schema: " << Slug(sample.domain) << "\nschema:\n- name: " << TableName(sample)
       << "\n  physicalName: " << sample.table() << "\n  logicalType: object\n  physicalType: table\n";
  if (!sample.columns.empty()) yaml << "  properties:\n";
  for (const Column& column : sample.columns) {
    yaml << "  - name: " << column.name << "\n    logicalType: " << column.type << "\n";
    if (!column.made_from.empty()) yaml << "    transformSourceObjects:\n    - " << column.made_from << "\n";
  }
  if (!sample.freshness.empty()) {
    yaml << "slaProperties:\n- property: latency\n  value: " << sample.freshness << "\n  unit: min\n";
  }
  return yaml.str();
}

v1::Bundle BundleOf(const Sample& sample) {
  v1::Bundle bundle;
  v1::Document& product = *bundle.add_documents();
  product.set_path(kProductPath);
  product.set_content(ProductYaml(sample));
  v1::Document& contract = *bundle.add_documents();
  contract.set_path(kContractPath);
  contract.set_content(ContractYaml(sample));
  return bundle;
}

v1::RegisterProductRequest RegistrationOf(const Sample& sample) {
  v1::RegisterProductRequest request;
  *request.mutable_bundle() = BundleOf(sample);
  request.set_create_missing(true);
  return request;
}

void WriteBundle(const std::filesystem::path& directory, const Sample& sample) {
  WriteFile(directory / kProductPath, ProductYaml(sample));
  WriteFile(directory / kContractPath, ContractYaml(sample));
}

}  // namespace souk::support
