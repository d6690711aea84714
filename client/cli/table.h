// SPDX-License-Identifier: Apache-2.0
// Tables for people (aligned by what a terminal shows, not by bytes) and for programs (CSV, RFC 4180).
// Pure functions.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "client/cli/style.h"

namespace souk::cli {

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // each as long as the header
};

// Control characters are shown as '?'. With a width, the last column is cut to fit where that leaves something of it.
void WriteTable(const Table& table, const Style& style, int width, std::ostream& out);

// Header first, quoted where needed. Bytes as they are.
void WriteCsv(const Table& table, std::ostream& out);
void WriteCsvRow(const std::vector<std::string>& row, std::ostream& out);

}  // namespace souk::cli
