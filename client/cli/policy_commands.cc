// SPDX-License-Identifier: Apache-2.0
// policy put|get|list|delete|pull|whatif: at a node.
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "base/names.h"
#include "client/cli/bundles.h"
#include "client/cli/command_list.h"
#include "client/cli/paging.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

std::string SeverityText(v1::Severity severity) {
  return severity == v1::SEVERITY_ERROR ? "error" : severity == v1::SEVERITY_WARNING ? "warning" : "info";
}

// "warns from 2026-10-01, blocks from 2027-01-01".
std::string StageText(const v1::Policy& policy) {
  if (policy.warn_from().empty() && policy.block_from().empty()) return "blocks";
  std::string text = policy.warn_from().empty() ? "" : "warns from " + policy.warn_from();
  if (!policy.block_from().empty())
    text += (text.empty() ? "" : ", ") + std::string("blocks from ") + policy.block_from();
  return text;
}

const std::vector<std::string> kHeader = {"POLICY", "LAYER", "SEVERITY", "STAGE", "OWNER", "TITLE"};

void AddPolicy(const v1::Policy& policy, Answer& answer) {
  answer.table.header = kHeader;
  answer.table.rows.push_back({LastSegment(policy.name()), policy.layer(), SeverityText(policy.severity()),
                               StageText(policy), policy.owner(), policy.title()});
  answer.names.push_back(policy.name());
  answer.ids.push_back(LastSegment(policy.name()));
}

StatusOr<v1::ListPoliciesResponse> AllPolicies(Session& session, const std::string& layer) {
  v1::ListPoliciesRequest request;
  request.set_layer(layer);
  const PagedCall<v1::ListPoliciesRequest, v1::ListPoliciesResponse, v1::Policy> paged = {
      &client::Client::ListPolicies, &v1::ListPoliciesResponse::mutable_policies};
  return AllPages(session, request, paged);
}

}  // namespace

StatusOr<int> RunPolicyPut(Session& session) {
  v1::ListPoliciesResponse all;
  Answer answer;
  answer.message = &all;
  for (const std::string& path : session.words()) {
    v1::PutPolicyRequest request;
    ASSIGN_OR_RETURN(*request.mutable_source(), ReadFile(path, limits::kPolicyBytesMax));
    request.set_validate_only(session.Has("validate-only"));
    const auto response = session.client().PutPolicy(request, session.call());
    if (!response.ok()) {
      session.Note(path + " is not taken");
      return response.status();
    }
    if (!response->changed()) session.Note(path + " was in force already");
    all.set_revision(response->revision());
    AddPolicy(response->policy(), answer);
    *all.add_policies() = response->policy();
  }
  return session.Print(answer);
}

StatusOr<int> RunPolicyGet(Session& session) {
  v1::GetPolicyRequest request;
  request.set_name(session.word(0));
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(const v1::GetPolicyResponse response, session.client().GetPolicy(request, session.call()));
  Answer answer;
  answer.message = &response;
  AddPolicy(response.policy(), answer);
  answer.text = [&](std::ostream& out, const Style& /*style*/) {
    for (size_t begin = 0; begin < response.policy().source().size();) {
      const std::string& source = response.policy().source();
      const size_t end = std::min(source.find('\n', begin), source.size());
      out << Clean(source.substr(begin, end - begin)) << "\n";
      begin = end + 1;
    }
  };
  return session.Print(answer);
}

StatusOr<int> RunPolicyList(Session& session) {
  ASSIGN_OR_RETURN(const v1::ListPoliciesResponse response, AllPolicies(session, session.Text("layer")));
  Answer answer;
  answer.message = &response;
  answer.table.header = kHeader;
  for (const v1::Policy& policy : response.policies()) AddPolicy(policy, answer);
  return session.Print(answer);
}

StatusOr<int> RunPolicyDelete(Session& session) {
  v1::DeletePolicyRequest request;
  request.set_name(session.word(0));
  request.set_validate_only(session.Has("validate-only"));
  ASSIGN_OR_RETURN(const v1::DeletePolicyResponse response, session.client().DeletePolicy(request, session.call()));
  session.Note(response.changed() ? "no longer in force" : "nothing changed: there is no such policy");
  Answer answer;
  answer.message = &response;
  answer.table.header = {"POLICY", "CHANGED"};
  answer.table.rows.push_back({session.word(0), response.changed() ? "yes" : "no"});
  return session.Print(answer);
}

StatusOr<int> RunPolicyPull(Session& session) {
  ASSIGN_OR_RETURN(const v1::ListPoliciesResponse response, AllPolicies(session, ""));
  const std::filesystem::path folder = session.word(0);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  Answer answer;
  answer.message = &response;
  answer.table.header = kHeader;
  for (const v1::Policy& policy : response.policies()) {
    const std::string id = LastSegment(policy.name());
    if (!IsResourceId(id)) return errors::DataLoss(policy.name() + " is no name of a policy");
    const std::filesystem::path path = folder / (id + ".sql");
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << policy.source();
    file.close();
    if (!file) {
      return errors::BadField("dir", path.string() + " can't be written", "Check the path, and the room on the disk.");
    }
    AddPolicy(policy, answer);
  }
  return session.Print(answer);
}

StatusOr<int> RunPolicyWhatIf(Session& session) {
  v1::WhatIfPolicyRequest request;
  ASSIGN_OR_RETURN(*request.mutable_source(), ReadFile(session.word(0), limits::kPolicyBytesMax));
  if (session.Has("domain")) request.set_parent(DomainName(session.Text("domain")));
  session.SetConsistency(request);
  v1::WhatIfPolicyResponse all;
  do {
    ASSIGN_OR_RETURN(const v1::WhatIfPolicyResponse page, session.client().WhatIfPolicy(request, session.call()));
    all.set_judged(all.judged() + page.judged());
    all.mutable_violations()->MergeFrom(page.violations());
    all.set_revision(page.revision());
    request.set_page_token(page.next_page_token());
    session.Detail(std::to_string(all.judged()) + " judged, " + std::to_string(all.violations_size()) + " break it");
  } while (!request.page_token().empty());
  Answer answer;
  answer.message = &all;
  answer.table.header = {"PRODUCT", "STATE", "FINDINGS", "FIRST"};
  for (const v1::LineViolations& line : all.violations()) {
    answer.table.rows.push_back({ShortName(line.line()), StateWord(line.state()), std::to_string(line.count()),
                                 line.findings().empty() ? std::string() : line.findings(0).message()});
    answer.names.push_back(line.line());
    answer.ids.push_back(ShortName(line.line()));
  }
  RETURN_IF_ERROR(session.Print(answer).status());
  session.Note(std::to_string(all.violations_size()) + " of " + Count(all.judged(), "line") + " would break it");
  return all.violations().empty() ? kExitOk : kExitFindings;
}

}  // namespace souk::cli
