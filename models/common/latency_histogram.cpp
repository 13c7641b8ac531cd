// SPDX-License-Identifier: Apache-2.0
#include "models/common/latency_histogram.h"

#include <algorithm>
#include <bit>

namespace prism {

int LatencyAxis::index(Picoseconds latency) const {
  const auto value = static_cast<std::uint64_t>(latency);
  const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - static_cast<int>(bits_) - 1);
  return (shift << bits_) + static_cast<int>(value >> shift);
}

Picoseconds LatencyAxis::lower(int index) const {
  const int shift = std::max(0, (index >> bits_) - 1);
  return Picoseconds{index - (shift << bits_)} << shift;
}

LatencyHistogram::LatencyHistogram(unsigned bits) : bins_(std::make_tuple(LatencyAxis(bits))) {}

void LatencyHistogram::add(Picoseconds first, Picoseconds last, std::uint64_t count) {
  const auto steps = static_cast<Picoseconds>(std::min<std::uint64_t>(count, 32));
  const auto total = static_cast<Picoseconds>(count);
  for (Picoseconds step = 0; step < steps; ++step) {
    const Picoseconds here = total * (step + 1) / steps - total * step / steps;
    const Picoseconds middle = first + (last - first) * (2 * step + 1) / (2 * steps);
    bins_(boost::histogram::weight(here), middle);
  }
  sum_ += (first + last) * total / 2;
  count_ += count;
  min_ = std::min({min_, first, last});
  max_ = std::max({max_, first, last});
}

double LatencyHistogram::mean_ns() const {
  return count_ > 0 ? ns_from_ps(sum_) / static_cast<double>(count_) : 0.0;
}

double LatencyHistogram::percentile_ns(double share) const {
  if (count_ == 0) return 0.0;
  const double rank = share * static_cast<double>(count_);
  double before = 0.0;
  const LatencyAxis& axis = bins_.axis();
  const int bins = axis.size();
  for (int bin = 0; bin < bins; ++bin) {
    const auto here = static_cast<double>(bins_.at(bin));
    if (here > 0.0 && before + here >= rank) {
      const Picoseconds lower = std::max(axis.lower(bin), min_);
      const Picoseconds upper = std::min(bin + 1 < bins ? axis.lower(bin + 1) : max_, max_);
      return ns_from_ps(lower) + ns_from_ps(upper - lower) * (rank - before) / here;
    }
    before += here;
  }
  return ns_from_ps(max_);
}

Distribution LatencyHistogram::distribution() const {
  Distribution out{count_, mean_ns(), percentile_ns(0.5), percentile_ns(0.99), max_ns(), {}};
  const LatencyAxis& axis = bins_.axis();
  for (int bin = 0; bin < axis.size(); ++bin) {
    if (bins_.at(bin) > 0) out.bins.emplace_back(ns_from_ps(axis.lower(bin)), bins_.at(bin));
  }
  return out;
}

}  // namespace prism
