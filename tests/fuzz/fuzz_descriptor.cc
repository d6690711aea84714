// SPDX-License-Identifier: Apache-2.0
// Bundles from arbitrary bytes: documents separated by a line of "=====", or, after a leading 'P', a model on the wire.
// Whatever comes in, the answer is a whole model or a refusal that can be shown to people.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/names.h"
#include "descriptor/bundle.h"
#include "descriptor/columns.h"
#include "descriptor/diff.h"
#include "governance/gate.h"

namespace {

using souk::IsCleanUtf8;
using souk::IsResourceId;
using souk::Violation;

constexpr std::string_view kSeparator = "\n=====\n";

void Must(bool holds) {
  if (!holds) std::abort();
}

souk::v1::Bundle BundleOf(std::string_view text) {
  souk::v1::Bundle bundle;
  if (text.starts_with('P')) {
    bundle.mutable_model()->ParseFromArray(text.data() + 1, static_cast<int>(text.size() - 1));
    return bundle;
  }
  while (true) {
    const size_t end = text.find(kSeparator);
    bundle.add_documents()->set_content(std::string(text.substr(0, end)));
    if (end == std::string_view::npos) return bundle;
    text.remove_prefix(end + kSeparator.size());
  }
}

void CheckRefusal(const souk::Status& status) {
  Must(status.code() == souk::Code::kInvalidArgument);
  Must(!status.reason().empty() && IsCleanUtf8(status.message()));
  for (const Violation& violation : status.detail().violations) {
    Must(!violation.rule.empty() && !violation.message.empty() && !violation.remedy.empty());
    Must(IsCleanUtf8(violation.message) && IsCleanUtf8(violation.remedy) && IsCleanUtf8(violation.pointer));
    Must(violation.pointer.empty() || violation.pointer.front() == '/');
  }
}

void CheckAccepted(const souk::v1::Bundle& bundle, const souk::descriptor::ParsedBundle& parsed) {
  Must(IsResourceId(parsed.line.domain) && IsResourceId(parsed.line.product));
  Must(static_cast<size_t>(bundle.documents_size()) == parsed.documents.size());
  for (size_t i = 0; i < parsed.documents.size(); ++i) {
    Must(parsed.documents[i].content() == bundle.documents(static_cast<int>(i)).content());
  }
  for (const Violation& warning : parsed.warnings) Must(!warning.error && IsCleanUtf8(warning.message));
  Must(souk::descriptor::Diff(parsed.model, parsed.model).empty());
  souk::descriptor::ForEachColumn(parsed.model,
                                  [](const souk::descriptor::ColumnVisit& visit) { Must(visit.depth > 0); });
  for (const auto& finding : souk::governance::Judge(parsed.model, parsed.state, parsed.locations).findings) {
    Must(IsCleanUtf8(finding.message()) && !finding.remedy().empty());
  }
  souk::v1::Bundle again;
  *again.mutable_model() = parsed.model;
  const auto reparsed = souk::descriptor::ParseBundle(again);
  // A model holds no more than its documents did, but aliases may have made it larger than a bundle may be.
  if (!reparsed.ok()) return Must(reparsed.status().reason() == "DOCUMENT_TOO_LARGE");
  Must(reparsed->line == parsed.line && reparsed->state == parsed.state);
  Must(souk::descriptor::Diff(parsed.model, reparsed->model).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  google::protobuf::SetLogHandler(nullptr);  // it would tell of every text that is not UTF-8
  const souk::v1::Bundle bundle = BundleOf({reinterpret_cast<const char*>(data), size});
  const auto parsed = souk::descriptor::ParseBundle(bundle);
  if (parsed.ok()) {
    CheckAccepted(bundle, *parsed);
  } else {
    CheckRefusal(parsed.status());
  }
  return 0;
}
