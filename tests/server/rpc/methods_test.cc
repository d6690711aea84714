// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/methods.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "souk/v1/admin_service.pb.h"
#include "souk/v1/change_service.pb.h"
#include "souk/v1/discovery_service.pb.h"
#include "souk/v1/lineage_service.pb.h"
#include "souk/v1/ownership_service.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::rpc {
namespace {

TEST(Methods, EveryMethodOfTheContractNamesItsPermission) {
  const auto methods = Methods::Load();
  ASSERT_TRUE(methods.ok()) << methods.status().ToString();
  int count = 0;
  for (const auto* message : {v1::RegisterProductRequest::descriptor(), v1::SearchRequest::descriptor(),
                              v1::TraceLineageRequest::descriptor(), v1::FindOwnerRequest::descriptor(),
                              v1::WatchChangesRequest::descriptor(), v1::GetStatusRequest::descriptor()}) {
    const google::protobuf::FileDescriptor& file = *message->file();
    ASSERT_EQ(file.service_count(), 1) << file.name();  // one service a file
    for (int i = 0; i < file.service(0)->method_count(); ++i) {
      const auto permission = methods->PermissionOf(file.service(0)->method(i)->full_name());
      EXPECT_NE(permission, v1::PERMISSION_UNSPECIFIED) << file.service(0)->method(i)->full_name();
      ++count;
    }
  }
  EXPECT_GE(count, 24);
}

constexpr struct {
  const char* method;
  v1::Permission permission;
} kSome[] = {
    {"souk.v1.RegistryService.GetProduct", v1::PERMISSION_READ},
    {"souk.v1.RegistryService.RegisterProduct", v1::PERMISSION_PUBLISH},
    {"souk.v1.RegistryService.BatchRegister", v1::PERMISSION_PUBLISH},
    {"souk.v1.RegistryService.RetireProduct", v1::PERMISSION_PUBLISH},
    {"souk.v1.RegistryService.UpdateDomain", v1::PERMISSION_STEWARD},
    {"souk.v1.ChangeService.WatchChanges", v1::PERMISSION_READ},
    {"souk.v1.GovernanceService.UpdateRuleSettings", v1::PERMISSION_GOVERN},
    {"souk.v1.GovernanceService.CreateWaiver", v1::PERMISSION_GOVERN},
    {"souk.v1.GovernanceService.EndWaiver", v1::PERMISSION_GOVERN},
    {"souk.v1.GovernanceService.Acknowledge", v1::PERMISSION_PUBLISH},
    {"souk.v1.AdminService.CreateBackup", v1::PERMISSION_ADMIN},
};

TEST(Methods, TheWeightyOnesAreNotForReaders) {
  const auto methods = Methods::Load();
  ASSERT_TRUE(methods.ok());
  for (const auto& [method, permission] : kSome) EXPECT_EQ(methods->PermissionOf(method), permission) << method;
}

TEST(MethodsDeathTest, ANameThatIsNotOfTheContractIsOurMistake) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto methods = Methods::Load();
  ASSERT_TRUE(methods.ok());
  EXPECT_DEATH(static_cast<void>(methods->PermissionOf("souk.v1.RegistryService.Nothing")), "");
}

}  // namespace
}  // namespace souk::rpc
