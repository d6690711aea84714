// SPDX-License-Identifier: Apache-2.0
// The streams that move a history, as a client meets them: who may, what comes, and how they end.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/rpc/node.h"

namespace souk::rpc {
namespace {

using support::Sample;

constexpr char kExport[] = "souk.v1.AdminService.ExportLedger";
constexpr char kImport[] = "souk.v1.AdminService.ImportLedger";

std::unique_ptr<v1::AdminService::Stub> AdminOf(const Node& node) { return v1::AdminService::NewStub(node.channel); }

grpc::Status Export(const Node& node, std::string& bytes, const v1::ExportLedgerRequest& request = {}) {
  const auto context = Context();
  const auto stub = AdminOf(node);
  const auto reader = stub->ExportLedger(context.get(), request);
  v1::ExportLedgerResponse message;
  while (reader->Read(&message)) bytes += message.piece();
  return reader->Finish();
}

grpc::Status Import(const Node& node, const std::string& bytes, v1::ImportLedgerResponse& response,
                    bool validate_only = false, size_t piece_bytes = 1000) {
  const auto context = Context();
  context->AddMetadata("souk-actor", "ada@example.com");
  const auto stub = AdminOf(node);
  const auto writer = stub->ImportLedger(context.get(), &response);
  v1::ImportLedgerRequest message;
  message.set_validate_only(validate_only);
  for (size_t at = 0; at < bytes.size(); at += piece_bytes) {
    message.set_piece(bytes.substr(at, piece_bytes));
    if (!writer->Write(message)) break;
  }
  writer->WritesDone();
  return writer->Finish();
}

TEST(Transfers, AHistoryComesOutInPiecesAndGoesInAgain) {
  Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  std::string bytes;
  grpc::Status status = Export(node, bytes);
  ASSERT_TRUE(status.ok()) << status.error_message();
  Node other;
  v1::ImportLedgerResponse response;
  status = Import(other, bytes, response, /*validate_only=*/true);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(other.mesh.revision(), 0U);
  status = Import(other, bytes, response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.revision(), other.mesh.Token(other.mesh.revision()));
  EXPECT_EQ(response.origin_epoch(), node.mesh.Token(1).substr(2));
  EXPECT_EQ(response.history_digest().size(), 32U);
  // It is found at once, and an old revision is understood.
  v1::GetProductRequest get;
  get.set_name(Sample{}.line());
  get.mutable_consistency()->set_min_revision(node.mesh.Token(node.mesh.revision()));
  v1::GetProductResponse got;
  EXPECT_TRUE(other.Registry()->GetProduct(Context().get(), get, &got).ok());
  get.mutable_consistency()->set_min_revision(node.mesh.Token(node.mesh.revision() + 1));
  EXPECT_EQ(ReasonOf(other.Registry()->GetProduct(Context().get(), get, &got)), "FOREIGN_REVISION");
}

TEST(Transfers, AreForAdministrators) {
  Node node;
  node.mesh.authorizer.Forbid(v1::PERMISSION_ADMIN);
  std::string bytes;
  EXPECT_EQ(Export(node, bytes).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(bytes, "");
  v1::ImportLedgerResponse response;
  EXPECT_EQ(Import(node, "souk export 1\n", response).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_TRUE(node.witness.WaitEnded(kExport, Code::kPermissionDenied, 1));
  EXPECT_TRUE(node.witness.WaitEnded(kImport, Code::kPermissionDenied, 1));
}

TEST(Transfers, OfAPastRevisionThereIsNoExport) {
  Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  v1::ExportLedgerRequest request;
  request.mutable_consistency()->set_as_of_revision(node.mesh.Token(1));
  std::string bytes;
  EXPECT_EQ(ReasonOf(Export(node, bytes, request)), "AS_OF_UNSUPPORTED");
}

TEST(Transfers, AnImportOfNothingIsRefused) {
  Node node;
  v1::ImportLedgerResponse response;
  EXPECT_EQ(Import(node, "", response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// Somebody writes what the export knows nothing of, so that no change of the import stumbles over it.
TEST(Transfers, WhatSomebodyElseWroteMeanwhileIsFoundAtTheEnd) {
  Node node;
  ASSERT_TRUE(node.mesh.Register(Sample{}).ok());
  std::string bytes;
  ASSERT_TRUE(Export(node, bytes).ok());
  Node other;
  v1::ImportLedgerResponse response;
  const auto context = Context();
  const auto stub = AdminOf(other);
  const auto writer = stub->ImportLedger(context.get(), &response);
  v1::ImportLedgerRequest message;
  // All but the end: every revision is there, and it is not complete.
  message.set_piece(bytes.substr(0, bytes.size() - 1));
  ASSERT_TRUE(writer->Write(message));
  ASSERT_TRUE(other.mesh.store->WaitApplied(node.mesh.revision(), std::chrono::steady_clock::now() + kPatience).ok());
  ASSERT_TRUE(other.mesh.Register(Sample{.domain = "elsewhere"}).ok());
  message.set_piece(bytes.substr(bytes.size() - 1));
  ASSERT_TRUE(writer->Write(message));
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(ReasonOf(status), "CONCURRENT_CHANGE");
}

TEST(Transfers, WhoHangsUpFreesTheLane) {
  Node node;
  for (int i = 1; i <= 10; ++i) {  // more than the lane has threads
    v1::ImportLedgerResponse response;
    const auto context = Context();
    const auto stub = AdminOf(node);
    const auto writer = stub->ImportLedger(context.get(), &response);
    v1::ImportLedgerRequest message;
    message.set_piece("souk export 1\n");
    ASSERT_TRUE(writer->Write(message));
    ASSERT_TRUE(node.witness.WaitBegun(i));
    context->TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_TRUE(node.witness.WaitEnded(kImport, i));
  }
}

TEST(Transfers, ADrainingNodeDoesNotWaitForAnImport) {
  Node node;
  v1::ImportLedgerResponse response;
  const auto context = Context();
  const auto stub = AdminOf(node);
  const auto writer = stub->ImportLedger(context.get(), &response);
  v1::ImportLedgerRequest message;
  message.set_piece("souk export 1\n");
  ASSERT_TRUE(writer->Write(message));
  ASSERT_TRUE(node.witness.WaitBegun(1));
  node.server->Drain(std::chrono::milliseconds(0));
  EXPECT_FALSE(writer->Finish().ok());
  EXPECT_TRUE(node.witness.WaitEnded(kImport, 1));
}

}  // namespace
}  // namespace souk::rpc
