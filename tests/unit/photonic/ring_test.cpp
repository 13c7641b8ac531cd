// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/ring.h"

#include <gtest/gtest.h>

#include <cmath>

namespace prism::photonic {
namespace {

TEST(Ring, InverseOfTheTransferFunction) {
  const Ring ring(RingConfig{});
  for (double weight = -0.975; weight < 0.99; weight += 0.015) {
    EXPECT_NEAR(ring.weight(ring.detuning_pm(weight)), weight, 1e-12);
  }
}

TEST(Ring, WeightsBeyondReachGiveTheNearest) {
  const Ring ring(RingConfig{});
  EXPECT_NEAR(ring.lowest_weight(), -0.98, 1e-12);
  EXPECT_NEAR(ring.detuning_pm(-1.0), 0.0, 1e-9);
  EXPECT_LT(ring.highest_weight(), 1.0);
  EXPECT_NEAR(ring.detuning_pm(1.0), ring.fsr_pm() / 2, 1e-3);
}

TEST(Ring, RepeatsEveryFreeSpectralRange) {
  RingConfig config;
  config.vernier_fsr_nm = 0.0;
  const Ring ring(config);
  for (const double detuning : {0.0, 77.5, -300.0}) {
    EXPECT_NEAR(ring.weight(detuning + ring.fsr_pm()), ring.weight(detuning), 1e-9);
    EXPECT_NEAR(ring.weight(detuning - 3 * ring.fsr_pm()), ring.weight(detuning), 1e-9);
  }
}

TEST(Ring, QAndExtinctionShapeTheResonance) {
  RingConfig config;
  config.q = 20000.0;
  EXPECT_NEAR(Ring(config).fwhm_pm(), 77.5, 1e-9);
  EXPECT_NEAR(Ring(config).drop(77.5 / 2), 0.99 / 2, 1e-12);  // half of the peak, half a linewidth away
  config.extinction_db = 10.0;
  EXPECT_NEAR(Ring(config).lowest_weight(), 1.0 - 2 * 0.9, 1e-12);
}

}  // namespace
}  // namespace prism::photonic
