// SPDX-License-Identifier: Apache-2.0
// Latency and dynamic energy of one evaluation, arXiv 2603.21576v2. The stages sum to 8.9 ns; the paper
// rounds to 9.
#include <gtest/gtest.h>

#include "models/photonic/photonic_timing.h"

namespace prism::photonic {
namespace {

// configs/paper/evaluation_d32_n256.json
TEST(PaperEvaluation, LatencyAndEnergyOfD32N256) {
  PhotonicConfig config;
  config.rows = 256;
  const PhotonicTiming exact(config);
  EXPECT_EQ(exact.evaluation(), ps_from_ns(8.9));
  EXPECT_NEAR(exact.evaluation_mw(), 174.4, 1e-9);
  EXPECT_NEAR(exact.evaluation_pj(), 174.4 * 8.9, 1e-6);
  config.top_k_ps += ps_from_ns(0.1);
  const PhotonicTiming rounded(config);
  EXPECT_EQ(rounded.evaluation(), ps_from_ns(9.0));
  EXPECT_NEAR(rounded.evaluation_pj(), 1570.0, 0.5);
}

// configs/paper/evaluation_d64_n1024.json
TEST(PaperEvaluation, EnergyOfD64N1024) {
  PhotonicConfig config;
  config.wavelengths = 64;
  config.laser_mw = 100.0;
  config.top_k_ps += ps_from_ns(0.1);
  const PhotonicTiming timing(config);
  EXPECT_NEAR(timing.evaluation_mw(), 254.4, 1e-9);
  EXPECT_NEAR(timing.evaluation_pj(), 2290.0, 0.5);
}

TEST(PaperEvaluation, APageOfTimeMultiplexingTakes13Nanoseconds) {
  PhotonicConfig config;
  config.top_k_ps += ps_from_ns(0.1);
  const PhotonicTiming timing(config);
  EXPECT_EQ(timing.ranking(2048) - timing.ranking(1024), ps_from_ns(13.0));
}

}  // namespace
}  // namespace prism::photonic
