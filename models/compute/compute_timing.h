// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "models/common/units.h"
#include "models/compute/compute_config.h"

namespace prism::compute {

/// value / by, rounded up; never overflows.
constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) {
  return value / by + (value % by != 0 ? 1 : 0);
}

/// What a piece of a command costs the array (MACs) and the softmax unit (exponentials).
struct Work {
  std::uint64_t macs = 0;
  std::uint64_t exponentials = 0;

  Work& operator+=(const Work& other) {
    macs += other.macs;
    exponentials += other.exponentials;
    return *this;
  }
  bool operator==(const Work& other) const = default;
};

/// `weight_bytes` of bf16 weights times `batch` vectors.
Work matrix_work(std::uint64_t weight_bytes, std::uint64_t batch);
/// Scores and weighted values of `heads` queries over `tokens`, one exponential a score.
Work attention_work(std::uint64_t tokens, std::uint64_t dimension, std::uint64_t heads);
/// Sum of `count` vectors: an addition takes a MAC's slot.
Work mean_work(std::uint64_t count, std::uint64_t dimension);

/// Time and energy of work: a roofline of two units that overlap perfectly, in whole clocks. Array
/// utilisation is 100 %: losses at tile edges are not modelled. Data movement is not in here: the engine's
/// port times it. The figures of the unit are configuration.
class ComputeTiming {
 public:
  explicit ComputeTiming(const ComputeConfig& config);

  /// max(ceil(macs / macs_per_clock), ceil(exponentials / exponentials_per_clock)) clocks.
  Picoseconds time_ps(const Work& work) const;
  /// The array's and the softmax unit's part of it.
  Picoseconds mac_ps(const Work& work) const;
  Picoseconds exponential_ps(const Work& work) const;
  /// MACs alone: no figure for exponentials is known. Nothing when the energy of a MAC is unknown.
  std::optional<double> energy_pj(const Work& work) const;

 private:
  std::uint64_t macs_per_clock_;
  std::uint64_t exponentials_per_clock_;
  Picoseconds clock_ps_;
  double mac_pj_;
};

}  // namespace prism::compute
