// SPDX-License-Identifier: Apache-2.0
// From signature values to ring weights: scaling into the reachable range, drive voltage, its quantisation.
#pragma once

#include <Eigen/Core>

#include "models/photonic/ring.h"

namespace prism::photonic {

/// weight = gain x value + offset, for values in [-1, 1].
struct WeightMap {
  double gain;
  double offset;
};

/// A ring's resonance shifts by tuning x voltage, in 2^bits - 1 equal steps over [min_volts, max_volts]; the
/// weight follows the ring's transfer function, so equal steps of voltage are unequal steps of weight, and +1
/// is out of reach. Does not model slewing, integral nonlinearity of the DAC, nor hysteresis.
class Drive {
 public:
  /// Throws std::invalid_argument for values out of range.
  Drive(const DriveConfig& config, const Ring& ring);

  /// Weights that a ring without a resonance offset can be given.
  double lowest_weight() const { return lowest_; }
  double highest_weight() const { return highest_; }
  WeightMap map() const { return map_; }

  /// Shifts (pm) that bring rings whose resonances are believed to be off by `offset` (pm) nearest to
  /// `targets`: from either side of the resonance, whichever gets nearer. Reachable and quantised.
  Eigen::ArrayXf shifts(const Eigen::ArrayXf& targets, const Eigen::ArrayXf& offset) const;
  /// kWeight: values quantised uniformly in [-1, 1].
  Eigen::ArrayXf quantised_weights(const Eigen::ArrayXf& values) const;

 private:
  Eigen::ArrayXf nearest_shift(const Eigen::ArrayXf& wanted_pm) const;
  WeightMap make_map(WeightScaling scaling) const;

  DriveConfig config_;
  Ring ring_;
  float steps_;  // 2^bits - 1; 0: continuous
  float lowest_pm_;
  float highest_pm_;
  double lowest_;
  double highest_;
  WeightMap map_;
};

}  // namespace prism::photonic
