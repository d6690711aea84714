// SPDX-License-Identifier: Apache-2.0
#include "client/cli/policy_cases.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "client/cli/bundles.h"
#include "descriptor/bundle.h"
#include "governance/policy/evaluate.h"
#include "governance/policy/policy.h"

namespace souk::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSource = ".sql";
constexpr std::string_view kCases = ".test";
constexpr std::string_view kExpected = "expected.txt";
constexpr std::string_view kContext = "context.json";

// Entries of a folder by name; none if it can't be read.
std::vector<fs::path> Entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    entries.push_back(it->path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

void Collect(const fs::path& folder, std::vector<fs::path>& policies) {
  for (const fs::path& entry : Entries(folder)) {
    std::error_code error;
    if (fs::is_directory(entry, error)) {
      if (entry.extension() != kCases) Collect(entry, policies);
    } else if (entry.extension() == kSource) {
      policies.push_back(entry);
    }
  }
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

StatusOr<v1::GovernanceContext> ContextOf(const fs::path& folder, const descriptor::ParsedBundle& bundle) {
  v1::GovernanceContext context;
  const fs::path file = folder / kContext;
  std::error_code error;
  if (fs::exists(file, error)) {
    ASSIGN_OR_RETURN(const std::string json, ReadFile(file, limits::kRequestBytesMax));
    if (const auto read = google::protobuf::util::JsonStringToMessage(json, &context); !read.ok()) {
      return errors::BadField("context", file.string() + " is no context: " + read.ToString(),
                              "Write a GovernanceContext as the API's JSON has it.");
    }
  }
  if (context.line().empty()) context.set_line(bundle.line.ToString());
  return context;
}

Status Run(const v1::Policy& policy, const fs::path& folder, PolicyCase& result) {
  ASSIGN_OR_RETURN(const std::string expected, ReadFile(folder / kExpected, limits::kDocumentBytesMax));
  result.expected = LinesOf(expected);
  ASSIGN_OR_RETURN(Discovery discovery, Discover({folder.string()}, false));
  std::vector<BundleFiles> bundles = std::move(discovery.bundles);
  if (bundles.size() != 1) {
    return errors::BadField("case", folder.string() + " has not exactly one product", "A case is one bundle.");
  }
  v1::Bundle bundle;
  std::vector<std::string> files = bundles[0].contracts;
  files.insert(files.begin(), bundles[0].product);
  for (const std::string& file : files) {
    v1::Document& document = *bundle.add_documents();
    document.set_path(file);
    ASSIGN_OR_RETURN(*document.mutable_content(), ReadFile(bundles[0].folder / file, limits::kDocumentBytesMax));
  }
  ASSIGN_OR_RETURN(const descriptor::ParsedBundle parsed, descriptor::ParseBundle(bundle));
  ASSIGN_OR_RETURN(const v1::GovernanceContext context, ContextOf(folder, parsed));
  const auto findings = governance::EvaluatePolicy(policy, parsed.model, parsed.state, context, parsed.locations);
  for (const v1::Finding& finding : findings) result.found.push_back(finding.message());
  std::sort(result.found.begin(), result.found.end());
  return Status::Ok();
}

}  // namespace

StatusOr<std::vector<fs::path>> FindPolicies(const std::vector<std::string>& paths) {
  std::vector<fs::path> policies;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      Collect(path, policies);
    } else {
      policies.emplace_back(path);
    }
  }
  if (policies.empty()) return errors::NotFound("policy", paths.empty() ? "" : paths.front());
  return policies;
}

StatusOr<v1::Policy> ReadPolicy(const fs::path& path) {
  ASSIGN_OR_RETURN(const std::string source, ReadFile(path, limits::kPolicyBytesMax));
  return governance::ParsePolicy(source, path.string());
}

std::vector<PolicyCase> RunCases(const fs::path& policy) {
  std::vector<PolicyCase> cases;
  const auto parsed = ReadPolicy(policy);
  if (!parsed.ok()) {
    cases.push_back({policy.string(), "", parsed.status(), {}, {}});
    return cases;
  }
  fs::path folder = policy;
  folder.replace_extension(kCases);
  for (const fs::path& entry : Entries(folder)) {
    PolicyCase result;
    result.policy = policy.string();
    result.name = entry.filename().string();
    result.broken = Run(*parsed, entry, result);
    cases.push_back(std::move(result));
  }
  if (cases.empty()) {
    cases.push_back({policy.string(),
                     "",
                     errors::BadField("cases", "there are no cases in " + folder.string(),
                                      "Make a folder in it with a bundle and expected.txt."),
                     {},
                     {}});
  }
  return cases;
}

}  // namespace souk::cli
