// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/channel_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace prism::photonic {
namespace {

Ring ring_of_fsr(double fsr_nm) {
  RingConfig config;
  config.vernier_fsr_nm = fsr_nm;
  return Ring(config);
}

/// The paper's open point 4: 32 channels at 1.6 nm on a single ring.
TEST(ChannelPlan, ASingleRingDropsEveryFifthChannel) {
  const ChannelPlan plan({}, ring_of_fsr(8.29), 32);
  EXPECT_NEAR(plan.distance_pm(0, 5), 8000.0 - 8290.0, 1e-6);
  EXPECT_NEAR(plan.distance_pm(5, 0), 290.0, 1e-6);
  EXPECT_NEAR(plan.crosstalk_db(7, 12), -11.8, 0.05);
  EXPECT_TRUE(plan.aliases());
}

TEST(ChannelPlan, NeighboursOfAPlanThatFits) {
  const ChannelPlan plan({}, ring_of_fsr(60.0), 32);
  EXPECT_FALSE(plan.aliases());
  EXPECT_EQ(plan.warning(), "");
  // 0.99 / (1 + (2 x 1.6 / 0.155)^2)
  EXPECT_NEAR(plan.worst_crosstalk_db(), -26.35, 0.01);
  EXPECT_NEAR(plan.crosstalk_db(3, 3), 10 * std::log10(0.99), 1e-9);
}

TEST(ChannelPlan, TheSpanMayUseTheWholeRangeButNoMore) {
  EXPECT_FALSE(ChannelPlan({}, ring_of_fsr(32 * 1.6), 32).aliases());
  EXPECT_TRUE(ChannelPlan({}, ring_of_fsr(32 * 1.6 - 0.01), 32).aliases());
  EXPECT_FALSE(ChannelPlan({}, ring_of_fsr(1.0), 1).aliases());
}

TEST(ChannelPlan, StrictRefusesAliasing) {
  ChannelPlanConfig config;
  config.strict = true;
  EXPECT_NO_THROW(ChannelPlan(config, ring_of_fsr(60.0), 32));
  try {
    ChannelPlan(config, ring_of_fsr(50.0), 32);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(
        error.what(),
        "channels.spacing_nm: found 1.6 nm x 32 channels in a free spectral range of 50 nm (channels 0 "
        "and 31 land 0.4 nm apart, -14.5 dB), expected a plan that does not alias");
  }
}

}  // namespace
}  // namespace prism::photonic
