// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/ring_bank.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace prism::photonic {
namespace {

constexpr std::uint32_t kRows = 8;
constexpr std::uint32_t kRings = 16;

Eigen::ArrayXXf values_in_reach() {
  Eigen::ArrayXXf values(kRows, kRings);
  for (Eigen::Index i = 0; i < values.size(); ++i)
    values.data()[i] = 0.5f * static_cast<float>(std::sin(1.7 * static_cast<double>(i)));
  return values;
}

RingBank programmed(const PhysicsConfig& config, Picoseconds calibrated = 0) {
  RingBank bank(kRows, kRings, config);
  if (calibrated > 0) bank.calibrate(calibrated);
  std::vector<std::uint32_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0u);
  bank.program(values_in_reach(), rows, FaultMap(kRows, kRings));
  return bank;
}

/// 2 prod(1 - Drop) - 1 over all rings of the row, ring by ring in double precision; every ring shifted by
/// `pm`.
double reference(const PhysicsConfig& config, const WeightMap& map, std::uint32_t row, std::uint32_t channel,
                 double pm) {
  const Ring ring(config.ring);
  double passed = 1.0;
  for (std::uint32_t other = 0; other < kRings; ++other) {
    const double target = map.gain * static_cast<double>(values_in_reach()(row, other)) + map.offset;
    const double distance =
        (static_cast<double>(channel) - static_cast<double>(other)) * config.channels.spacing_nm * 1e3;
    passed *= 1.0 - ring.drop(distance - ring.detuning_pm(target) - pm);
  }
  return 2.0 * passed - 1.0;
}

double worst_difference(const PhysicsConfig& config, RingBank& bank, Picoseconds now, double pm) {
  double worst = 0.0;
  const Eigen::ArrayXXf& weights = bank.weights(now);
  for (std::uint32_t row = 0; row < kRows; ++row) {
    for (std::uint32_t channel = 0; channel < kRings; ++channel) {
      const double expected = reference(config, bank.map(), row, channel, pm);
      worst = std::max(worst, std::abs(static_cast<double>(weights(row, channel)) - expected));
    }
  }
  return worst;
}

PhysicsConfig with_crosstalk(double fsr_nm) {
  PhysicsConfig config;
  config.channels.crosstalk = true;
  config.drive = {.min_volts = -8.0, .max_volts = 8.0, .scaling = WeightScaling::kUnit};
  config.ring.vernier_fsr_nm = fsr_nm;
  return config;
}

TEST(RingBank, CrosstalkIsTheProductOverTheRowsRings) {
  for (const double fsr_nm : {50.0, 0.0}) {  // 0: a single ring, whose plan aliases
    const PhysicsConfig config = with_crosstalk(fsr_nm);
    RingBank bank = programmed(config);
    EXPECT_LT(worst_difference(config, bank, 0, 0.0), 1e-4) << fsr_nm;
  }
}

TEST(RingBank, CrosstalkFollowsACommonShiftToFirstOrder) {
  for (const double fsr_nm : {50.0, 0.0}) {
    PhysicsConfig config = with_crosstalk(fsr_nm);
    config.thermal = {
        .ambient_sigma_k = 0.5, .ambient_time_us = 100.0, .cell_rows = kRows, .cell_rings = kRings};
    RingBank bank = programmed(config);
    // Calibrated at the temperature of time 0: what counts is the shift since then.
    ThermalState thermal(config.thermal, config.ring, kRows, 0, kRings, config.seed);
    const double at_calibration = static_cast<double>(thermal.shift_pm(0, 0));
    thermal.advance(ps_from_ns(300e3));
    const double shift = static_cast<double>(thermal.shift_pm(0, 0)) - at_calibration;
    ASSERT_GT(std::abs(shift), 3.0);
    EXPECT_LT(worst_difference(config, bank, ps_from_ns(300e3), shift), fsr_nm > 0.0 ? 2e-4 : 5e-3) << shift;
    EXPECT_GT(worst_difference(config, bank, ps_from_ns(300e3), 0.0), 0.01);
  }
}

TEST(RingBank, FabricationIsCompensatedWithinTheDrive) {
  PhysicsConfig config;
  config.drive = {.min_volts = -10.0, .max_volts = 10.0};
  config.calibration.fabrication_sigma_pm = 20.0;
  RingBank bank = programmed(config);
  EXPECT_LT((bank.weights(0) - values_in_reach() * static_cast<float>(bank.map().gain)).abs().maxCoeff(),
            1e-3);
  config.calibration.fabrication_sigma_pm = 1000.0;
  RingBank wild = programmed(config);
  EXPECT_GT((wild.weights(0) - values_in_reach() * static_cast<float>(wild.map().gain)).abs().maxCoeff(),
            0.5);
}

TEST(RingBank, CalibrationTakesAwayDriftAndAgeing) {
  PhysicsConfig config;
  config.thermal = {.gradient_sigma_mk = 500.0, .cell_rows = 4, .cell_rings = 4};
  config.calibration.ageing_pm_per_sqrt_s = 100.0;
  const Picoseconds later = ps_from_ns(20e6);
  const auto error = [&](RingBank&& bank) {
    return (bank.weights(later) - values_in_reach() * static_cast<float>(bank.map().gain)).abs().maxCoeff();
  };
  EXPECT_GT(error(programmed(config)), 0.05);
  EXPECT_LT(error(programmed(config, later)), 1e-3);
}

}  // namespace
}  // namespace prism::photonic
