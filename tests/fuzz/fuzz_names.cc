// SPDX-License-Identifier: Apache-2.0
// Resource names, dataset names, versions and revision tokens from arbitrary bytes: what parses is well formed and
// comes back the same when it is written and parsed again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/names.h"

namespace {

void Must(bool holds) {
  if (!holds) std::abort();
}

void CheckProducts(std::string_view text) {
  const auto reference = souk::ParseProductReference(text);
  if (reference) {
    Must(souk::IsResourceId(reference->domain) && souk::IsResourceId(reference->product));
    Must(!reference->version || souk::IsVersion(*reference->version));
  }
  const auto line = souk::ParseLineName(text);
  if (!line.ok()) return Must(souk::IsCleanUtf8(line.status().message()) || !souk::IsCleanUtf8(text));
  Must(*souk::ParseLineName(line->ToString()) == *line);
  const auto short_form = souk::ParseProductReference(line->Short());
  Must(short_form && short_form->domain == line->domain && short_form->major == line->major);
}

void CheckDatasets(std::string_view text) {
  const auto dataset = souk::ParseDatasetName(text);
  if (!dataset) return;
  Must(!dataset->name.empty() && dataset->name.find('\0') == std::string::npos);
  const std::string written = dataset->ToString();
  const auto again = souk::ParseDatasetName(written);
  Must(!again || *again == *dataset);  // none only where the escapes made it too long
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckProducts(text);
  CheckDatasets(text);
  const std::string slug = souk::Slug(text);
  Must(slug.empty() || (souk::IsResourceId(slug) && souk::Slug(slug) == slug));
  for (const auto& id : {souk::ParseDomainName(text), souk::ParseTeamName(text)}) {
    Must(!id.ok() || souk::IsResourceId(*id));
  }
  const size_t half = size / 2;
  Must(!souk::VersionLess(text, text));
  Must(!(souk::VersionLess(text.substr(0, half), text.substr(half)) &&
         souk::VersionLess(text.substr(half), text.substr(0, half))));
  Must(!souk::IsVersion(text) || souk::MajorOf(text).ok());
  const auto revision = souk::ParseRevisionToken(text, "abc");
  if (revision.ok()) Must(*souk::ParseRevisionToken(souk::RevisionToken(*revision, "abc"), "abc") == *revision);
  return 0;
}
