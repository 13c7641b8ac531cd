// SPDX-License-Identifier: Apache-2.0
// Memory traces in the common text form, one request a line:
//
//   <cycle>: read|write 0xADDR [0xDATA]
//
// Cycles are clocks (tCK) from the start and never go back. Blank lines and what follows a # are skipped; the
// data are checked for form and ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "platform/memory/traffic_source.h"

namespace prism::memory_study {

/// The user's mistake in a trace: one line with file, line, what was found, what was expected.
class TraceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads line by line; the file may be of any length.
class TraceReader final : public TrafficSource {
 public:
  /// Each request has `request_bytes` (a power of two), from the address rounded down to a multiple of them.
  /// Throws TraceError, as next() does.
  TraceReader(const std::filesystem::path& file, Picoseconds clock, std::uint64_t request_bytes,
              std::uint64_t capacity_bytes);

  bool next(Access& access) override;
  double done() const override;

 private:
  Access parse(std::string_view line);
  std::uint64_t parse_cycle(std::string_view& line);
  std::uint64_t parse_hex(std::string_view word, const char* expected) const;
  [[noreturn]] void fail(std::string_view found, const std::string& expected) const;

  std::string file_;
  std::ifstream stream_;
  Picoseconds clock_;
  std::uint64_t request_bytes_;
  std::uint64_t capacity_bytes_;
  std::uint64_t file_bytes_;
  std::uint64_t read_bytes_ = 0;
  std::uint64_t line_number_ = 0;
  std::uint64_t cycle_ = 0;
  std::string line_;
};

}  // namespace prism::memory_study
