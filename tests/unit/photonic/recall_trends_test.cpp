// SPDX-License-Identifier: Apache-2.0
// A better device does not rank worse: each knob alone, in the direction of its improvement.
#include <gtest/gtest.h>

#include <functional>

#include "tests/paper/trials.h"

namespace prism::photonic {
namespace {

constexpr std::uint32_t kTrials = 30;
constexpr double kScatter = 0.01;  // of a mean over the trials, between neighbours

std::vector<double> sweep(const PhysicsConfig& base, const std::vector<double>& values,
                          const std::function<void(PhysicsConfig&, double)>& set, Picoseconds now = 0) {
  std::vector<PhysicsConfig> configs(values.size(), base);
  for (std::size_t i = 0; i < values.size(); ++i) set(configs[i], values[i]);
  return recalls(configs, 256, 32, 16, kTrials, now);
}

void expect_rising(const std::vector<double>& recall, double at_least) {
  for (std::size_t i = 1; i < recall.size(); ++i) EXPECT_GT(recall[i], recall[i - 1] - kScatter) << i;
  EXPECT_GT(recall.back(), recall.front() + at_least);
}

PhysicsConfig five_volts() {
  PhysicsConfig config;
  config.drive = {.max_volts = 5.0, .scaling = WeightScaling::kFullRange};
  return config;
}

TEST(RecallTrends, MoreVoltageBits) {
  expect_rising(sweep(five_volts(), {3, 4, 5, 6, 8},
                      [](PhysicsConfig& c, double bits) { c.drive.bits = static_cast<std::uint32_t>(bits); }),
                0.1);
}

TEST(RecallTrends, MoreVolts) {
  PhysicsConfig config;
  config.drive.scaling = WeightScaling::kUnit;
  expect_rising(
      sweep(config, {3, 4, 5, 8, 12}, [](PhysicsConfig& c, double volts) { c.drive.max_volts = volts; }),
      0.1);
}

TEST(RecallTrends, MoreLight) {
  PhysicsConfig config = five_volts();
  config.detector.shot_noise = config.detector.thermal_noise = config.detector.nep_noise = true;
  expect_rising(sweep(config, {10, 20, 30, 40}, [](PhysicsConfig& c, double dbm) { c.link.laser_dbm = dbm; }),
                0.3);
}

TEST(RecallTrends, MoreAdcBits) {
  expect_rising(sweep({}, {2, 4, 6, 8},
                      [](PhysicsConfig& c, double bits) { c.adc.bits = static_cast<std::uint32_t>(bits); }),
                0.1);
}

TEST(RecallTrends, MoreQueryBits) {
  expect_rising(
      sweep({}, {2, 3, 4, 6, 8},
            [](PhysicsConfig& c, double bits) { c.query.dac_bits = static_cast<std::uint32_t>(bits); }),
      0.1);
}

TEST(RecallTrends, MoreCooling) {
  PhysicsConfig config = five_volts();
  config.thermal.ambient_sigma_k = 5.0;
  config.thermal.ambient_time_us = 1000.0;
  config.channels.crosstalk = true;
  expect_rising(sweep(
                    config, {0, 1, 10, 100},
                    [](PhysicsConfig& c, double gain) { c.thermal.cooler_gain = gain; }, ps_from_ns(5e6)),
                0.1);
}

TEST(RecallTrends, LessGradient) {
  expect_rising(sweep(
                    five_volts(), {3000, 1000, 300, 100},
                    [](PhysicsConfig& c, double mk) { c.thermal.gradient_sigma_mk = mk; }, ps_from_ns(5e6)),
                0.1);
}

TEST(RecallTrends, BetterCalibration) {
  expect_rising(sweep(five_volts(), {50, 20, 10, 2, 0.5},
                      [](PhysicsConfig& c, double pm) { c.calibration.residual_sigma_pm = pm; }),
                0.3);
}

TEST(RecallTrends, AWiderFreeSpectralRange) {
  PhysicsConfig config = five_volts();
  config.channels.crosstalk = true;
  // A single ring's channels alias 0.3 nm apart; 51.2 nm hold the plan.
  expect_rising(sweep(config, {0, 51.2}, [](PhysicsConfig& c, double nm) { c.ring.vernier_fsr_nm = nm; }),
                0.02);
}

TEST(RecallTrends, MoreTrimming) {
  PhysicsConfig config = five_volts();
  config.calibration.fabrication_sigma_pm = 500.0;
  expect_rising(sweep(config, {0, 500, 1000, 2000},
                      [](PhysicsConfig& c, double pm) { c.calibration.trim_range_pm = pm; }),
                0.3);
}

}  // namespace
}  // namespace prism::photonic
