// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/table.h"

#include <algorithm>

namespace prism::cli {

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string result;
  const auto end_line = [&] {
    result.erase(result.find_last_not_of(' ') + 1);
    result += '\n';
  };
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      if (i > 0) result += "  ";
      result += i < left_columns_ ? row[i] + padding : padding + row[i];
    }
    end_line();
    if (&row != &rows_.front()) continue;
    for (std::size_t i = 0; i < widths.size(); ++i)
      result += (i > 0 ? "  " : "") + std::string(widths[i], '-');
    end_line();
  }
  return result;
}

}  // namespace prism::cli
