// SPDX-License-Identifier: Apache-2.0
#include "models/compute/compute_timing.h"

#include <gtest/gtest.h>

namespace prism::compute {
namespace {

TEST(ComputeTiming, WorkOfCommands) {
  EXPECT_EQ(matrix_work(1000, 3), (Work{1500, 0}));
  EXPECT_EQ(matrix_work(3, 1), (Work{2, 0}));  // half an element still costs a MAC
  EXPECT_EQ(attention_work(128, 64, 7), (Work{2 * 128 * 64 * 7, 128 * 7}));
  EXPECT_EQ(mean_work(128, 80), (Work{128 * 80, 0}));
  // The largest GEMV that the engine accepts does not overflow.
  EXPECT_EQ(matrix_work(1ull << 40, 1ull << 16).macs, 1ull << 55);
}

TEST(ComputeTiming, WholeClocksOfTheSlowerUnit) {
  ComputeConfig config;
  config.macs_per_clock = 1000;
  config.exponentials_per_clock = 10;
  config.clock_mhz = 500.0;
  const ComputeTiming timing(config);
  EXPECT_EQ(timing.time_ps({0, 0}), 0);
  EXPECT_EQ(timing.time_ps({1, 0}), 2000);
  EXPECT_EQ(timing.time_ps({1000, 0}), 2000);
  EXPECT_EQ(timing.time_ps({1001, 0}), 4000);
  EXPECT_EQ(timing.time_ps({1001, 20}), 4000);
  EXPECT_EQ(timing.time_ps({1001, 21}), 6000);
}

TEST(ComputeTiming, OneAttentionBlockOfTheDefaultEngine) {
  // 128 tokens x 7 heads x 128: 229376 MACs are 14 clocks of 16384, 896 exponentials are 4 of 256.
  EXPECT_EQ(ComputeTiming(ComputeConfig{}).time_ps(attention_work(128, 128, 7)), 14000);
}

TEST(ComputeTiming, EnergyOnlyWhenKnown) {
  ComputeConfig config;
  EXPECT_FALSE(ComputeTiming(config).energy_pj({1000, 0}).has_value());
  config.mac_pj = 0.5;
  EXPECT_DOUBLE_EQ(ComputeTiming(config).energy_pj({1000, 99}).value(), 500.0);
}

}  // namespace
}  // namespace prism::compute
