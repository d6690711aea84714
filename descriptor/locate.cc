// SPDX-License-Identifier: Apache-2.0
#include "descriptor/locate.h"

namespace souk::descriptor {

v1::SourceLocation Locate(const Locations& locations, const std::string& pointer) {
  std::string nearest = pointer;
  while (!locations.empty()) {
    if (const auto found = locations.find(nearest); found != locations.end()) return found->second;
    if (nearest.empty()) break;
    nearest.resize(nearest.rfind('/') == std::string::npos ? 0 : nearest.rfind('/'));
  }
  v1::SourceLocation location;
  location.set_pointer(pointer);
  return location;
}

v1::SourceLocation Inside(const v1::SourceLocation& outer, std::string_view pointer) {
  v1::SourceLocation location = outer;
  location.set_pointer(outer.pointer() + std::string(pointer));
  return location;
}

}  // namespace souk::descriptor
