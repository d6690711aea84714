// SPDX-License-Identifier: Apache-2.0
// The formats of a check's report. Each writes a whole document; text of others is escaped as the format asks, and
// control characters never reach a terminal. Pure functions but for the stream; one thread.
#pragma once

#include <ostream>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/cli/report/checked.h"
#include "client/cli/style.h"

namespace souk::cli {

// For people: each finding with its line, underlined, and its remedy; whom breaking changes reach; a summary.
void WriteText(std::span<const Checked> checked, const Style& style, std::ostream& out);
// {"products": [{"origin", "product", "verdict" or "error"}], "summary"}, verdicts in the API's JSON.
Status WriteJson(std::span<const Checked> checked, std::ostream& out);
// JUnit XML: a suite a product, a failed case an error.
void WriteJunit(std::span<const Checked> checked, std::ostream& out);
// SARIF 2.1.0: one run; waived findings are suppressed results.
void WriteSarif(std::span<const Checked> checked, std::ostream& out);
// Workflow commands that GitHub shows beside the line.
void WriteGithub(std::span<const Checked> checked, std::ostream& out);
// GitLab's code quality report.
void WriteGitlab(std::span<const Checked> checked, std::ostream& out);
// A comment under a change.
void WriteMarkdown(std::span<const Checked> checked, std::ostream& out);

inline constexpr std::string_view kReportFormats[] = {
    "text", "json", "junit", "sarif", "github-actions", "gitlab-code-quality", "markdown"};

// `format` is one of kReportFormats.
Status WriteReport(std::span<const Checked> checked, std::string_view format, const Style& style, std::ostream& out);

}  // namespace souk::cli
