// SPDX-License-Identifier: Apache-2.0
#include "platform/rank/accuracy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>
#include <vector>

namespace prism::rank_study {
namespace {

using photonic::Fidelity;
using photonic::PhotonicConfig;

PhotonicConfig core(Fidelity fidelity) {
  PhotonicConfig config;
  config.rows = 128;
  config.physics = photonic::preset(fidelity);
  return config;
}

TrialOptions options(std::uint32_t trials, std::uint64_t seed = 1) {
  return {.trials = trials, .blocks = 128, .k = 16, .age = ps_from_ns(1e6), .seed = seed};
}

auto figures(const Accuracy& accuracy) {
  return std::tuple(accuracy.recall.mean, accuracy.recall.standard_error, accuracy.correlation.mean,
                    accuracy.score_error, accuracy.noise, accuracy.weight_error, accuracy.clipped_share);
}

TEST(Accuracy, AnIdealCoreIsExact) {
  const Accuracy accuracy = measure_accuracy(core(Fidelity::kIdeal), options(20));
  EXPECT_EQ(accuracy.recall.mean, 1.0);
  EXPECT_EQ(accuracy.recall.standard_error, 0.0);
  EXPECT_NEAR(accuracy.correlation.mean, 1.0, 1e-12);
  EXPECT_EQ(accuracy.score_error, 0.0);
  EXPECT_EQ(accuracy.weight_error, 0.0);
  EXPECT_EQ(accuracy.clipped_share, 0.0);
  EXPECT_TRUE(std::isinf(accuracy.snr_spread_db()));
}

TEST(Accuracy, DoesNotDependOnThreads) {
  const PhotonicConfig config = core(Fidelity::kPhysical);
  TrialOptions wanted = options(45);
  wanted.threads = 1;
  const auto alone = figures(measure_accuracy(config, wanted));
  for (const unsigned threads : {0u, 2u, 7u}) {
    wanted.threads = threads;
    EXPECT_EQ(figures(measure_accuracy(config, wanted)), alone) << threads;
  }
  wanted.seed = 2;
  EXPECT_NE(figures(measure_accuracy(config, wanted)), alone);
}

// With uniform quantisation the error is uniform over a step.
TEST(Accuracy, WeightErrorOfQuantisation) {
  PhotonicConfig config = core(Fidelity::kPaper);
  config.physics.drive.weight_drift_sigma = 0.0;
  for (const std::uint32_t bits : {4u, 6u}) {
    config.physics.drive.bits = bits;
    const double step = 2.0 / ((1u << bits) - 1u);
    EXPECT_NEAR(measure_accuracy(config, options(20)).weight_error, step / std::sqrt(12.0), 0.02 * step)
        << bits;
  }
}

// Where noise is all there is, it is the whole error, and its size has a closed form.
TEST(Accuracy, ScoreErrorOfDetectionNoise) {
  PhotonicConfig config = core(Fidelity::kIdeal);
  config.physics.detector.thermal_noise = true;
  const Accuracy accuracy = measure_accuracy(config, options(200));
  EXPECT_GT(accuracy.noise, 0.0);
  EXPECT_NEAR(accuracy.score_error, accuracy.noise, 0.02 * accuracy.noise);
  EXPECT_NEAR(accuracy.snr_spread_db(), -20.0 * std::log10(accuracy.noise), 1e-9);
  config.physics.link.laser_dbm += 3.0;  // thermal noise does not follow the light
  EXPECT_NEAR(measure_accuracy(config, options(200)).snr_spread_db(), accuracy.snr_spread_db() + 6.0, 1e-6);
}

TEST(Accuracy, ASmallAdcRangeClips) {
  PhotonicConfig config = core(Fidelity::kIdeal);
  config.physics.adc = {.bits = 8, .headroom = 100.0};
  EXPECT_EQ(measure_accuracy(config, options(10)).clipped_share, 0.0);
  config.physics.adc.headroom = 0.5;
  const double share = measure_accuracy(config, options(10)).clipped_share;
  EXPECT_GT(share, 0.2);
  EXPECT_LT(share, 0.8);
}

TEST(Accuracy, ChipsDriftAfterTheirCalibration) {
  PhotonicConfig config = core(Fidelity::kIdeal);
  config.physics.drive = {.max_volts = 5.0, .scaling = photonic::WeightScaling::kFullRange};
  config.physics.thermal.gradient_sigma_mk = 185.0;
  TrialOptions wanted = options(50);
  wanted.age = 0;
  const Accuracy fresh = measure_accuracy(config, wanted);
  wanted.age = ps_from_ns(1e7);
  const Accuracy old = measure_accuracy(config, wanted);
  EXPECT_GT(fresh.recall.mean, 0.99);
  EXPECT_LT(old.recall.mean, fresh.recall.mean - 0.1);
  EXPECT_GT(old.weight_error, fresh.weight_error + 0.01);
}

// The scatter of means over seeds is what the standard error says, chips and all.
TEST(Accuracy, StandardErrorIsTheScatterOfMeans) {
  const PhotonicConfig config = core(Fidelity::kPhysical);
  constexpr int kSeeds = 40;
  double sum = 0.0;
  double squares = 0.0;
  double errors = 0.0;
  for (int seed = 0; seed < kSeeds; ++seed) {
    const Estimate recall =
        measure_accuracy(config, options(60, static_cast<std::uint64_t>(seed) + 1)).recall;
    sum += recall.mean;
    squares += recall.mean * recall.mean;
    errors += recall.standard_error;
  }
  const double scatter = std::sqrt((squares - sum * sum / kSeeds) / (kSeeds - 1));
  EXPECT_NEAR(errors / kSeeds, scatter, 0.4 * scatter);
}

TEST(Accuracy, ReportsProgressOfEveryTrial) {
  TrialOptions wanted = options(25);
  std::vector<double> seen;
  wanted.progress = [&seen](double done) { seen.push_back(done); };
  measure_accuracy(core(Fidelity::kIdeal), wanted);
  ASSERT_EQ(seen.size(), 25u);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_NEAR(seen[i], static_cast<double>(i + 1) / 25, 1e-12);
}

TEST(Accuracy, RejectsWhatTheCoreRejects) {
  PhotonicConfig config = core(Fidelity::kPhysical);
  config.rows = 100;  // cells of 32 rows
  EXPECT_THROW(measure_accuracy(config, options(1)), std::invalid_argument);
}

}  // namespace
}  // namespace prism::rank_study
