// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace prism::cli {

/// Columns of text, aligned: the first `left_columns` to the left, the others to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> headings, std::size_t left_columns = 1)
      : rows_{std::move(headings)}, left_columns_(left_columns) {}

  /// As many cells as there are headings.
  void add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  /// Headings, a rule, and the rows.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::size_t left_columns_;
};

}  // namespace prism::cli
