// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/histogram/histogram.hpp>
#include <boost/histogram/storage_adaptor.hpp>
#include <cstdint>
#include <tuple>
#include <vector>

#include "models/common/statistics.h"
#include "models/common/units.h"

namespace prism {

/// Bins of one picosecond up to 2^(bits + 1) ps, then 2^bits to each doubling.
class LatencyAxis {
 public:
  explicit LatencyAxis(unsigned bits) : bits_(bits) {}
  int index(Picoseconds latency) const;  // latency >= 0
  int size() const { return index(kNever) + 1; }
  /// The lowest latency of the bin.
  Picoseconds lower(int index) const;

 private:
  unsigned bits_;
};

/// Latencies in constant memory. The mean is exact; percentiles are interpolated within a bin.
class LatencyHistogram {
 public:
  static constexpr unsigned kFine = 10;   // bins at most 0.1 % wide: 440 KB
  static constexpr unsigned kCoarse = 2;  // four bins to each doubling: 2 KB

  explicit LatencyHistogram(unsigned bits = kFine);

  void add(Picoseconds latency) {
    bins_(latency);
    sum_ += latency;
    ++count_;
    if (latency < min_) min_ = latency;
    if (latency > max_) max_ = latency;
  }

  /// `count` latencies, evenly spaced from `first` to `last`. The mean is exact; the bins, of 32 steps
  /// between.
  void add(Picoseconds first, Picoseconds last, std::uint64_t count);

  std::uint64_t count() const { return count_; }
  /// 0 when there is none.
  double mean_ns() const;
  /// The latency that `share` (0 to 1) of all do not exceed; 0 when there is none.
  double percentile_ns(double share) const;
  double max_ns() const { return ns_from_ps(max_); }
  /// All of it in nanoseconds, with the bins that are not empty.
  Distribution distribution() const;

 private:
  using Bins = boost::histogram::histogram<std::tuple<LatencyAxis>,
                                           boost::histogram::storage_adaptor<std::vector<std::uint64_t>>>;
  Bins bins_;
  std::uint64_t count_ = 0;
  Picoseconds sum_ = 0;
  Picoseconds min_ = kNever;
  Picoseconds max_ = 0;
};

}  // namespace prism
