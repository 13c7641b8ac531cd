// SPDX-License-Identifier: Apache-2.0
#include "platform/rank/costs.h"

#include <gtest/gtest.h>

#include <numeric>

namespace prism::rank_study {
namespace {

using photonic::PhotonicConfig;
using photonic::QueryEncoding;
using photonic::SignaturePlacement;

double total(const RankingCost& cost) {
  return std::accumulate(cost.energy.begin(), cost.energy.end(), 0.0,
                         [](double sum, const EnergyItem& item) { return sum + item.picojoules; });
}

TEST(RankingCost, StagesMakeTheEvaluation) {
  const RankingCost cost = ranking_cost(PhotonicConfig{}, 1024);
  Picoseconds sum = 0;
  for (const Stage& stage : cost.stages) sum += stage.time;
  EXPECT_EQ(sum, ps_from_ns(8.9));
  EXPECT_EQ(cost.evaluation, sum);
  EXPECT_EQ(cost.ranking, sum);
  EXPECT_EQ(cost.pages, 1u);
  EXPECT_NEAR(cost.dynamic_pj, 174.4 * 8.9, 1e-6);
  EXPECT_NEAR(total(cost), (174.4 + 1000.0) * 8.9, 1e-6);
}

TEST(RankingCost, TwoPassesTakeTheAnalogStagesTwice) {
  PhotonicConfig config;
  config.physics.query.encoding = QueryEncoding::kTwoPass;
  const RankingCost cost = ranking_cost(config, 1024);
  EXPECT_EQ(cost.passes, 2u);
  EXPECT_EQ(cost.evaluation, ps_from_ns(2 * 3.9 + 5.0));
  EXPECT_NEAR(cost.dynamic_pj, 174.4 * 12.8, 1e-6);
}

TEST(RankingCost, APageIsAnEvaluationMore) {
  const RankingCost cost = ranking_cost(PhotonicConfig{}, 2500);
  EXPECT_EQ(cost.pages, 3u);
  EXPECT_EQ(cost.ranking, 3 * ps_from_ns(8.9) + 2 * ps_from_ns(4.0));
  EXPECT_NEAR(cost.dynamic_pj, 3 * 174.4 * 8.9 + (2500 - 1024) * 32 * 5e-3, 1e-6);
}

TEST(RankingCost, ALaserThatIsAlwaysOnIsStandingPower) {
  PhotonicConfig config;
  config.laser_always_on = true;
  config.laser_mw = 500.0;
  const RankingCost cost = ranking_cost(config, 1024);
  EXPECT_NEAR(cost.standing_mw, 1500.0, 1e-9);
  EXPECT_NEAR(cost.dynamic_pj, 154.4 * 8.9, 1e-6);
}

TEST(LoadCost, FromHbm) {
  PhotonicConfig config;
  config.store.contexts = 112;
  const LoadCost cost = load_cost(config, 512);
  EXPECT_EQ(cost.read.hbm_bytes, 512u * 32 * 2);
  EXPECT_EQ(cost.rings, 512u * 32);
  EXPECT_EQ(cost.time(), ps_from_ns(16.0));  // 16384 rings through 1024 DACs, 1 ns each
  EXPECT_NEAR(cost.energy_pj, 16384 * 5e-3, 1e-9);
  EXPECT_EQ(cost.contexts, 112u);
}

TEST(LoadCost, FromSram) {
  PhotonicConfig config;
  config.store.placement = SignaturePlacement::kSram;
  const LoadCost cost = load_cost(config, 512);
  EXPECT_EQ(cost.read.hbm_bytes, 0u);
  EXPECT_EQ(cost.read.time, ps_from_ns(2.0 + 32768.0 / 64));
  EXPECT_EQ(cost.time(), cost.read.time + ps_from_ns(16.0));
  EXPECT_NEAR(cost.energy_pj, 32768 * 1.0 + 16384 * 5e-3, 1e-6);
  EXPECT_NEAR(area_of(config).sram_mm2, 8 * 0.45, 1e-9);
}

TEST(LoadCost, ResidentBanksCostAreaInstead) {
  PhotonicConfig config;
  config.store.contexts = 112;
  const double one_bank = area_of(config).rings_mm2;
  EXPECT_NEAR(one_bank, 1024 * 32 * 3600e-6, 1e-9);
  config.store.placement = SignaturePlacement::kResident;
  const LoadCost cost = load_cost(config, 512);
  EXPECT_EQ(cost.time(), 0);
  EXPECT_EQ(cost.energy_pj, 0.0);
  EXPECT_EQ(cost.read.hbm_bytes, 0u);
  EXPECT_NEAR(area_of(config).rings_mm2, 112 * one_bank, 1e-6);
}

TEST(LoadCost, MeasuredCorrectionsTakeAPassForEveryPage) {
  PhotonicConfig config;
  config.physics.query = {.encoding = QueryEncoding::kOffset,
                          .correction = photonic::OffsetCorrection::kMeasured};
  const LoadCost cost = load_cost(config, 2048);
  EXPECT_EQ(cost.correcting, 2 * ps_from_ns(3.9));
  EXPECT_NEAR(cost.energy_pj, 2048 * 32 * 5e-3 + 2 * 174.4 * 3.9, 1e-6);
}

}  // namespace
}  // namespace prism::rank_study
