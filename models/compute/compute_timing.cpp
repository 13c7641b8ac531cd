// SPDX-License-Identifier: Apache-2.0
#include "models/compute/compute_timing.h"

#include <algorithm>
#include <cassert>

namespace prism::compute {

Work matrix_work(std::uint64_t weight_bytes, std::uint64_t batch) {
  return {divide_up(weight_bytes, 2) * batch, 0};
}

Work attention_work(std::uint64_t tokens, std::uint64_t dimension, std::uint64_t heads) {
  return {2 * tokens * dimension * heads, tokens * heads};
}

Work mean_work(std::uint64_t count, std::uint64_t dimension) {
  return {count * dimension, 0};
}

ComputeTiming::ComputeTiming(const ComputeConfig& config)
    : macs_per_clock_(config.macs_per_clock),
      exponentials_per_clock_(config.exponentials_per_clock),
      clock_ps_(period_ps(config.clock_mhz)),
      mac_pj_(config.mac_pj) {
  assert(macs_per_clock_ > 0 && exponentials_per_clock_ > 0 && clock_ps_ > 0);
}

Picoseconds ComputeTiming::mac_ps(const Work& work) const {
  return static_cast<Picoseconds>(divide_up(work.macs, macs_per_clock_)) * clock_ps_;
}

Picoseconds ComputeTiming::exponential_ps(const Work& work) const {
  return static_cast<Picoseconds>(divide_up(work.exponentials, exponentials_per_clock_)) * clock_ps_;
}

Picoseconds ComputeTiming::time_ps(const Work& work) const {
  return std::max(mac_ps(work), exponential_ps(work));
}

std::optional<double> ComputeTiming::energy_pj(const Work& work) const {
  if (mac_pj_ < 0.0) return std::nullopt;
  return static_cast<double>(work.macs) * mac_pj_;
}

}  // namespace prism::compute
