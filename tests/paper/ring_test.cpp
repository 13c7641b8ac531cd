// SPDX-License-Identifier: Apache-2.0
// Ring reference points of arXiv 2603.21576v2: Q = 10 000, ER = 20 dB, 1550 nm. configs/paper/ring.json.
#include "models/photonic/ring.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <utility>

namespace prism::photonic {
namespace {

TEST(PaperRing, WeightOfADetuning) {
  const Ring ring(RingConfig{});
  const std::pair<double, double> points[] = {{0, -0.98},   {20, -0.8564}, {50, -0.3981}, {77.5, 0.010},
                                              {155, 0.604}, {500, 0.9535}, {1600, 0.9954}};
  for (const auto& [detuning_pm, weight] : points) {
    EXPECT_NEAR(ring.weight(detuning_pm), weight, 1e-4) << detuning_pm;
    EXPECT_EQ(ring.weight(-detuning_pm), ring.weight(detuning_pm));
  }
}

TEST(PaperRing, DriveOfAWeight) {
  const Ring ring(RingConfig{});
  const std::pair<double, double> points[] = {
      {-0.9, 0.56}, {0, 2.69}, {0.5, 4.68}, {0.9, 11.8}, {0.98, 26.9}};
  for (const auto& [weight, volts] : points) {
    EXPECT_NEAR(ring.volts(ring.detuning_pm(weight)), volts, volts > 10 ? 0.05 : 0.005) << weight;
  }
}

TEST(PaperRing, LinewidthAndFreeSpectralRange) {
  RingConfig config;
  EXPECT_NEAR(Ring(config).fwhm_pm(), 155.0, 1e-9);
  EXPECT_NEAR(Ring(config).fsr_pm(), 50e3, 1e-9);
  config.vernier_fsr_nm = 0.0;
  // The paper prints 8.29 nm; its own radius and group index give 8.31.
  EXPECT_NEAR(Ring(config).fsr_pm(), 8290.0, 25.0);
}

/// lambda n_eff^3 r33 overlap / (2 n_g gap) of the device table is the tuning that the ring is given.
TEST(PaperRing, PockelsTuning) {
  const double tuning =
      1550e3 * std::pow(2.138, 3) * 30.9e-6 * 0.70 / (2 * 2.30 * 2.5);  // pm, pm/V as um/V, um
  EXPECT_NEAR(RingConfig{}.tuning_pm_per_v, tuning, 0.01);
  EXPECT_NEAR(RingConfig{}.tuning_pm_per_v, 28.5, 0.05);
}

}  // namespace
}  // namespace prism::photonic
