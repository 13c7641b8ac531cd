// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/physics_config.h"

namespace prism::photonic {

PhysicsConfig preset(Fidelity fidelity) {
  PhysicsConfig config;
  switch (fidelity) {
    case Fidelity::kIdeal:
      break;
    case Fidelity::kPaper:
      config.drive = {.quantise_in = QuantiseIn::kWeight,
                      .bits = 5,
                      .scaling = WeightScaling::kUnit,
                      .weight_drift_sigma = 0.01};
      break;
    case Fidelity::kPhysical:
      config.channels.crosstalk = true;
      config.drive = {.bits = 5, .max_volts = 5.0, .scaling = WeightScaling::kFullRange};
      config.calibration = {.fabrication_sigma_pm = 500.0,
                            .trim_range_pm = 2000.0,
                            .residual_sigma_pm = 2.0,
                            .ageing_pm_per_sqrt_s = 1.0};
      config.thermal.ambient_sigma_k = 5.0;
      config.thermal.cooler_gain = 100.0;
      config.thermal.gradient_sigma_mk = 370.0;  // 10 pm, the low end of the paper's residual drift
      config.query = {.encoding = QueryEncoding::kTwoPass, .dac_bits = 6};
      config.detector.shot_noise = true;
      config.detector.thermal_noise = true;
      config.detector.nep_noise = true;
      config.adc.bits = 6;
      break;
  }
  return config;
}

bool uses_rings(const PhysicsConfig& config) {
  const CalibrationConfig& calibration = config.calibration;
  const ThermalConfig& thermal = config.thermal;
  const bool drive = config.drive.quantise_in == QuantiseIn::kVoltage &&
                     (config.drive.bits > 0 || config.drive.max_volts > 0.0);
  return drive || config.channels.crosstalk || calibration.fabrication_sigma_pm > 0.0 ||
         calibration.residual_sigma_pm > 0.0 || calibration.ageing_pm_per_sqrt_s > 0.0 ||
         thermal.ambient_sigma_k > 0.0 || thermal.gradient_sigma_mk > 0.0;
}

bool is_ideal(const PhysicsConfig& config) {
  const bool exact_weights =
      !uses_rings(config) && config.drive.bits == 0 && config.drive.weight_drift_sigma == 0.0;
  const bool exact_query = config.query.dac_bits == 0 && config.query.encoding == QueryEncoding::kSignedIdeal;
  const bool noiseless =
      !config.detector.shot_noise && !config.detector.thermal_noise && !config.detector.nep_noise;
  return exact_weights && exact_query && noiseless && config.adc.bits == 0 && config.faults.empty();
}

}  // namespace prism::photonic
