// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/progress_line.h"

#include <unistd.h>

#include <cmath>
#include <iostream>

namespace prism::cli {
namespace {

constexpr const char* kWipe = "\r\x1b[K";

std::string duration(double seconds) {
  const auto whole = std::lround(seconds);
  if (whole < 60) return std::to_string(whole) + " s";
  return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

}  // namespace

ProgressLine::ProgressLine(bool quiet) : enabled_(!quiet && isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (enabled_) std::cerr << kWipe << std::flush;
}

void ProgressLine::show(const std::string& text, double done) {
  constexpr auto kInterval = std::chrono::milliseconds(100);
  const Clock::time_point now = Clock::now();
  if (!enabled_ || now - last_ < kInterval) return;
  last_ = now;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  std::cerr << kWipe << text << ", " << duration(elapsed);
  if (done > 0) std::cerr << ", ETA " << duration(elapsed * (1 - done) / done);
  std::cerr << std::flush;
}

}  // namespace prism::cli
