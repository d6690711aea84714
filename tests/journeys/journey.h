// SPDX-License-Identifier: Apache-2.0
// What journeys stand on: one real node for each test suite, the real client and the real command line. The tests of a
// suite share the node, so each keeps to a domain of its own. Nothing here is thread-safe, but the client is.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/status.h"
#include "client/lib/client.h"
#include "tests/support/bundles.h"
#include "tests/support/node.h"

namespace souk::journeys {

using support::Sample;

// The value, or the end of the test with the error's text.
template <typename T>
T Must(StatusOr<T> result) {
  if (!result.ok()) throw std::runtime_error(result.status().ToString());
  return std::move(result).value();
}
inline void Must(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

inline const Status& StatusOf(const Status& status) { return status; }
template <typename T>
const Status& StatusOf(const StatusOr<T>& result) {
  return result.status();
}

// A Status or StatusOr with that code and machine-readable reason.
MATCHER_P2(FailsWith, code, reason, std::string(CodeName(code)) + " " + reason) {
  const Status& status = StatusOf(arg);
  *result_listener << status.ToString() << " (" << status.reason() << ")";
  return status.code() == code && status.reason() == reason;
}

// A CommandResult with that exit code.
MATCHER_P(ExitsWith, code, "exits with " + std::to_string(code)) {
  *result_listener << "exit code " << arg.exit_code << "\nout: " << arg.out << "\nerr: " << arg.err;
  return arg.exit_code == code;
}

class Journey : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  // A node that does not drain and exit with 0 fails its suite.
  static void TearDownTestSuite();
  // Shows the node's log where a test failed.
  void TearDown() override;

  static support::Node& node();
  static client::Client& client();
  static const std::filesystem::path& data_directory();
  // A folder for the files of this suite's tests.
  static std::filesystem::path Folder(std::string_view name);
  // SIGTERM; throws unless the node exits with 0. Our own client hangs up first: an idle gRPC client learns only after
  // seconds that its server goes, and a draining server waits for it.
  static void StopNode();
  // After the node was stopped or killed: starts it again on the same data, and connects the client anew.
  static void StartAgain(std::vector<std::string> flags = {});
  // The same on other data, for the rest of the suite.
  static void StartOn(const std::filesystem::path& data_directory);

  static support::CommandResult Souk(const std::vector<std::string>& arguments, const std::string& input = "");

  static v1::RegisterProductResponse Register(const Sample& sample);
  // What the catalog says of a line; documents included.
  static StatusOr<v1::Product> Get(const std::string& name);
  // Store, search and ownership all know the product, with its bytes.
  static void ExpectThere(const Sample& sample);
  // Indexes, history and store agree.
  static void ExpectSound();
  // The descriptor ids that a search finds, best first.
  static std::vector<std::string> Search(const std::string& query, const std::string& filter = "");
  // The ids of what a trace reaches, root left out.
  static std::set<std::string> Trace(const std::string& root, v1::LineageDirection direction, int depth = 0);
};

// Options of a client of another node.
client::ClientOptions ClientOf(const std::string& grpc_address);

// Lines of a text, without empty ones.
std::vector<std::string> Lines(const std::string& text);

}  // namespace souk::journeys
