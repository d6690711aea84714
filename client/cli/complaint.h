// SPDX-License-Identifier: Apache-2.0
// How errors and findings are told to a person: what, where (file:line:column, as editors and CI understand it), which
// rule, what to do. Pure functions; text of others is cleaned of control characters.
#pragma once

#include <ostream>
#include <string>

#include "base/status.h"
#include "client/cli/style.h"

namespace souk::cli {

// `origin` is the folder (or file and line) that document paths are relative to; it may be empty.
void WriteViolation(const Violation& violation, const std::string& origin, const Style& style, std::ostream& out);

// "souk: MESSAGE (REASON)", the findings, and the remedy.
void WriteComplaint(const Status& status, const std::string& origin, const Style& style, std::ostream& out);

}  // namespace souk::cli
