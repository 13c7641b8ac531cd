// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/common/statistics.h"
#include "models/common/units.h"

namespace prism::hbm {

/// Bytes read and written over time, in constant memory: when the bins no longer reach, they are merged in
/// pairs and become twice as wide.
class BandwidthHistory {
 public:
  static constexpr std::size_t kBins = 256;
  static constexpr Picoseconds kFirstWidth = 100 * kPicosecondsPerNanosecond;

  /// `now` never decreases.
  void add(Picoseconds now, bool is_write, std::uint64_t bytes) {
    if (now >= bin_end_) move_to(now);
    (is_write ? written_ : read_)[bin_] += bytes;
  }

  TimeSeries read() const { return series(read_); }
  TimeSeries written() const { return series(written_); }

 private:
  using Bins = std::array<std::uint64_t, kBins>;

  void move_to(Picoseconds now);
  TimeSeries series(const Bins& bins) const;  // up to the bin of the last addition

  Picoseconds width_ = kFirstWidth;
  Picoseconds bin_end_ = kFirstWidth;
  std::size_t bin_ = 0;
  Bins read_{}, written_{};
};

}  // namespace prism::hbm
