// SPDX-License-Identifier: Apache-2.0
// Products that were checked, and what the formats of a report need of them. Plain values; one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "souk/v1/governance.pb.h"

namespace souk::cli {

struct Checked {
  std::string origin;   // the folder that document paths are relative to; a file's path is in the document's
  std::string product;  // short name, or what a person would call it
  v1::Bundle bundle;    // for the lines that findings speak of
  Status unreadable;    // not OK: it could not be judged
  v1::Verdict verdict;

  // What the verdict found, or why there is none, as findings of the weight error.
  std::vector<v1::Finding> Findings() const;
  // The file of a finding as a person would open it.
  std::string FileOf(const v1::Finding& finding) const;
  // The text of the line it stands in; empty where that is not known.
  std::string_view LineOf(const v1::Finding& finding) const;
};

struct Counts {
  size_t errors = 0;
  size_t warnings = 0;
  size_t infos = 0;
  size_t waived = 0;  // among infos

  void Add(const v1::Finding& finding);
};

// "error", "warning", "info".
std::string_view SeverityWord(v1::Severity severity);

}  // namespace souk::cli
