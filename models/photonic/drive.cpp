// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/drive.h"

#include <algorithm>
#include <cmath>

#include "models/photonic/check.h"

namespace prism::photonic {

namespace {

constexpr float kTie = 1e-5f;  // of weight: nearer than this is rounding

/// `values` in [low, low + steps x step], to the nearest step; halves go up.
Eigen::ArrayXf quantised(const Eigen::ArrayXf& values, float low, float step) {
  return ((values - low) * (1.0f / step) + 0.5f).floor() * step + low;
}

}  // namespace

Drive::Drive(const DriveConfig& config, const Ring& ring) : config_(config), ring_(ring) {
  require_bits("drive.bits", config.bits);
  require(std::isfinite(config.min_volts), "drive.min_volts", config.min_volts, "a number of volts");
  require_not_negative("drive.max_volts", config.max_volts);
  require_not_negative("drive.weight_drift_sigma", config.weight_drift_sigma);
  const bool limited = config.max_volts > 0.0;
  require(!limited || config.min_volts < config.max_volts, "drive.min_volts", config.min_volts,
          "less than drive.max_volts");
  const bool voltage = config.quantise_in == QuantiseIn::kVoltage;
  require(!voltage || config.bits == 0 || limited, "drive.max_volts", config.max_volts,
          "a finite range for drive.bits to divide");
  require(!voltage || config.weight_drift_sigma == 0.0, "drive.weight_drift_sigma", config.weight_drift_sigma,
          "0 unless drive.quantise_in is weight");
  steps_ = static_cast<float>((1u << config.bits) - 1u);
  const double half_fsr = ring.fsr_pm() / 2;
  const double low = limited ? config.min_volts * ring.tuning_pm_per_v() : -half_fsr;
  const double high = limited ? std::min(config.max_volts * ring.tuning_pm_per_v(), half_fsr) : half_fsr;
  lowest_pm_ = static_cast<float>(low);
  highest_pm_ = static_cast<float>(high);
  lowest_ = voltage ? ring.weight(std::max(low, 0.0)) : -1.0;
  highest_ = voltage ? ring.weight(std::min(std::max(high, -low), half_fsr)) : 1.0;
  map_ = make_map(config.scaling);
}

WeightMap Drive::make_map(WeightScaling scaling) const {
  const double symmetric = std::min(-lowest_, highest_);
  switch (scaling) {
    case WeightScaling::kUnit:
      return {1.0, 0.0};
    case WeightScaling::kSymmetric:
      require(symmetric > 0.0, "drive.max_volts", config_.max_volts,
              "a drive that reaches weights of both signs, or drive.scaling full_range");
      return {symmetric, 0.0};
    case WeightScaling::kFullRange:
      break;
  }
  return {(highest_ - lowest_) / 2, (highest_ + lowest_) / 2};
}

Eigen::ArrayXf Drive::nearest_shift(const Eigen::ArrayXf& wanted_pm) const {
  const Eigen::ArrayXf reachable = wanted_pm.max(lowest_pm_).min(highest_pm_);
  return config_.bits > 0 ? quantised(reachable, lowest_pm_, (highest_pm_ - lowest_pm_) / steps_) : reachable;
}

Eigen::ArrayXf Drive::shifts(const Eigen::ArrayXf& targets, const Eigen::ArrayXf& offset) const {
  const auto twice_depth = static_cast<float>(2.0 * ring_.depth());
  const auto half_width = static_cast<float>(ring_.fwhm_pm() / 2);
  const Eigen::ArrayXf dropped =
      1.0f - targets.max(static_cast<float>(lowest_)).min(static_cast<float>(highest_));
  const Eigen::ArrayXf detuning = (twice_depth / dropped - 1.0f).max(0.0f).sqrt() * half_width;
  const Eigen::ArrayXf above = nearest_shift(detuning - offset);
  const Eigen::ArrayXf below = nearest_shift(-detuning - offset);
  const auto error = [&](const Eigen::ArrayXf& shift) -> Eigen::ArrayXf {
    return (twice_depth / (((offset + shift) * (1.0f / half_width)).square() + 1.0f) - dropped).abs();
  };
  return (error(below) + kTie < error(above)).select(below, above);
}

Eigen::ArrayXf Drive::quantised_weights(const Eigen::ArrayXf& values) const {
  const Eigen::ArrayXf clipped = values.max(-1.0f).min(1.0f);
  return config_.bits > 0 ? quantised(clipped, -1.0f, 2.0f / steps_) : clipped;
}

}  // namespace prism::photonic
