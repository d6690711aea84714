// SPDX-License-Identifier: Apache-2.0
#include "client/cli/table.h"

#include <algorithm>

#include "client/cli/text.h"

namespace souk::cli {
namespace {

constexpr int kGap = 2;             // spaces between columns
constexpr int kColumnMax = 48;      // where the width is bounded, no column but the last may take more
constexpr int kLastColumnMin = 12;  // a column cut to less than this says nothing

std::vector<int> ColumnWidths(const Table& table) {
  std::vector<int> widths;
  for (const std::string& title : table.header) widths.push_back(DisplayWidth(title));
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(Clean(row[i])));
    }
  }
  return widths;
}

}  // namespace

void WriteTable(const Table& table, const Style& style, int width, std::ostream& out) {
  if (table.header.empty()) return;
  std::vector<int> widths = ColumnWidths(table);
  for (size_t i = 0; i + 1 < widths.size() && width > 0; ++i) widths[i] = std::min(widths[i], kColumnMax);
  int before_last = 0;
  for (size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + kGap;
  if (width > 0) widths.back() = std::min(widths.back(), std::max(width - before_last, kLastColumnMin));

  const auto write_row = [&](const std::vector<std::string>& row, bool title) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      std::string cell = Fit(Clean(row[i]), widths[i]);
      const int padding = widths[i] - DisplayWidth(cell) + kGap;
      line += title ? style.Bold(cell) : cell;
      line.append(static_cast<size_t>(std::max(padding, 0)), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  };
  write_row(table.header, true);
  for (const auto& row : table.rows) write_row(row, false);
}

void WriteCsvRow(const std::vector<std::string>& row, std::ostream& out) {
  for (size_t i = 0; i < row.size(); ++i) {
    if (i > 0) out << ',';
    if (row[i].find_first_of(",\"\r\n") == std::string::npos) {
      out << row[i];
      continue;
    }
    out << '"';
    for (const char c : row[i]) {
      if (c == '"') out << '"';
      out << c;
    }
    out << '"';
  }
  out << "\r\n";
}

void WriteCsv(const Table& table, std::ostream& out) {
  WriteCsvRow(table.header, out);
  for (const auto& row : table.rows) WriteCsvRow(row, out);
}

}  // namespace souk::cli
