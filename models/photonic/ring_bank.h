// SPDX-License-Identifier: Apache-2.0
// The rings of all rows: what weight each channel of each loaded block really meets, and when.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "models/photonic/calibration.h"
#include "models/photonic/channel_plan.h"
#include "models/photonic/drive.h"
#include "models/photonic/faults.h"
#include "models/photonic/thermal_state.h"

namespace prism::photonic {

/// A channel passes its own ring and those of the row's other channels: weight = 2 T_own T_others - 1, T = 1
/// - Drop. T_own follows drift exactly; T_others is computed at programming and follows a shift that the
/// row's rings share to first order. Pages share physical rings; each block keeps its own drive. With
/// `drive.quantise_in: weight` there are no rings: values are quantised, and drift is added, in weight.
/// Does not model light that a drop bus returns to the row, nor crosstalk of or onto broken rings.
class RingBank {
 public:
  /// Throws std::invalid_argument for values out of range. Calibrated at time 0.
  RingBank(std::uint32_t rows, std::uint32_t rings, const PhysicsConfig& config);

  const ChannelPlan& channel_plan() const { return plan_; }
  const Drive& drive() const { return drive_; }
  const ThermalState& thermal() const { return thermal_; }
  /// How values become weights.
  WeightMap map() const { return uses_rings_ ? drive_.map() : WeightMap{1.0, 0.0}; }

  /// What the chip's sensor reads, mK off the set point. `now`s given to this class never decrease.
  double temperature_mk(Picoseconds now);
  /// Measures the resonances; takes effect when a bank is programmed.
  void calibrate(Picoseconds now);
  /// `values`: [block][ring], in [-1, 1]; `rows`: the physical row of every block.
  void program(const Eigen::ArrayXXf& values, std::vector<std::uint32_t> rows, const FaultMap& faults);
  /// Broken rings from now on.
  void set_faults(const FaultMap& faults);

  /// Weights that the controller believes to have set, [block][ring].
  const Eigen::ArrayXXf& nominal() const { return nominal_; }
  /// Weights at `now`, [block][ring].
  const Eigen::ArrayXXf& weights(Picoseconds now);

 private:
  Eigen::ArrayXf gather(const Eigen::ArrayXXf& table, Eigen::Index ring) const;
  void program_rings(const Eigen::ArrayXXf& values);
  void program_weights(const Eigen::ArrayXXf& values);
  void pass_others();
  void refresh(std::uint64_t step);

  Ring ring_;
  ChannelPlan plan_;
  Drive drive_;
  CalibrationTable calibration_;
  ThermalState thermal_;
  bool uses_rings_;
  bool crosstalk_;
  float weight_drift_;
  std::uint64_t seed_;
  std::uint32_t physical_rows_;
  Picoseconds step_ps_;

  std::uint64_t programmings_ = 0;
  std::vector<std::uint32_t> rows_;
  std::vector<Fault> broken_;  // `row` is a block here
  Eigen::ArrayXXf detuning_;   // of the rings as programmed, without temperature and ageing, pm
  Eigen::ArrayXXf others_;     // T_others
  Eigen::ArrayXXf slope_;      // d ln T_others / d shift, 1/pm
  Eigen::ArrayXXf nominal_;
  Eigen::ArrayXXf weights_;
  bool stale_ = true;
  std::uint64_t refreshed_step_ = 0;
};

}  // namespace prism::photonic
