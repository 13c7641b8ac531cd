// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace prism::cli {

/// One line on standard error that is written over and over, and wiped at the end. Silent unless standard
/// error is a terminal.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows the text, with the elapsed time and, from the share of work done (0 to 1), the time left.
  /// Rate-limited.
  void show(const std::string& text, double done);

 private:
  using Clock = std::chrono::steady_clock;

  bool enabled_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_{};
};

}  // namespace prism::cli
