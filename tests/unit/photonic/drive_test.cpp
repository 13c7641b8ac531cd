// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/drive.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

namespace prism::photonic {
namespace {

const Ring kRing{RingConfig{}};
constexpr double kTuning = 28.49;

float shift_of(const DriveConfig& config, float target, float offset = 0.0f) {
  return Drive(config, kRing)
      .shifts(Eigen::ArrayXf::Constant(1, target), Eigen::ArrayXf::Constant(1, offset))[0];
}

TEST(Drive, FiveVoltsReachHalfOfTheRange) {
  const Drive drive({.max_volts = 5.0}, kRing);
  EXPECT_NEAR(drive.lowest_weight(), -0.98, 1e-9);
  EXPECT_NEAR(drive.highest_weight(), kRing.weight(5.0 * kTuning), 1e-9);
  EXPECT_NEAR(drive.highest_weight(), 0.547, 1e-3);
}

TEST(Drive, ScalingFitsTheReachableRange) {
  DriveConfig config{.max_volts = 5.0, .scaling = WeightScaling::kUnit};
  EXPECT_EQ(Drive(config, kRing).map().gain, 1.0);
  config.scaling = WeightScaling::kSymmetric;
  EXPECT_NEAR(Drive(config, kRing).map().gain, 0.547, 1e-3);
  EXPECT_EQ(Drive(config, kRing).map().offset, 0.0);
  config.scaling = WeightScaling::kFullRange;
  const Drive drive(config, kRing);
  EXPECT_NEAR(drive.map().offset - drive.map().gain, drive.lowest_weight(), 1e-12);
  EXPECT_NEAR(drive.map().offset + drive.map().gain, drive.highest_weight(), 1e-12);
}

TEST(Drive, ContinuousDriveIsTheInverseTransferFunction) {
  for (const float weight : {-0.98f, -0.9f, -0.3f, 0.0f, 0.4f}) {
    EXPECT_NEAR(shift_of({.max_volts = 5.0}, weight), kRing.detuning_pm(weight), 0.02) << weight;
  }
  EXPECT_NEAR(shift_of({.max_volts = 5.0}, 0.9f), 5.0 * kTuning, 1e-3);  // clipped
}

TEST(Drive, StepsAreEqualInVoltageNotInWeight) {
  const DriveConfig config{.bits = 3, .max_volts = 7.0};
  std::set<int> codes;
  for (float weight = -0.98f; weight < 0.74f; weight += 0.005f) {
    const double volts = static_cast<double>(shift_of(config, weight)) / kTuning;
    EXPECT_NEAR(volts, std::round(volts), 1e-5);  // 7 steps of 1 V
    codes.insert(static_cast<int>(std::lround(volts)));
    const double nearest = std::round(kRing.volts(kRing.detuning_pm(weight)));
    const auto error = [&](double v) {
      return std::abs(kRing.weight(v * kTuning) - static_cast<double>(weight));
    };
    EXPECT_LE(error(volts), error(nearest) + 1e-5);
  }
  EXPECT_EQ(codes.size(), 8u);
}

TEST(Drive, UsesTheSideOfTheResonanceThatGetsNearer) {
  const DriveConfig config{.max_volts = 5.0};  // shifts of 0 to 142 pm
  // A resonance 100 pm below its channel: raised by 100 + 20 pm or by 100 - 20 pm, both are the weight at 20
  // pm.
  const float target = static_cast<float>(kRing.weight(20.0));
  EXPECT_NEAR(shift_of(config, target, -100.0f), 120.0f, 0.05f);
  // 135 pm below: 155 pm are out of reach, 115 pm are not.
  EXPECT_NEAR(shift_of(config, target, -135.0f), 115.0f, 0.05f);
  // 50 pm above: no drive brings it nearer.
  EXPECT_NEAR(shift_of(config, target, 50.0f), 0.0f, 0.05f);
}

TEST(Drive, QuantisesInWeightAsThePaperDoes) {
  const Drive drive({.quantise_in = QuantiseIn::kWeight, .bits = 2}, kRing);
  const Eigen::ArrayXf levels = drive.quantised_weights(Eigen::ArrayXf::LinSpaced(5, -1.2f, 1.2f));
  const float third = 1.0f / 3.0f;  // -1, -1/3, 1/3, 1
  const std::array expected = {-1.0f, -third, third, third, 1.0f};
  for (Eigen::Index i = 0; i < levels.size(); ++i) EXPECT_NEAR(levels[i], expected[i], 1e-6);
}

}  // namespace
}  // namespace prism::photonic
