// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/human_units.h"

#include <gtest/gtest.h>

namespace prism::cli {
namespace {

TEST(HumanUnits, Bytes) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1024), "1.000 KiB");
  EXPECT_EQ(human_bytes(224.0 * (1 << 20)), "224.0 MiB");
  EXPECT_EQ(human_bytes(14141238272.0), "13.17 GiB");
}

TEST(HumanUnits, TimeAndEnergy) {
  EXPECT_EQ(human_time_ns(8.9), "8.900 ns");
  EXPECT_EQ(human_time_ns(4730000), "4.730 ms");
  EXPECT_EQ(human_time_ns(5e12), "5000 s");
  EXPECT_EQ(human_energy_pj(1570), "1.570 nJ");
  EXPECT_EQ(human_energy_pj(12.34e9), "12.34 mJ");
}

TEST(HumanUnits, NumbersWithoutAUnit) {
  EXPECT_EQ(human_ratio(16), "16.00x");
  EXPECT_EQ(human_fraction(0.5789), "0.579");
  EXPECT_EQ(human_tokens(65536), "64K");
  EXPECT_EQ(human_tokens(1000), "1000");
  EXPECT_EQ(human_tokens(1536), "1536");
  EXPECT_EQ(human_rate(211.43), "211.4");
}

}  // namespace
}  // namespace prism::cli
