// SPDX-License-Identifier: Apache-2.0
#include "tests/journeys/journey.h"

#include <iostream>
#include <sstream>

namespace souk::journeys {
namespace {

// The suite that runs: one at a time in a process.
struct Stage {
  support::TempDirectory folder;
  std::filesystem::path data = folder / "data";
  std::unique_ptr<support::Node> node;
  std::unique_ptr<client::Client> client;
};

std::unique_ptr<Stage>& CurrentStage() {
  static std::unique_ptr<Stage> stage;
  return stage;
}

void Begin(Stage& stage, std::vector<std::string> flags) {
  stage.client.reset();
  stage.node.reset();
  stage.node = Must(support::Node::Start(
      {.data_directory = stage.data, .flags = std::move(flags), .log = stage.folder / "soukd.log"}));
  client::ClientOptions options = ClientOf(stage.node->grpc_address());
  options.read_your_writes = true;
  stage.client = std::make_unique<client::Client>(options);
}

}  // namespace

void Journey::SetUpTestSuite() {
  CurrentStage() = std::make_unique<Stage>();
  Begin(*CurrentStage(), {});
}

void Journey::TearDownTestSuite() {
  Stage& stage = *CurrentStage();
  stage.client.reset();
  if (stage.node) {
    const Status stopped = stage.node->Stop();
    EXPECT_TRUE(stopped.ok()) << stopped.ToString();
  }
  CurrentStage().reset();
}

void Journey::TearDown() {
  if (HasFailure() && CurrentStage()->node) std::cerr << "the node's log:\n" << node().Log() << "\n";
}

support::Node& Journey::node() { return *CurrentStage()->node; }
client::Client& Journey::client() { return *CurrentStage()->client; }
const std::filesystem::path& Journey::data_directory() { return CurrentStage()->data; }

std::filesystem::path Journey::Folder(std::string_view name) {
  std::filesystem::path folder = CurrentStage()->folder / name;
  std::filesystem::create_directories(folder);
  return folder;
}

void Journey::StopNode() {
  CurrentStage()->client.reset();
  Must(node().Stop());
}

void Journey::StartAgain(std::vector<std::string> flags) { Begin(*CurrentStage(), std::move(flags)); }

void Journey::StartOn(const std::filesystem::path& data_directory) {
  CurrentStage()->data = data_directory;
  StartAgain();
}

support::CommandResult Journey::Souk(const std::vector<std::string>& arguments, const std::string& input) {
  support::RunOptions options;
  options.input = input;
  return support::RunSouk(node().grpc_address(), arguments, options);
}

v1::RegisterProductResponse Journey::Register(const Sample& sample) {
  return Must(client().RegisterProduct(support::RegistrationOf(sample)));
}

StatusOr<v1::Product> Journey::Get(const std::string& name) {
  v1::GetProductRequest request;
  request.set_name(name);
  request.set_include_documents(true);
  ASSIGN_OR_RETURN(v1::GetProductResponse response, client().GetProduct(request));
  return std::move(*response.mutable_product());
}

void Journey::ExpectThere(const Sample& sample) {
  const auto product = Get(sample.line());
  ASSERT_TRUE(product.ok()) << product.status().ToString();
  EXPECT_EQ(product->version(), sample.version);
  ASSERT_EQ(product->documents_size(), 2);
  EXPECT_EQ(product->documents(0).content(), support::ProductYaml(sample));
  EXPECT_THAT(Search(sample.name, "domain = " + sample.domain), ::testing::Contains(sample.id()));
  v1::FindOwnerRequest owner;
  owner.set_identifier(sample.dataset());
  EXPECT_THAT(Must(client().FindOwner(owner)).owners(), ::testing::ElementsAre(sample.owner));
}

void Journey::ExpectSound() {
  const v1::VerifyIndexResponse verdict = Must(client().VerifyIndex({}));
  for (const v1::IndexFault& fault : verdict.faults()) {
    ADD_FAILURE() << fault.index() << " " << fault.subject() << ": " << fault.message();
  }
  EXPECT_GT(verdict.documents_checked(), 0U);
  EXPECT_GT(verdict.records_checked(), 0U);
}

std::vector<std::string> Journey::Search(const std::string& query, const std::string& filter) {
  v1::SearchRequest request;
  request.set_query(query);
  request.set_filter(filter);
  std::vector<std::string> ids;
  const auto response = Must(client().Search(request));
  for (const v1::SearchHit& hit : response.hits()) ids.push_back(hit.id());
  return ids;
}

std::set<std::string> Journey::Trace(const std::string& root, v1::LineageDirection direction, int depth) {
  v1::TraceLineageRequest request;
  request.set_root(root);
  request.set_direction(direction);
  request.set_max_depth(depth);
  std::set<std::string> ids;
  const auto response = Must(client().TraceLineage(request));
  for (const v1::LineageNode& node : response.nodes()) {
    if (node.depth() > 0) ids.insert(node.id().empty() ? node.name() : node.id());
  }
  return ids;
}

client::ClientOptions ClientOf(const std::string& grpc_address) {
  client::ClientOptions options;
  options.addresses = {grpc_address};
  options.deadline = std::chrono::seconds(30);  // a sanitizer on a busy machine is slow, and no journey is about that
  return options;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

}  // namespace souk::journeys
