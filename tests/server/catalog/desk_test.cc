// SPDX-License-Identifier: Apache-2.0
// Single registrations that come in at the same moment: done together, and each answered for itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "storage/ledger_keys.h"
#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

constexpr int kCallers = 8;
constexpr int kEach = 12;

// One thread for each caller, until all have come back.
template <typename Work>
void AtOnce(const Work& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kCallers; ++i) threads.emplace_back([&work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

std::string Person(int caller) { return "p" + std::to_string(caller) + "@example.com"; }
std::string Name(int caller, int i) { return "Item " + std::to_string(caller) + " " + std::to_string(i); }

TEST(Desk, EachCallerGetsTheirOwnAnswer) {
  const Mesh mesh;
  std::vector<std::vector<v1::RegisterProductResponse>> answers(kCallers);
  AtOnce([&](int caller) {
    for (int i = 0; i < kEach; ++i) {
      const auto answer = mesh.Register(RegistrationOf({.name = Name(caller, i)}), mesh.Call(Person(caller)));
      ASSERT_TRUE(answer.ok()) << answer.status().ToString();
      EXPECT_TRUE(mesh.Get(answer->product().name()).ok()) << "it is there once it is answered";
      answers[static_cast<size_t>(caller)].push_back(*answer);
    }
  });
  std::set<std::string> revisions;
  for (int caller = 0; caller < kCallers; ++caller) {
    for (int i = 0; i < kEach; ++i) {
      const auto& answer = answers[static_cast<size_t>(caller)][static_cast<size_t>(i)];
      EXPECT_EQ(answer.product().model().name(), Name(caller, i));
      EXPECT_EQ(answer.product().actor(), Person(caller));
      EXPECT_TRUE(answer.changed() && answer.created() && answer.visible() && answer.fit_for_active());
      EXPECT_EQ(answer.product().change_revision(), answer.revision());
      revisions.insert(answer.revision());
    }
  }
  EXPECT_EQ(revisions.size(), static_cast<size_t>(kCallers * kEach));
}

TEST(Desk, OneLineFromManyCallersIsMadeOnce) {
  const Mesh mesh;
  std::atomic<int> created{0};
  std::atomic<int> changed{0};
  AtOnce([&](int caller) {
    const auto answer = mesh.Register(RegistrationOf(Sample{}), mesh.Call(Person(caller)));
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    created += answer->created() ? 1 : 0;
    changed += answer->changed() ? 1 : 0;
  });
  EXPECT_EQ(created, 1);
  EXPECT_EQ(changed, 1);
}

TEST(Desk, ARefusedOneLeavesTheOthersAlone) {
  Mesh mesh;
  mesh.authorizer.Forbid("vault");
  std::vector<std::string> reasons(kCallers);
  AtOnce([&](int caller) {
    for (int i = 0; i < kEach; ++i) {
      auto request = RegistrationOf({.name = Name(caller, i)});
      catalog::CallContext call = mesh.Call();
      if (caller == 0) request = RegistrationOf({.domain = "vault", .name = Name(caller, i)});
      if (caller == 1) request.mutable_bundle()->mutable_documents(0)->set_content("{");
      if (caller == 2) call.cancelled = [] { return true; };
      if (caller == 3) request.set_etag("stale");
      reasons[static_cast<size_t>(caller)] = ReasonOf(mesh.Register(request, call));
    }
  });
  EXPECT_THAT(reasons, testing::ElementsAre("PERMISSION_DENIED", "BAD_DOCUMENT", "CANCELLED", "STALE_ETAG", "OK", "OK",
                                            "OK", "OK"));
}

// A key that somebody else is writing: whoever stands on it waits.
class Held {
 public:
  Held(Mesh& mesh, std::string key) : mesh_(mesh), key_(std::move(key)) {
    mesh_.under_way.keys(mesh_.under_way.Enter()).insert(key_);
  }
  ~Held() { mesh_.under_way.Remove({key_}); }

 private:
  Mesh& mesh_;
  const std::string key_;
};

using Answered = std::future<StatusOr<catalog::EncodedRegistration>>;

// The request outlives the answer.
Answered Bring(const Mesh& mesh, const v1::RegisterProductRequest& request, const catalog::CallContext& call) {
  auto promise = std::make_shared<std::promise<StatusOr<catalog::EncodedRegistration>>>();
  Answered answer = promise->get_future();
  mesh.desk->Register(request, call, [promise](auto given) { promise->set_value(std::move(given)); });
  return answer;
}

TEST(Desk, WhoseTimeIsUpIsToldSoBehindOneThatWaits) {
  Mesh mesh;
  const auto request = RegistrationOf(Sample{});
  catalog::CallContext hurried = mesh.Call();
  hurried.deadline = mesh.clock.Monotonic() + std::chrono::milliseconds(50);
  Answered patient_answer;
  {
    const Held held(mesh, storage::HeadKey(Sample{}.line()));
    patient_answer = Bring(mesh, request, mesh.Call());
    EXPECT_EQ(Bring(mesh, request, hurried).get().status().code(), Code::kDeadlineExceeded);
  }
  EXPECT_TRUE(patient_answer.get().ok());
}

TEST(Desk, WhoIsDoneDoesNotWaitForOneThatWaits) {
  Mesh mesh;
  const auto request = RegistrationOf(Sample{});
  const auto other = RegistrationOf({.domain = "ads", .name = "Clicks", .team = "ads"});
  auto broken = RegistrationOf({.name = "Unfit", .purpose = ""});
  Answered waiting;
  {
    const Held held(mesh, storage::HeadKey(Sample{}.line()));
    waiting = Bring(mesh, request, mesh.Call());
    EXPECT_TRUE(Bring(mesh, other, mesh.Call()).get().ok());
    EXPECT_EQ(ReasonOf(Bring(mesh, broken, mesh.Call()).get()), "REFUSED_BY_GATE");
  }
  EXPECT_TRUE(waiting.get().ok());
}

}  // namespace
}  // namespace souk::support
