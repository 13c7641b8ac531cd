// SPDX-License-Identifier: Apache-2.0
#include "platform/memory/latency_histogram.h"

#include <algorithm>
#include <bit>

namespace prism::memory_study {

int LatencyAxis::index(Picoseconds latency) const {
  const auto value = static_cast<std::uint64_t>(latency);
  const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - static_cast<int>(kBits) - 1);
  return (shift << kBits) + static_cast<int>(value >> shift);
}

Picoseconds LatencyAxis::lower(int index) {
  const int shift = std::max(0, (index >> kBits) - 1);
  return Picoseconds{index - (shift << kBits)} << shift;
}

LatencyHistogram::LatencyHistogram() : bins_(std::make_tuple(LatencyAxis())) {}

double LatencyHistogram::mean_ns() const {
  return count_ > 0 ? ns_from_ps(sum_) / static_cast<double>(count_) : 0.0;
}

double LatencyHistogram::percentile_ns(double share) const {
  if (count_ == 0) return 0.0;
  const double rank = share * static_cast<double>(count_);
  double before = 0.0;
  const int bins = bins_.axis().size();
  for (int bin = 0; bin < bins; ++bin) {
    const auto here = static_cast<double>(bins_.at(bin));
    if (here > 0.0 && before + here >= rank) {
      const Picoseconds lower = std::max(LatencyAxis::lower(bin), min_);
      const Picoseconds upper = std::min(bin + 1 < bins ? LatencyAxis::lower(bin + 1) : max_, max_);
      return ns_from_ps(lower) + ns_from_ps(upper - lower) * (rank - before) / here;
    }
    before += here;
  }
  return ns_from_ps(max_);
}

}  // namespace prism::memory_study
