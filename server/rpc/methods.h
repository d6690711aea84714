// SPDX-License-Identifier: Apache-2.0
// What the contract says about each method: its full name and the permission that it needs. Read once, from the protos'
// own descriptors, when the node starts.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/status.h"
#include "souk/v1/options.pb.h"

namespace souk::rpc {

class Methods {
 public:
  // INTERNAL, naming the method, if any method of souk.v1 has no permission: the node must not start.
  static StatusOr<Methods> Load();

  // "souk.v1.RegistryService.GetProduct". Aborts for a name that is not of the contract: our own mistake.
  v1::Permission PermissionOf(std::string_view full_name) const;

 private:
  std::map<std::string, v1::Permission, std::less<>> permissions_;
};

}  // namespace souk::rpc
