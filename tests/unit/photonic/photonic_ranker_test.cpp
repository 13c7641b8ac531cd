// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/photonic_ranker.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>

#include "tests/paper/trials.h"

namespace prism::photonic {
namespace {

constexpr std::uint32_t kRows = 256;
constexpr std::uint32_t kWavelengths = 32;
constexpr Picoseconds kMillisecond = 1'000'000'000;

struct Device {
  explicit Device(const PhysicsConfig& config, std::uint32_t blocks = kRows)
      : signatures(unit_vectors(blocks, kWavelengths, 3, 0)),
        query(unit_vectors(1, kWavelengths, 3, 1)),
        ranker(kRows, kWavelengths, config) {
    ranker.load(signatures, 0);
  }
  std::vector<float> scores(Picoseconds now = 0) {
    return ranker.evaluate(query, ranker.blocks(), now).scores;
  }
  std::vector<float> exact_scores() const {
    RankingCore exact(kWavelengths);
    exact.load(signatures);
    return exact.scores(query, exact.blocks());
  }

  std::vector<Bfloat16> signatures;
  std::vector<Bfloat16> query;
  PhotonicRanker ranker;
};

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  });
}

double worst_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(double{a[i]} - double{b[i]}));
  return worst;
}

PhysicsConfig with(const std::function<void(PhysicsConfig&)>& change) {
  PhysicsConfig config;
  change(config);
  return config;
}

TEST(PhotonicRanker, IdealIsExactArithmeticBitForBit) {
  for (const std::uint32_t blocks : {1u, 255u, 256u, 700u}) {
    Device device(preset(Fidelity::kIdeal), blocks);
    EXPECT_TRUE(same_bits(device.scores(5 * kMillisecond), device.exact_scores()));
  }
}

/// Parameters of the device do not matter while every impairment is off.
TEST(PhotonicRanker, AllOffIsExactWhateverTheDevice) {
  Device device(with([](PhysicsConfig& c) {
    c.seed = 9;
    c.spare_rows = 8;
    c.ring = {.q = 3000.0, .extinction_db = 10.0, .vernier_fsr_nm = 0.0};
    c.channels.spacing_nm = 0.8;
    c.drive.scaling = WeightScaling::kFullRange;
    c.calibration.trim_range_pm = 10.0;
    c.thermal.cooler_gain = 3.0;
    c.link.laser_dbm = -20.0;
    c.detector.nep_pw_per_sqrt_hz = 1000.0;
    c.adc.full_scale = 0.01;
    c.adc.range = AdcRange::kFullScale;
  }));
  EXPECT_TRUE(same_bits(device.scores(), device.exact_scores()));
}

struct Impairment {
  const char* name;
  std::function<void(PhysicsConfig&)> on;
};

const std::vector<Impairment>& impairments() {
  static const std::vector<Impairment> all = {
      {"crosstalk", [](PhysicsConfig& c) { c.channels.crosstalk = true; }},
      {"voltage bits", [](PhysicsConfig& c) { c.drive.bits = 5, c.drive.max_volts = 27.0; }},
      {"reach", [](PhysicsConfig& c) { c.drive.max_volts = 5.0, c.drive.scaling = WeightScaling::kUnit; }},
      {"weight bits", [](PhysicsConfig& c) { c.drive.quantise_in = QuantiseIn::kWeight, c.drive.bits = 5; }},
      {"weight drift",
       [](PhysicsConfig& c) {
         c.drive.quantise_in = QuantiseIn::kWeight, c.drive.weight_drift_sigma = 0.01;
       }},
      {"fabrication",
       [](PhysicsConfig& c) { c.drive.max_volts = 27.0, c.calibration.fabrication_sigma_pm = 500.0; }},
      {"calibration residue", [](PhysicsConfig& c) { c.calibration.residual_sigma_pm = 2.0; }},
      {"ageing", [](PhysicsConfig& c) { c.calibration.ageing_pm_per_sqrt_s = 100.0; }},
      {"ambient", [](PhysicsConfig& c) { c.thermal.ambient_sigma_k = 1.0, c.thermal.ambient_time_us = 1e3; }},
      {"gradient", [](PhysicsConfig& c) { c.thermal.gradient_sigma_mk = 370.0; }},
      {"query bits", [](PhysicsConfig& c) { c.query.dac_bits = 6; }},
      {"shot noise", [](PhysicsConfig& c) { c.detector.shot_noise = true; }},
      {"thermal noise", [](PhysicsConfig& c) { c.detector.thermal_noise = true; }},
      {"NEP", [](PhysicsConfig& c) { c.detector.nep_noise = true; }},
      {"ADC bits", [](PhysicsConfig& c) { c.adc.bits = 6; }},
      {"ADC range", [](PhysicsConfig& c) { c.adc.bits = 6, c.adc.range = AdcRange::kFullScale; }},
      {"dead row",
       [](PhysicsConfig& c) {
         c.faults = {{FaultKind::kDeadRow, 17}};
       }},
      {"dead ring",
       [](PhysicsConfig& c) {
         c.faults = {{FaultKind::kDeadRing, 17, 3}};
       }},
      {"stuck ring",
       [](PhysicsConfig& c) {
         c.faults = {{FaultKind::kStuckRing, 17, 3, -0.5}};
       }},
  };
  return all;
}

TEST(PhotonicRanker, EveryImpairmentAloneChangesScores) {
  const std::vector<float> exact = Device(PhysicsConfig{}).exact_scores();
  for (const Impairment& impairment : impairments()) {
    const PhysicsConfig config = with(impairment.on);
    EXPECT_FALSE(is_ideal(config)) << impairment.name;
    Device device(config);
    EXPECT_GT(worst_difference(device.scores(10 * kMillisecond), exact), 1e-4) << impairment.name;
  }
}

TEST(PhotonicRanker, DevicesAreReproducible) {
  for (const Fidelity fidelity : {Fidelity::kPaper, Fidelity::kPhysical}) {
    Device one(preset(fidelity));
    Device two(preset(fidelity));
    const std::vector<float> first = one.scores();
    EXPECT_TRUE(same_bits(first, two.scores()));
    EXPECT_TRUE(same_bits(one.scores(kMillisecond), two.scores(kMillisecond)));
    PhysicsConfig other = preset(fidelity);
    other.seed = 2;
    EXPECT_FALSE(same_bits(first, Device(other).scores()));
  }
}

TEST(PhotonicRanker, EncodingsAndScalingsDoNotChangeAnUnimpairedScore) {
  const std::vector<float> exact = Device(PhysicsConfig{}).exact_scores();
  for (const auto encoding : {QueryEncoding::kSignedIdeal, QueryEncoding::kOffset, QueryEncoding::kTwoPass}) {
    for (const auto correction : {OffsetCorrection::kComputed, OffsetCorrection::kMeasured}) {
      for (const auto scaling : {WeightScaling::kSymmetric, WeightScaling::kFullRange}) {
        Device device(with([&](PhysicsConfig& c) {
          c.query = {.encoding = encoding, .correction = correction};
          c.drive.max_volts = 5.0;  // reachable: no error
          c.drive.scaling = scaling;
        }));
        EXPECT_LT(worst_difference(device.scores(), exact), 2e-4);
      }
    }
  }
}

TEST(PhotonicRanker, NoiseIsWhatScoreNoiseSays) {
  for (const auto encoding : {QueryEncoding::kSignedIdeal, QueryEncoding::kOffset, QueryEncoding::kTwoPass}) {
    PhysicsConfig config;
    config.query.encoding = encoding;
    Device clean(config);
    config.detector.shot_noise = config.detector.thermal_noise = config.detector.nep_noise = true;
    Device noisy(config);
    double squares = 0.0;
    constexpr int kEvaluations = 20;
    const std::vector<float> expected = clean.scores();
    for (int evaluation = 0; evaluation < kEvaluations; ++evaluation) {
      const std::vector<float> scores = noisy.scores();
      for (std::size_t i = 0; i < scores.size(); ++i)
        squares += std::pow(double{scores[i]} - double{expected[i]}, 2);
    }
    const double measured = std::sqrt(squares / (kEvaluations * kRows));
    EXPECT_NEAR(measured / noisy.ranker.score_noise(noisy.query), 1.0, 0.03);  // 5120 samples: 1 %
    EXPECT_EQ(clean.ranker.score_noise(clean.query), 0.0);
  }
}

TEST(PhotonicRanker, TwoPassesAreLessNoisyThanAnOffset) {
  PhysicsConfig config;
  config.detector.thermal_noise = true;
  config.query.encoding = QueryEncoding::kSignedIdeal;
  Device ideal(config);
  config.query.encoding = QueryEncoding::kOffset;
  Device offset(config);
  config.query.encoding = QueryEncoding::kTwoPass;
  Device two(config);
  const double noise = ideal.ranker.score_noise(ideal.query);
  EXPECT_NEAR(offset.ranker.score_noise(offset.query), 2.0 * noise, 1e-9);
  EXPECT_NEAR(two.ranker.score_noise(two.query), std::sqrt(2.0) * noise, 1e-9);
}

TEST(PhotonicRanker, AMeasuredCorrectionKnowsTheErrorsOfTheRings) {
  const auto error = [](OffsetCorrection correction) {
    Device device(with([&](PhysicsConfig& c) {
      c.query = {.encoding = QueryEncoding::kOffset, .correction = correction};
      c.calibration.residual_sigma_pm = 5.0;
    }));
    return worst_difference(device.scores(), device.exact_scores());
  };
  EXPECT_LT(error(OffsetCorrection::kMeasured), 0.7 * error(OffsetCorrection::kComputed));
}

TEST(PhotonicRanker, AutomaticGainKeepsScoresInRange) {
  PhysicsConfig config;
  config.adc.bits = 8;
  Device automatic(config);
  EXPECT_EQ(automatic.ranker.evaluate(automatic.query, kRows, 0).clipped, 0u);
  config.adc.headroom = 1.0;
  Device tight(config);
  EXPECT_GT(tight.ranker.evaluate(tight.query, kRows, 0).clipped, 0u);
  config.adc.range = AdcRange::kFullScale;
  Device full(config);
  EXPECT_GT(worst_difference(full.scores(), full.exact_scores()),
            2 * worst_difference(automatic.scores(), automatic.exact_scores()));
}

TEST(PhotonicRanker, PagesShareTheRings) {
  // A bank of two pages with the same signatures: the same errors of rings, so the same scores.
  Device device(with([](PhysicsConfig& c) { c.calibration.residual_sigma_pm = 5.0; }));
  std::vector<Bfloat16> twice = device.signatures;
  twice.insert(twice.end(), device.signatures.begin(), device.signatures.end());
  device.ranker.load(twice, 0);
  const std::vector<float> scores = device.scores();
  for (std::uint32_t row = 0; row < kRows; ++row) EXPECT_EQ(scores[row], scores[row + kRows]);
}

TEST(PhotonicRanker, RanksTheFirstBlocksAndUnloads) {
  Device device(preset(Fidelity::kPaper));
  const auto best = device.ranker.rank(device.query, 40, 40, 0);
  EXPECT_EQ(best.size(), 40u);
  for (std::size_t i = 0; i < best.size(); ++i) {
    EXPECT_LT(best[i].index, 40u);
    if (i > 0) {
      EXPECT_GE(best[i - 1].score, best[i].score);
    }
  }
  device.ranker.unload();
  EXPECT_EQ(device.ranker.blocks(), 0u);
}

TEST(PhotonicRanker, WarnsOfAnAliasingPlan) {
  EXPECT_TRUE(PhotonicRanker(kRows, kWavelengths, preset(Fidelity::kIdeal)).warnings().empty());
  EXPECT_EQ(PhotonicRanker(kRows, kWavelengths, preset(Fidelity::kPhysical)).warnings().size(), 1u);
  PhysicsConfig config = preset(Fidelity::kPhysical);
  config.ring.vernier_fsr_nm = 60.0;
  EXPECT_TRUE(PhotonicRanker(kRows, kWavelengths, config).warnings().empty());
}

}  // namespace
}  // namespace prism::photonic
