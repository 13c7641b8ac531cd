// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/photonic_timing.h"

#include <gtest/gtest.h>

#include <map>

namespace prism::photonic {
namespace {

std::map<std::string, double> energies(const PhotonicConfig& config, const PhotonicActivity& activity,
                                       Picoseconds simulated) {
  ModuleStatistics out("photonic");
  PhotonicTiming(config).report_energy(out, activity, simulated);
  std::map<std::string, double> by_component;
  for (const EnergyItem& item : out.energies()) by_component[item.component] = item.picojoules;
  return by_component;
}

double dynamic_energy(const PhotonicConfig& config) {
  double sum = 0.0;
  for (const auto& [component, picojoules] : energies(config, {1, 0}, 0)) sum += picojoules;
  return sum;
}

TEST(PhotonicTiming, OneEvaluationIsTheSumOfItsStages) {
  const PhotonicConfig config;
  EXPECT_EQ(config.evaluation_ps(), 8900);
  EXPECT_EQ(PhotonicTiming(config).ranking(1), 8900);
  EXPECT_EQ(PhotonicTiming(config).ranking(1024), 8900);
}

TEST(PhotonicTiming, EveryStageCounts) {
  PhotonicConfig config;
  Picoseconds expected = config.evaluation_ps();
  Picoseconds step = 1;
  for (Picoseconds* stage : {&config.dac_ps, &config.modulator_ps, &config.optics_ps, &config.ring_decay_ps,
                             &config.detector_ps, &config.adc_ps, &config.top_k_ps}) {
    *stage += step;
    expected += step;
    step *= 10;
    EXPECT_EQ(PhotonicTiming(config).ranking(1), expected);
  }
}

TEST(PhotonicTiming, PagesOfMoreBlocksThanRows) {
  PhotonicConfig config;
  config.rows = 256;
  const PhotonicTiming timing(config);
  EXPECT_EQ(timing.pages(256), 1u);
  EXPECT_EQ(timing.pages(257), 2u);
  EXPECT_EQ(timing.ranking(257), 2 * 8900 + 4000);
  EXPECT_EQ(timing.pages(1024), 4u);
  EXPECT_EQ(timing.ranking(1024), 4 * 8900 + 3 * 4000);
  EXPECT_EQ(timing.rings_of_ranking(256), 0u);
  EXPECT_EQ(timing.rings_of_ranking(1024), 768u * 32);
}

TEST(PhotonicTiming, ProgrammingSharesTheWeightDacs) {
  PhotonicConfig config;
  config.weight_dacs = 1000;
  config.weight_settle_ps = 700;
  const PhotonicTiming timing(config);
  EXPECT_EQ(timing.programming(1), 700);
  EXPECT_EQ(timing.programming(31), 700);         // 992 rings
  EXPECT_EQ(timing.programming(32), 1400);        // 1024 rings
  EXPECT_EQ(timing.programming(1024), 33 * 700);  // 32768 rings
  EXPECT_EQ(timing.rings_of_load(1024), 32768u);
}

TEST(PhotonicTiming, EnergyOfThePaperAtItsRoundedNineNanoseconds) {
  PhotonicConfig config;
  EXPECT_NEAR(PhotonicTiming(config).evaluation_mw(), 174.4, 1e-9);
  EXPECT_NEAR(dynamic_energy(config), 1552.16, 1e-6);  // 8.9 ns, as the stages sum
  config.top_k_ps += 100;
  EXPECT_NEAR(dynamic_energy(config), 1570.0, 0.5);  // 9 ns, as the paper rounds
  config.laser_mw = 100.0;                           // d = 64, N = 1024 of the repository
  EXPECT_NEAR(PhotonicTiming(config).evaluation_mw(), 254.4, 1e-9);
  EXPECT_NEAR(dynamic_energy(config), 2290.0, 0.5);
}

TEST(PhotonicTiming, EnergyByComponent) {
  const auto energy = energies(PhotonicConfig{}, {10, 1000}, 2'000'000);
  EXPECT_NEAR(energy.at("photonic.laser"), 20.0 * 89, 1e-9);
  EXPECT_NEAR(energy.at("photonic.driver"), 5.0 * 89, 1e-9);
  EXPECT_NEAR(energy.at("photonic.dac"), 32.0 * 89, 1e-9);
  EXPECT_NEAR(energy.at("photonic.modulator"), 6.4 * 89, 1e-9);
  EXPECT_NEAR(energy.at("photonic.detector"), 10.0 * 89, 1e-9);
  EXPECT_NEAR(energy.at("photonic.adc"), 100.0 * 89, 1e-9);
  EXPECT_NEAR(energy.at("photonic.top_k"), 1.0 * 89, 1e-9);
  EXPECT_NEAR(energy.at("photonic.ring_switching"), 5.0, 1e-9);      // 1000 rings, 5 fJ each
  EXPECT_NEAR(energy.at("photonic.cooler"), 1000.0 * 2000.0, 1e-6);  // 1 W for 2 us
  EXPECT_EQ(energy.size(), 9u);
}

TEST(PhotonicTiming, TwoPassesRepeatEverythingButTheTopK) {
  PhotonicConfig config;
  config.physics.query.encoding = QueryEncoding::kTwoPass;
  EXPECT_EQ(PhotonicTiming(config).evaluation(), 2 * 3900 + 5000);
  EXPECT_NEAR(PhotonicTiming(config).evaluation_pj(), 174.4 * 12.8, 1e-6);
  config.physics.query.encoding = QueryEncoding::kOffset;
  EXPECT_EQ(PhotonicTiming(config).evaluation(), 8900);
}

TEST(PhotonicTiming, MeasuringCorrectionsTakesAPassAPage) {
  PhotonicConfig config;
  config.rows = 256;
  config.physics.query.correction = OffsetCorrection::kMeasured;
  EXPECT_EQ(PhotonicTiming(config).correcting(1024), 0);
  config.physics.query.encoding = QueryEncoding::kOffset;
  EXPECT_EQ(PhotonicTiming(config).correcting(1024), 4 * 3900);
  EXPECT_NEAR(energies(config, {.corrections = 4}, 0).at("photonic.adc"), 4 * 3.9 * 100.0, 1e-9);
}

/// The paper's 4 ns a page against the 1024 x 32 weights that it would have to set.
TEST(PhotonicTiming, PagesThroughTheWeightDacs) {
  PhotonicConfig config;
  EXPECT_EQ(PhotonicTiming(config).page_switch(), 4000);
  config.page_through_dacs = true;
  EXPECT_EQ(PhotonicTiming(config).page_switch(), 32 * 1000);
  EXPECT_EQ(PhotonicTiming(config).ranking(2048), 2 * 8900 + 32000);
}

TEST(PhotonicTiming, StandingPower) {
  PhotonicConfig config;
  EXPECT_NEAR(PhotonicTiming(config).standing_mw(), 1000.0, 1e-9);
  config.laser_always_on = true;
  EXPECT_NEAR(PhotonicTiming(config).standing_mw(), 1020.0, 1e-9);
  EXPECT_NEAR(energies(config, {10, 0}, 2'000'000).at("photonic.laser"), 20.0 * 2000.0, 1e-6);
  config.store.placement = SignaturePlacement::kSram;
  EXPECT_NEAR(PhotonicTiming(config).standing_mw(), 1100.0, 1e-9);
}

TEST(PhotonicTiming, SignaturesFromTheOnChipStore) {
  PhotonicConfig config;
  EXPECT_EQ(PhotonicTiming(config).signature_read(512).hbm_bytes, 512u * 64);
  config.store.placement = SignaturePlacement::kSram;
  const PhotonicTiming timing(config);
  EXPECT_EQ(timing.signature_read(512).hbm_bytes, 0u);
  EXPECT_EQ(timing.signature_read(512).time, ps_from_ns(514));
  const auto energy = energies(config, {.store_pj = timing.signature_read(512).energy_pj}, 1'000'000);
  EXPECT_NEAR(energy.at("photonic.signature_sram"), 32768.0, 1e-6);
  EXPECT_NEAR(energy.at("photonic.signature_sram_leakage"), 80.0 * 1000.0, 1e-6);
}

}  // namespace
}  // namespace prism::photonic
