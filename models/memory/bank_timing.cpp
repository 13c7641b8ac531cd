// SPDX-License-Identifier: Apache-2.0
#include "models/memory/bank_timing.h"

#include <algorithm>
#include <stdexcept>

namespace prism::memory {

namespace {

const ScratchpadConfig& checked(const ScratchpadConfig& config) {
  if (config.banks == 0 || config.bank_width_bytes == 0) {
    throw std::invalid_argument("scratchpad: banks and bank_width_bytes must be at least 1");
  }
  if (config.interleave_bytes == 0 || config.interleave_bytes % config.bank_width_bytes != 0) {
    throw std::invalid_argument("scratchpad: interleave_bytes must be a multiple of bank_width_bytes");
  }
  if (!(config.clock_mhz > 0.0) || config.access_ps < 0) {
    throw std::invalid_argument("scratchpad: needs a clock and no negative time");
  }
  return config;
}

}  // namespace

BankTiming::BankTiming(const ScratchpadConfig& config)
    : line_bytes_(checked(config).bank_width_bytes),
      lines_per_stretch_(config.interleave_bytes / config.bank_width_bytes),
      period_(period_ps(config.clock_mhz)),
      access_time_(config.access_ps),
      free_at_(config.banks) {}

Picoseconds BankTiming::access(Picoseconds start, std::uint64_t offset, std::uint64_t bytes) {
  const std::uint64_t first_line = offset / line_bytes_;
  const std::uint64_t last_line = (offset + bytes - 1) / line_bytes_;
  const std::uint64_t first_stretch = first_line / lines_per_stretch_;
  const std::uint64_t stretches = last_line / lines_per_stretch_ - first_stretch + 1;
  const std::uint64_t banks = free_at_.size();
  Picoseconds end = start;
  for (std::uint64_t i = 0; i < std::min(stretches, banks); ++i) {
    const std::uint64_t bank = (first_stretch + i) % banks;
    const std::uint64_t lines = lines_before(last_line + 1, bank) - lines_before(first_line, bank);
    const Picoseconds duration = static_cast<Picoseconds>(lines) * period_;
    const Picoseconds begin = std::max(start, free_at_[bank]);
    if (begin > start) {
      ++conflicts_;
      conflict_time_ += begin - start;
    }
    free_at_[bank] = begin + duration;
    busy_ += duration;
    end = std::max(end, free_at_[bank]);
  }
  return end + access_time_;
}

/// Lines of `bank` among the lines 0 to line - 1.
std::uint64_t BankTiming::lines_before(std::uint64_t line, std::uint64_t bank) const {
  const std::uint64_t round = lines_per_stretch_ * free_at_.size();
  const std::uint64_t in_round = line % round;
  const std::uint64_t skipped = std::min(in_round, bank * lines_per_stretch_);
  return line / round * lines_per_stretch_ + std::min(in_round - skipped, lines_per_stretch_);
}

}  // namespace prism::memory
