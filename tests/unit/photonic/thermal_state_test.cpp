// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/thermal_state.h"

#include <gtest/gtest.h>

#include <cmath>

namespace prism::photonic {
namespace {

constexpr Picoseconds kMicrosecond = 1'000'000;
constexpr std::uint32_t kRows = 256;
constexpr std::uint32_t kRings = 32;

struct Moments {
  double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0, count = 0;
  void add(double a, double b) { sum_a += a, sum_b += b, aa += a * a, bb += b * b, ab += a * b, count += 1; }
  double deviation() const { return std::sqrt(aa / count - sum_a * sum_a / count / count); }
  double correlation() const {
    const double va = aa - sum_a * sum_a / count, vb = bb - sum_b * sum_b / count;
    return (ab - sum_a * sum_b / count) / std::sqrt(va * vb);
  }
};

ThermalConfig gradient() {
  ThermalConfig config;
  config.gradient_sigma_mk = 100.0;
  config.step_us = 10.0;
  return config;
}

TEST(ThermalState, ShiftPerKelvin) {
  // 1550 nm x 4e-5 / 2.30
  EXPECT_NEAR(ThermalState({}, {}, kRows, 0, kRings, 1).pm_per_k(), 26.957, 1e-3);
}

TEST(ThermalState, TheCoolerLeavesOneOverOnePlusGain) {
  ThermalConfig config;
  config.ambient_sigma_k = 2.0;
  ThermalState free({config}, {}, kRows, 0, kRings, 1);
  config.cooler_gain = 99.0;
  ThermalState cooled({config}, {}, kRows, 0, kRings, 1);
  for (int step = 0; step < 5; ++step) {
    EXPECT_NEAR(cooled.chip_mk(), free.chip_mk() / 100.0, 1e-9);
    EXPECT_NEAR(cooled.shift_pm(3, 5), cooled.chip_mk() * 1e-3 * cooled.pm_per_k(), 1e-6);
    free.advance((step + 1) * 1000 * kMicrosecond);
    cooled.advance((step + 1) * 1000 * kMicrosecond);
  }
}

TEST(ThermalState, LocalTemperaturesAreCorrelatedInTimeAndPlace) {
  const ThermalConfig config = gradient();
  Moments neighbours;  // one cell down, one across: 32 rows and 8 rings of 60 um
  Moments far;         // 6 cells down
  Moments later;       // 500 us, half a correlation time
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    ThermalState state(config, {}, kRows, 0, kRings, seed);
    const double first = state.shift_pm(0, 0);
    neighbours.add(first, state.shift_pm(32, 8));
    far.add(first, state.shift_pm(192, 0));
    state.advance(500 * kMicrosecond);
    later.add(first, state.shift_pm(0, 0));
  }
  EXPECT_NEAR(neighbours.deviation(), 0.1 * 26.957, 0.15);
  EXPECT_NEAR(neighbours.correlation(), std::exp(-40 * 60.0 / 2000.0), 0.07);
  EXPECT_NEAR(far.correlation(), std::exp(-192 * 60.0 / 2000.0), 0.07);
  EXPECT_NEAR(later.correlation(), std::exp(-0.5), 0.07);
}

TEST(ThermalState, DoesNotDependOnWhoLooksWhen) {
  ThermalState often(gradient(), {}, kRows, 0, kRings, 1);
  ThermalState once(gradient(), {}, kRows, 0, kRings, 1);
  for (Picoseconds now = 0; now <= 100 * kMicrosecond; now += 3 * kMicrosecond) often.advance(now);
  EXPECT_TRUE(once.advance(99 * kMicrosecond));
  EXPECT_FALSE(once.advance(99 * kMicrosecond));
  for (std::uint32_t row = 0; row < kRows; row += 32)
    EXPECT_EQ(often.shift_pm(row, 9), once.shift_pm(row, 9));
}

TEST(ThermalState, SpareRowsHaveTemperaturesToo) {
  const ThermalState state(gradient(), {}, kRows, 5, kRings, 1);
  EXPECT_NE(state.shift_pm(kRows + 4, 0), 0.0f);
}

TEST(ThermalState, IsStillWhenOff) {
  ThermalState state({}, {}, kRows, 0, kRings, 1);
  EXPECT_FALSE(state.active());
  EXPECT_FALSE(state.advance(1000 * kMicrosecond));
  EXPECT_EQ(state.shift_pm(17, 3), 0.0f);
}

}  // namespace
}  // namespace prism::photonic
