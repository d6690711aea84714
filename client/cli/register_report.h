// SPDX-License-Identifier: Apache-2.0
// Counts what became of a registration and tells it: failures as they come, an honest summary at the end, the exit
// code. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/status.h"
#include "client/cli/session.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::cli {

// What became of one bundle.
struct Registered {
  std::string origin;              // in front of document paths
  std::string product;             // what a person would call it, until it has a name
  std::string id;                  // the descriptor's own
  v1::BatchRegisterResult result;  // of an accepted one
  Status status;                   // of one that failed, findings included
};

class RegisterReport {
 public:
  // `validate_only`: nothing is written, and the words say so. `show_findings`: of accepted ones too.
  RegisterReport(Session& session, bool validate_only, bool show_findings);

  // Counts it; tells a failure at once.
  void Add(const Registered& registered);
  // The node could not be reached, and that is no failure (--on-unavailable): counted apart.
  void AddDeferred(const Registered& registered, bool spooled);
  void SetVisible(bool visible) { visible_ = visible; }

  // The table of what was accepted, where there are few.
  Answer MakeAnswer(const google::protobuf::Message& response) const;
  // Lines for people.
  std::vector<std::string> Summary() const;
  int exit_code() const;
  size_t seen() const { return seen_; }
  size_t deferred() const { return spooled_ + dropped_; }

 private:
  void CountFindings(const Registered& registered);

  Session& session_;
  const bool validate_only_;
  const bool show_findings_;
  size_t seen_ = 0;
  size_t created_ = 0;
  size_t changed_ = 0;
  size_t unchanged_ = 0;
  size_t fit_ = 0;    // could be active as they are
  size_t unfit_ = 0;  // could not, by their findings
  size_t spooled_ = 0;
  size_t dropped_ = 0;  // unavailable and let go
  size_t failures_told_ = 0;
  bool visible_ = true;
  std::map<v1::ProductState, size_t> states_;
  std::map<std::string, size_t> lacking_;                            // rule to number of products
  std::map<int, size_t> failures_;                                   // exit code to number of products
  std::map<std::string, size_t> reasons_;                            // reason of failures without findings
  std::vector<std::tuple<size_t, std::string, std::string>> names_;  // index, resource name, the descriptor's id
  std::set<std::string> outages_told_;
  Table table_;
  std::vector<size_t> table_order_;
};

}  // namespace souk::cli
