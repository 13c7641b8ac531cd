// SPDX-License-Identifier: Apache-2.0
// Where the resonance of every ring is, and where the controller believes it to be.
#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "models/common/units.h"
#include "models/photonic/physics_config.h"

namespace prism::photonic {

/// Resonance offsets (pm) of rings without drive: a Gaussian fabrication offset, of which trimming takes away
/// up to its range for good, and a random walk since the last calibration. A calibration measures the offset
/// at its temperature, with a Gaussian error. What the drive cannot compensate remains. Does not model the
/// time and the light that a calibration takes, nor wafer-scale correlation of fabrication offsets.
class CalibrationTable {
 public:
  /// Not yet calibrated: believes every offset to be 0.
  CalibrationTable(const CalibrationConfig& config, std::uint32_t rows, std::uint32_t rings,
                   std::uint64_t seed);

  /// `thermal_pm`: shift of every ring by its temperature. `now`: not before the last calibration.
  void measure(const Eigen::ArrayXXf& thermal_pm, Picoseconds now);

  /// Offsets at the last calibration, without temperature, [row][ring].
  const Eigen::ArrayXXf& offsets() const { return offsets_; }
  /// Offsets as believed, with the temperature of the calibration.
  const Eigen::ArrayXXf& believed() const { return believed_; }

  bool ages() const { return config_.ageing_pm_per_sqrt_s > 0.0; }
  /// A ring has moved by age_pm(now) x its direction (standard normal) since the calibration.
  float age_pm(Picoseconds now) const;
  const Eigen::ArrayXXf& directions() const { return directions_; }

 private:
  CalibrationConfig config_;
  std::uint64_t seed_;
  std::uint64_t calibrations_ = 0;
  Picoseconds calibrated_ = 0;
  Eigen::ArrayXXf offsets_;
  Eigen::ArrayXXf believed_;
  Eigen::ArrayXXf directions_;
};

}  // namespace prism::photonic
