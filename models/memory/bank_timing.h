// SPDX-License-Identifier: Apache-2.0
// Timing of an on-chip SRAM of independent banks, free of SystemC.
#pragma once

#include <cstdint>
#include <vector>

#include "models/common/units.h"
#include "models/memory/memory_config.h"

namespace prism::memory {

/// Consecutive stretches of interleave_bytes lie in consecutive banks. A bank moves one line of
/// bank_width_bytes a clock for one access at a time, in the order of the calls; an access ends access_ps
/// after its slowest bank. Work an access is at most one step a bank, however long it is.
class BankTiming {
 public:
  /// Throws std::invalid_argument when there are no banks, no clock, or the interleaving is no multiple of
  /// the width.
  explicit BankTiming(const ScratchpadConfig& config);

  /// Returns the end of an access of `bytes` > 0 that arrives at `start`.
  Picoseconds access(Picoseconds start, std::uint64_t offset, std::uint64_t bytes);

  Picoseconds period() const { return period_; }
  /// Busy time of all banks.
  Picoseconds busy() const { return busy_; }
  /// Times that a bank was busy with an earlier access, and the time lost to that (the wait of each such
  /// bank, summed).
  std::uint64_t conflicts() const { return conflicts_; }
  Picoseconds conflict_time() const { return conflict_time_; }

 private:
  std::uint64_t lines_before(std::uint64_t line, std::uint64_t bank) const;

  std::uint64_t line_bytes_;
  std::uint64_t lines_per_stretch_;
  Picoseconds period_;
  Picoseconds access_time_;
  std::vector<Picoseconds> free_at_;  // of each bank
  Picoseconds busy_ = 0;
  std::uint64_t conflicts_ = 0;
  Picoseconds conflict_time_ = 0;
};

}  // namespace prism::memory
