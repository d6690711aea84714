// SPDX-License-Identifier: Apache-2.0
// A whole catalog within the test's own process, put together as server/server.cc does it: real store, real indexes
// that follow it, use cases on top, no edges. Its folder is gone with it. Thread-safe as far as the use cases are.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "index/lineage/lineage_graph.h"
#include "index/runner.h"
#include "index/text/text_index.h"
#include "server/catalog/admin.h"
#include "server/catalog/asking.h"
#include "server/catalog/backends.h"
#include "server/catalog/directory.h"
#include "server/catalog/governance.h"
#include "server/catalog/lifecycle.h"
#include "server/catalog/registration_desk.h"
#include "server/catalog/registry.h"
#include "storage/store.h"
#include "tests/support/bundles.h"
#include "tests/support/temp_directory.h"

namespace souk::support {

// Sees everything but the lines of some domains.
class HidingVisibility final : public Visibility {
 public:
  explicit HidingVisibility(std::set<std::string> domains) : domains_(std::move(domains)) {}
  bool AllowsAll() const override { return domains_.empty(); }
  bool Allows(const LineName& line) const override { return !domains_.contains(line.domain); }

 private:
  std::set<std::string> domains_;
};

// Allows what it was told to: by default everything, to everybody. Thread-safe, but for Hide.
class TestAuthorizer final : public catalog::Authorizer {
 public:
  Status Authorize(const catalog::Principal& principal, v1::Permission permission,
                   std::string_view domain) const override;
  const Visibility& VisibilityOf(const catalog::Principal& principal) const override;

  // Nobody may publish into, or steward, that domain any more.
  void Forbid(std::string domain);
  void Forbid(v1::Permission permission);
  // That person no longer sees the domain's lines.
  void Hide(std::string person, std::string domain);

 private:
  mutable std::mutex mutex_;
  std::set<std::string> forbidden_;
  std::set<v1::Permission> permissions_;
  std::string blind_;
  HidingVisibility hiding_{{}};
  AllowAll everything_;
};

// The machine's clock, whose wall time a test may set forward.
class ShiftedClock final : public Clock {
 public:
  int64_t NowUs() const override { return clock_.NowUs() + shift_us_.load(); }
  std::chrono::steady_clock::time_point Monotonic() const override { return clock_.Monotonic(); }
  void AdvanceUs(int64_t by_us) { shift_us_ += by_us; }

 private:
  SystemClock clock_;
  std::atomic<int64_t> shift_us_ = 0;
};

class Mesh {
 public:
  // Opens the store that the catalog stands on, in a folder.
  using StoreOpener = std::function<StatusOr<std::unique_ptr<storage::Store>>(const std::filesystem::path& folder)>;

  Mesh();
  explicit Mesh(const StoreOpener& open);
  ~Mesh();
  Mesh(const Mesh&) = delete;
  Mesh& operator=(const Mesh&) = delete;

  // A call of that person, with half a minute of time.
  catalog::CallContext Call(const std::string& person = "ada@example.com") const;

  // The shortest way through the use cases.
  StatusOr<v1::RegisterProductResponse> Register(const Sample& sample) const;
  StatusOr<v1::RegisterProductResponse> Register(const v1::RegisterProductRequest& request) const;
  StatusOr<v1::RegisterProductResponse> Register(const v1::RegisterProductRequest& request,
                                                 const catalog::CallContext& call) const;
  StatusOr<v1::SetProductStateResponse> SetState(const std::string& name, v1::ProductState state) const;
  StatusOr<v1::RetireProductResponse> Retire(const std::string& name) const;
  // State, or UNSPECIFIED where there is no such line.
  v1::ProductState StateOf(const std::string& name) const;
  StatusOr<v1::Product> Get(const std::string& name, const std::string& person = "ada@example.com") const;
  storage::Revision revision() const { return store->applied(); }
  std::string Token(storage::Revision revision) const;

  ShiftedClock clock;
  TestAuthorizer authorizer;
  TempDirectory folder;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<text::TextIndex> text;
  lineage::LineageGraph lineage;
  std::unique_ptr<index::ProjectionRunner> text_runner;
  std::unique_ptr<index::ProjectionRunner> lineage_runner;
  catalog::UniqueIds ids{"test"};
  catalog::UnderWay under_way;
  std::unique_ptr<catalog::Backends> parts;

  std::unique_ptr<catalog::Registry> registry;
  std::unique_ptr<catalog::RegistrationDesk> desk;
  std::unique_ptr<catalog::Lifecycle> lifecycle;
  std::unique_ptr<catalog::Directory> directory;
  std::unique_ptr<catalog::Discovery> discovery;
  std::unique_ptr<catalog::Lineage> tracing;
  std::unique_ptr<catalog::Ownership> ownership;
  std::unique_ptr<catalog::Admin> admin;
  std::unique_ptr<catalog::Governance> governance;
};

// The machine-readable reason of an error, "OK" where there is none: what tests compare.
std::string ReasonOf(const Status& status);
template <typename T>
std::string ReasonOf(const StatusOr<T>& answer) {
  return ReasonOf(answer.ok() ? Status::Ok() : answer.status());
}

// Rule ids of findings, in order.
template <typename Findings>
std::vector<std::string> RulesOf(const Findings& findings) {
  std::vector<std::string> rules;
  for (const v1::Finding& finding : findings) rules.push_back(finding.rule());
  return rules;
}

}  // namespace souk::support
