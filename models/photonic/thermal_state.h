// SPDX-License-Identifier: Apache-2.0
// Temperatures of the chip as a random process in time and place, and the resonance shifts that they cause.
#pragma once

#include <cstdint>
#include <vector>

#include "models/common/units.h"
#include "models/photonic/physics_config.h"

namespace prism::photonic {

/// Deviations from the temperature that the cooler is set to: one of the whole chip (an Ornstein-Uhlenbeck
/// process of the ambient, divided by 1 + the cooler's gain) and one of every cell (an Ornstein-Uhlenbeck
/// process in time with covariance exp(-(|rows| + |rings|) / correlation length) across the chip, which the
/// cooler does not see). The processes move at multiples of thermal.step_us, whoever looks and when.
/// Resonance shift: wavelength x dn/dT / n_g (27 pm/K). Does not model heat from drivers and light, nor the
/// cooler's dynamics.
class ThermalState {
 public:
  /// Throws std::invalid_argument for values out of range; cells must divide rows (spares apart) and rings.
  ThermalState(const ThermalConfig& thermal, const RingConfig& ring, std::uint32_t rows,
               std::uint32_t spare_rows, std::uint32_t rings, std::uint64_t seed);

  bool active() const { return active_; }
  /// Moves to the last step at or before `now` (which never decreases). Returns whether there was one.
  bool advance(Picoseconds now);

  /// What the chip's one sensor reads, mK off the set point.
  double chip_mk() const { return chip_k_ * 1e3; }
  Picoseconds step_ps() const { return step_ps_; }
  double pm_per_k() const { return pm_per_k_; }
  std::uint32_t cell_rows() const { return config_.cell_rows; }
  std::uint32_t cell_rings() const { return config_.cell_rings; }
  /// Of the cell that holds this ring, pm.
  float shift_pm(std::uint32_t row, std::uint32_t ring) const {
    return shifts_[ring / config_.cell_rings * cells_down_ + row / config_.cell_rows];
  }

 private:
  std::vector<float> gradient_sample() const;  // unit variance, correlated across cells
  void update_shifts();
  void step(double chip_memory, double cell_memory);  // memory: correlation with the step before

  ThermalConfig config_;
  std::uint64_t seed_;
  bool active_;
  double pm_per_k_;
  double chip_sigma_k_;
  std::uint32_t cells_down_;
  std::uint32_t cells_across_;
  float along_rows_;  // correlation of neighbouring cells
  float along_rings_;
  Picoseconds step_ps_;
  std::uint64_t steps_ = 0;
  double chip_k_ = 0.0;
  std::vector<float> cells_k_;  // [cell of rings][cell of rows]
  std::vector<float> shifts_;   // pm
};

}  // namespace prism::photonic
