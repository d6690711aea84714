// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/candidate.h"

#include <utility>

#include "base/digest.h"
#include "base/errors.h"
#include "descriptor/locate.h"
#include "governance/gate.h"

namespace souk::catalog {

StatusOr<Candidate> ReadCandidate(const v1::RegisterProductRequest& request) {
  if (!v1::ProductState_IsValid(request.state())) {
    return errors::BadField("state", std::to_string(request.state()) + " is no state", "Use a value of ProductState.");
  }
  if (!v1::FindingsAction_IsValid(request.on_findings())) {
    return errors::BadField("on_findings", std::to_string(request.on_findings()) + " is no action",
                            "Use a value of FindingsAction.");
  }
  Candidate candidate;
  candidate.request = &request;
  ASSIGN_OR_RETURN(descriptor::ParsedBundle bundle, descriptor::ParseBundle(request.bundle()));
  const v1::ProductState asked = request.state() != v1::PRODUCT_STATE_UNSPECIFIED ? request.state() : bundle.state;
  governance::Verdict verdict = governance::Judge(bundle.model, asked, bundle.locations);
  candidate.request_content = DigestBuilder()
                                  .Add(bundle.content_digest)
                                  .Add(static_cast<uint64_t>(request.state()))
                                  .Add(static_cast<uint64_t>(request.on_findings()))
                                  .Add(request.etag())
                                  .Finish();
  candidate.line = std::move(bundle.line);
  candidate.state = bundle.state;
  candidate.content_digest = std::move(bundle.content_digest);
  candidate.warnings = std::move(bundle.warnings);
  candidate.locations = std::move(bundle.locations);
  candidate.fit_for_active = verdict.fit_for_active;
  descriptor::KeepLinesOnly(bundle.model);
  candidate.registration.mutable_model()->Swap(&bundle.model);
  for (v1::Finding& finding : verdict.findings) candidate.findings.Add(std::move(finding));
  for (v1::Document& document : bundle.documents) candidate.registration.mutable_documents()->Add(std::move(document));
  return candidate;
}

}  // namespace souk::catalog
