// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

namespace prism::photonic {
namespace {

constexpr std::uint32_t kRows = 256;
constexpr std::uint32_t kRings = 32;
constexpr Picoseconds kSecond = 1'000'000'000'000;

double deviation(const Eigen::ArrayXXf& table) {
  return std::sqrt((table - table.mean()).square().mean());
}

Eigen::ArrayXXf still() {
  return Eigen::ArrayXXf::Zero(kRows, kRings);
}

TEST(CalibrationTable, FabricationSpread) {
  const CalibrationTable table({.fabrication_sigma_pm = 500.0}, kRows, kRings, 1);
  EXPECT_NEAR(deviation(table.offsets()), 500.0, 15.0);
  EXPECT_EQ(deviation(table.believed()), 0.0);  // before the first calibration
}

TEST(CalibrationTable, TrimmingTakesAwayUpToItsRange) {
  const CalibrationTable raw({.fabrication_sigma_pm = 500.0}, kRows, kRings, 1);
  const CalibrationTable trimmed({.fabrication_sigma_pm = 500.0, .trim_range_pm = 600.0}, kRows, kRings, 1);
  for (Eigen::Index i = 0; i < raw.offsets().size(); ++i) {
    const float offset = raw.offsets().data()[i];
    const float left = std::abs(offset) > 600.0f ? offset - std::copysign(600.0f, offset) : 0.0f;
    ASSERT_EQ(trimmed.offsets().data()[i], left);
  }
}

TEST(CalibrationTable, MeasuresOffsetsAndTemperatureWithAnError) {
  CalibrationTable table({.fabrication_sigma_pm = 100.0, .residual_sigma_pm = 3.0}, kRows, kRings, 1);
  const Eigen::ArrayXXf warm = Eigen::ArrayXXf::Constant(kRows, kRings, 7.0f);
  table.measure(warm, 0);
  const Eigen::ArrayXXf first = table.believed() - table.offsets() - warm;
  EXPECT_NEAR(deviation(first), 3.0, 0.1);
  EXPECT_NEAR(first.mean(), 0.0, 0.1);
  table.measure(warm, 0);
  EXPECT_NEAR(deviation(table.believed() - table.offsets() - warm - first), 3.0 * std::sqrt(2.0),
              0.15);  // anew
}

TEST(CalibrationTable, AgesAsARandomWalkUntilCalibrated) {
  CalibrationTable table({.ageing_pm_per_sqrt_s = 2.0}, kRows, kRings, 1);
  table.measure(still(), 0);
  EXPECT_FLOAT_EQ(table.age_pm(9 * kSecond), 6.0f);
  const Eigen::ArrayXXf aged = table.offsets() + table.directions() * table.age_pm(9 * kSecond);
  EXPECT_NEAR(deviation(aged), 6.0, 0.2);
  table.measure(still(), 9 * kSecond);
  EXPECT_TRUE((table.offsets() == aged).all());
  EXPECT_TRUE((table.believed() == aged).all());
  EXPECT_EQ(table.age_pm(9 * kSecond), 0.0f);
  const Eigen::ArrayXXf older = table.offsets() + table.directions() * table.age_pm(25 * kSecond);
  EXPECT_NEAR(deviation(older), 10.0, 0.3);  // 2 x sqrt(25)
}

}  // namespace
}  // namespace prism::photonic
