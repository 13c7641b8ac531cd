// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/detection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace prism::photonic {
namespace {

const LinkBudget kLink(LinkConfig{}, 256, 32);

TEST(BalancedDetector, EveryNoiseSwitchesAlone) {
  DetectorConfig config;
  EXPECT_EQ(BalancedDetector(config, kLink, 32).noise_na(10.0), 0.0);
  EXPECT_EQ(BalancedDetector(config, kLink, 32).snr_full_scale_db(), std::numeric_limits<double>::infinity());
  config.shot_noise = true;
  const BalancedDetector shot(config, kLink, 32);
  EXPECT_DOUBLE_EQ(shot.noise_na(10.0), shot.shot_na(10.0));
  EXPECT_NEAR(shot.noise_na(40.0), 2 * shot.noise_na(10.0), 1e-9);
  config.shot_noise = false;
  config.thermal_noise = true;
  const BalancedDetector thermal(config, kLink, 32);
  EXPECT_DOUBLE_EQ(thermal.noise_na(10.0), thermal.thermal_na());
  config.thermal_noise = false;
  config.nep_noise = true;
  const BalancedDetector nep(config, kLink, 32);
  EXPECT_DOUBLE_EQ(nep.noise_na(10.0), nep.nep_na());
}

TEST(BalancedDetector, OneLineIsAShareOfFullScale) {
  DetectorConfig config;
  config.thermal_noise = true;
  const BalancedDetector detector(config, kLink, 32);
  EXPECT_NEAR(detector.noise_lines(5.0), detector.thermal_na() / (detector.full_scale_ua() * 1e3 / 32),
              1e-12);
  EXPECT_NEAR(kLink.line_dbm(), kLink.detector_dbm() - 15.05, 0.01);
}

TEST(LinkBudget, SplitterOfAnyRows) {
  const double base = LinkBudget(LinkConfig{}, 1, 32).detector_dbm();
  EXPECT_NEAR(base - LinkBudget(LinkConfig{}, 2, 32).detector_dbm(), 10 * std::log10(2.0) + 0.2, 1e-9);
  // 260 rows: 9 stages of splitters
  EXPECT_NEAR(base - LinkBudget(LinkConfig{}, 260, 32).detector_dbm(), 10 * std::log10(260.0) + 1.8, 1e-9);
}

TEST(LinkBudget, EveryLossCounts) {
  const double base = LinkBudget(LinkConfig{}, 256, 32).detector_dbm();
  const auto change = [&](auto set) {
    LinkConfig config;
    set(config);
    return base - LinkBudget(config, 256, 32).detector_dbm();
  };
  EXPECT_NEAR(change([](LinkConfig& c) { c.laser_dbm -= 1; }), 1.0, 1e-9);
  EXPECT_NEAR(change([](LinkConfig& c) { c.comb_loss_db += 1; }), 1.0, 1e-9);
  EXPECT_NEAR(change([](LinkConfig& c) { c.fibre_chip_db += 1; }), 1.0, 1e-9);
  EXPECT_NEAR(change([](LinkConfig& c) { c.modulator_db += 1; }), 1.0, 1e-9);
  EXPECT_NEAR(change([](LinkConfig& c) { c.splitter_excess_db += 1; }), 8.0, 1e-9);
  EXPECT_NEAR(change([](LinkConfig& c) { c.waveguide_cm += 1; }), 0.5, 1e-9);
  EXPECT_NEAR(change([](LinkConfig& c) { c.waveguide_db_per_cm += 1; }), 2.0, 1e-9);
  EXPECT_NEAR(change([](LinkConfig& c) { c.ring_insertion_db += 1; }), 32.0, 1e-9);
  EXPECT_NEAR(change([](LinkConfig& c) { c.chip_detector_db += 1; }), 1.0, 1e-9);
}

TEST(Adc, StepsAndClipping) {
  std::vector<float> values = {-10.0f, -1.0f, -0.3f, 0.0f, 0.2f, 0.3f, 0.74f, 0.9f, 10.0f};
  EXPECT_EQ(Adc({.bits = 3}).digitise(values, 0.0, 1.0), 3u);  // 8 steps of 0.25; -10, 0.9 and 10 are outside
  EXPECT_THAT(values, testing::ElementsAre(-1.0f, -1.0f, -0.25f, 0.0f, 0.25f, 0.25f, 0.75f, 0.75f, 0.75f));
  values = {4.1f};
  EXPECT_EQ(Adc({.bits = 3}).digitise(values, 4.0, 2.0), 0u);
  EXPECT_FLOAT_EQ(values[0], 4.0f);
}

TEST(Adc, WithoutBitsItIsTransparent) {
  std::vector<float> values = {0.123f, 1e9f};
  EXPECT_EQ(Adc({}).digitise(values, 0.0, 1.0), 0u);
  EXPECT_THAT(values, testing::ElementsAre(0.123f, 1e9f));
}

}  // namespace
}  // namespace prism::photonic
