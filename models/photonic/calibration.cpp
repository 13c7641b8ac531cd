// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/calibration.h"

#include <cassert>
#include <cmath>

#include "models/photonic/check.h"
#include "models/photonic/normal.h"

namespace prism::photonic {

namespace {

Eigen::ArrayXXf normal_table(const Eigen::ArrayXXf& shape, std::uint64_t seed, RandomDomain domain,
                             std::uint64_t event) {
  Eigen::ArrayXXf table(shape.rows(), shape.cols());
  fill_normal(random_of(seed, domain), event, {table.data(), static_cast<std::size_t>(table.size())});
  return table;
}

}  // namespace

CalibrationTable::CalibrationTable(const CalibrationConfig& config, std::uint32_t rows, std::uint32_t rings,
                                   std::uint64_t seed)
    : config_(config), seed_(seed) {
  require_not_negative("calibration.fabrication_sigma_pm", config.fabrication_sigma_pm);
  require_not_negative("calibration.trim_range_pm", config.trim_range_pm);
  require_not_negative("calibration.residual_sigma_pm", config.residual_sigma_pm);
  require_not_negative("calibration.ageing_pm_per_sqrt_s", config.ageing_pm_per_sqrt_s);
  offsets_ = Eigen::ArrayXXf::Zero(rows, rings);
  believed_ = offsets_;
  if (config.fabrication_sigma_pm > 0.0) {
    const auto range = static_cast<float>(config.trim_range_pm);
    offsets_ = normal_table(offsets_, seed, RandomDomain::kFabrication, 0) *
               static_cast<float>(config.fabrication_sigma_pm);
    offsets_ -= offsets_.max(-range).min(range).eval();
  }
}

void CalibrationTable::measure(const Eigen::ArrayXXf& thermal_pm, Picoseconds now) {
  assert(now >= calibrated_);
  if (ages()) {
    if (calibrations_ > 0) offsets_ += directions_ * age_pm(now);
    directions_ = normal_table(offsets_, seed_, RandomDomain::kAgeing, calibrations_);
  }
  believed_ = offsets_ + thermal_pm;
  if (config_.residual_sigma_pm > 0.0) {
    believed_ += normal_table(offsets_, seed_, RandomDomain::kCalibration, calibrations_) *
                 static_cast<float>(config_.residual_sigma_pm);
  }
  calibrated_ = now;
  ++calibrations_;
}

float CalibrationTable::age_pm(Picoseconds now) const {
  return static_cast<float>(config_.ageing_pm_per_sqrt_s *
                            std::sqrt(static_cast<double>(now - calibrated_) * 1e-12));
}

}  // namespace prism::photonic
