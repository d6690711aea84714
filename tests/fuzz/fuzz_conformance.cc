// SPDX-License-Identifier: Apache-2.0
// Documents of arbitrary bytes against the standards: whatever comes in, each defect can be shown.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.h"
#include "base/names.h"
#include "descriptor/conformance/conformance.h"

namespace {

void Must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  souk::v1::Document document;
  document.set_path("d.yaml");
  document.set_content(std::string(reinterpret_cast<const char*>(data), size));
  const souk::descriptor::Conformance conformance = souk::descriptor::CheckConformance(document);
  Must(!conformance.standard.empty() || !conformance.conforms());
  for (const souk::Violation& violation : conformance.violations) {
    Must(!violation.rule.empty() && !violation.message.empty() && !violation.remedy.empty());
    Must(souk::IsCleanUtf8(violation.message) && souk::IsCleanUtf8(violation.pointer));
    Must(violation.pointer.empty() || violation.pointer.front() == '/');
  }
  return 0;
}
