// SPDX-License-Identifier: Apache-2.0
// FindEncodedOwner: what is kept of an answer is never another answer than FindOwner's, whatever has changed.
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/server/support/mesh.h"

namespace souk::support {
namespace {

constexpr char kEve[] = "eve@example.com";

StatusOr<v1::FindOwnerResponse> Encoded(const Mesh& mesh, const v1::FindOwnerRequest& request,
                                        const std::string& person = "ada@example.com") {
  ASSIGN_OR_RETURN(const auto encoded, mesh.ownership->FindEncodedOwner(request, mesh.Call(person)));
  v1::FindOwnerResponse parsed;
  if (!parsed.ParseFromString(*encoded.shared + encoded.rest.SerializeAsString())) {
    return Status(Code::kInternal, "it can't be read");
  }
  return parsed;
}

// Empty, or how the encoded answer differs from the plain one.
std::string Difference(const Mesh& mesh, const v1::FindOwnerRequest& request, const std::string& person) {
  const auto plain = mesh.ownership->FindOwner(request, mesh.Call(person));
  const auto encoded = Encoded(mesh, request, person);
  const std::string want = plain.ok() ? plain->ShortDebugString() : plain.status().ToString();
  const std::string got = encoded.ok() ? encoded->ShortDebugString() : encoded.status().ToString();
  const bool same = plain.ok() && encoded.ok() ? google::protobuf::util::MessageDifferencer::Equals(*plain, *encoded)
                                               : plain.ok() == encoded.ok() && want == got;
  return same ? "" : want + " is not " + got;
}

v1::FindOwnerRequest Asking(const std::string& identifier) {
  v1::FindOwnerRequest request;
  request.set_identifier(identifier);
  return request;
}

void PutDomain(const Mesh& mesh, const std::string& id, const std::string& owner_team, const std::string& parent = "") {
  v1::UpdateDomainRequest request;
  request.mutable_domain()->set_name(id);
  request.mutable_domain()->set_owner_team(owner_team);
  request.mutable_domain()->set_parent(parent);
  const auto put = mesh.directory->UpdateDomain(request, mesh.Call());
  EXPECT_TRUE(put.ok()) << put.status().ToString();
}

void PutTeam(const Mesh& mesh, const std::string& id, const std::string& owner) {
  v1::UpdateTeamRequest request;
  request.mutable_team()->set_name(id);
  v1::Member& member = *request.mutable_team()->add_members();
  member.set_username(owner);
  member.set_role("Owner");
  const auto put = mesh.directory->UpdateTeam(request, mesh.Call());
  EXPECT_TRUE(put.ok()) << put.status().ToString();
}

// Now, now for sure, and as of the first revision if there is one.
std::vector<v1::FindOwnerRequest> AskingAt(const std::string& identifier, const std::string& newest,
                                           const std::string& first) {
  std::vector<v1::FindOwnerRequest> requests(2, Asking(identifier));
  requests.back().mutable_consistency()->set_min_revision(newest);
  if (first.empty()) return requests;
  requests.push_back(Asking(identifier));
  requests.back().mutable_consistency()->set_as_of_revision(first);
  return requests;
}

TEST(FindEncodedOwner, IsTheSameAnswerAfterEachChange) {
  Mesh mesh;
  mesh.authorizer.Hide(kEve, "secret");
  const Sample orders;
  const Sample orphan = {.domain = "secret", .name = "Orphan", .status = "draft", .team = "", .owner = ""};
  const Sample successor = {.version = "2.0.0", .team = "returns"};
  const std::vector<std::string> identifiers = {"sales/orders",
                                                orders.line(),
                                                "sales/orders@2",
                                                "domains/sales/products/orders/versions/1.0.0",
                                                orders.id(),
                                                orders.contract(),
                                                orders.table(),
                                                orders.table() + "#amount",
                                                orders.table() + "#gone",
                                                orders.dataset(),
                                                orders.dataset() + "#amount",
                                                "s3://bucket/" + orders.table(),
                                                orphan.line(),
                                                orphan.id(),
                                                orphan.table(),
                                                "domains/secret",
                                                "domains/sales",
                                                "domains/above",
                                                "domains/nowhere",
                                                "teams/checkout",
                                                "teams/returns",
                                                "teams/nobody",
                                                "nobody",
                                                ""};
  const auto registers = [&mesh](const Sample& sample) {
    return [&mesh, sample] {
      const auto answer = mesh.Register(sample);
      EXPECT_TRUE(answer.ok()) << answer.status().ToString();
    };
  };
  const std::vector<std::function<void()>> changes = {
      [] {},
      registers(orders),
      registers(orphan),
      [&] { PutTeam(mesh, "checkout", "lead@example.com"); },
      [&] { PutTeam(mesh, "checkout", "next@example.com"); },
      [&] { PutDomain(mesh, "above", "checkout"); },
      [&] { PutDomain(mesh, "secret", "", "above"); },
      [&] { PutTeam(mesh, "returns", "back@example.com"); },
      [&] { PutDomain(mesh, "above", "returns"); },
      registers({.version = "1.1.0", .team = "returns", .columns = {{"order_id"}, {"gone"}, {"amount"}}}),
      registers(successor),
      [&] { EXPECT_TRUE(mesh.Retire(orders.line()).ok()); },
      [&] { EXPECT_TRUE(mesh.Retire("sales/orders@2").ok()); },
  };
  std::string first;
  for (size_t step = 0; step < changes.size(); ++step) {
    changes[step]();
    const std::string newest = mesh.Token(mesh.revision());
    if (first.empty() && mesh.revision() > 0) first = newest;
    for (const std::string& identifier : identifiers) {
      for (const v1::FindOwnerRequest& request : AskingAt(identifier, newest, first)) {
        for (const char* person : {kEve, "ada@example.com", kEve}) {
          EXPECT_EQ(Difference(mesh, request, person), "")
              << step << " " << person << " " << request.ShortDebugString();
        }
      }
    }
  }
}

TEST(FindEncodedOwner, IsMadeOnceForAnyIdentifier) {
  const Mesh mesh;
  const Sample orders;
  ASSERT_TRUE(mesh.Register(orders).ok());
  PutTeam(mesh, "checkout", "lead@example.com");
  const std::vector<std::string> identifiers = {"sales/orders",   orders.line(),
                                                orders.id(),      orders.contract(),
                                                orders.table(),   orders.table() + "#amount",
                                                orders.dataset(), "domains/sales",
                                                "teams/checkout", orders.dataset() + "#amount"};
  std::vector<storage::SharedBytes> kept;
  for (const std::string& identifier : identifiers) {
    const auto answer = mesh.ownership->FindEncodedOwner(Asking(identifier), mesh.Call());
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    kept.push_back(answer->shared);
  }
  ASSERT_TRUE(mesh.Register(Sample{.domain = "stock", .name = "Shelves", .team = "stock"}).ok());
  for (size_t i = 0; i < identifiers.size(); ++i) {
    const auto answer = mesh.ownership->FindEncodedOwner(Asking(identifiers[i]), mesh.Call());
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->shared, kept[i]) << identifiers[i];
    EXPECT_EQ(answer->rest.revision(), mesh.Token(mesh.revision())) << "the revision is that of the call";
  }
}

TEST(FindEncodedOwner, HidesWhatIsHidden) {
  Mesh mesh;
  const Sample orders;
  ASSERT_TRUE(mesh.Register(orders).ok());
  mesh.authorizer.Hide(kEve, "sales");
  for (const std::string& identifier : {orders.line(), orders.id(), orders.contract(), orders.table()}) {
    EXPECT_TRUE(Encoded(mesh, Asking(identifier)).ok());
    EXPECT_EQ(Encoded(mesh, Asking(identifier), kEve).status().code(), Code::kNotFound) << identifier;
    EXPECT_TRUE(Encoded(mesh, Asking(identifier)).ok());
  }
}

}  // namespace
}  // namespace souk::support
