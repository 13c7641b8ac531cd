// SPDX-License-Identifier: Apache-2.0
// Recall under impairments, arXiv 2603.21576v2: d = 64, N = 1024, k = 32, in the paper's abstraction (weights
// scaled to [-1, 1] by the largest magnitude; no rings). Its figures are means of 100 trials.
#include <gtest/gtest.h>

#include <array>
#include <span>

#include "tests/paper/trials.h"

namespace prism::photonic {
namespace {

constexpr double kTolerance = 0.015;
constexpr std::uint32_t kTrials = 200;

// configs/paper/recall_bits.json
TEST(PaperRecall, WeightBits) {
  constexpr std::array kBits = {2u, 3u, 4u, 5u, 6u, 7u};
  constexpr std::array kPublished = {0.457, 0.693, 0.841, 0.927, 0.960, 0.980};
  std::vector<PhysicsConfig> configs(kBits.size(), preset(Fidelity::kPaper));
  for (std::size_t i = 0; i < configs.size(); ++i) {
    configs[i].drive.bits = kBits[i];
    configs[i].drive.weight_drift_sigma = 0.0;
  }
  const std::vector<double> measured = recalls(configs, 1024, 64, 32, kTrials);
  for (std::size_t i = 0; i < configs.size(); ++i)
    EXPECT_NEAR(measured[i], kPublished[i], kTolerance) << kBits[i];
}

std::vector<double> recalls_of_drift(std::span<const double> sigmas, std::uint32_t trials) {
  std::vector<PhysicsConfig> configs(sigmas.size(), preset(Fidelity::kPaper));
  for (std::size_t i = 0; i < configs.size(); ++i) {
    configs[i].drive.bits = 0;
    configs[i].drive.weight_drift_sigma = sigmas[i];
  }
  return recalls(configs, 1024, 64, 32, trials);
}

// configs/paper/recall_drift.json
TEST(PaperRecall, WeightDrift) {
  constexpr std::array kSigma = {0.001, 0.005, 0.01, 0.02, 0.05};
  constexpr std::array kPublished = {0.997, 0.981, 0.959, 0.923, 0.811};
  const std::vector<double> measured = recalls_of_drift(kSigma, kTrials);
  for (std::size_t i = 0; i < kSigma.size(); ++i)
    EXPECT_NEAR(measured[i], kPublished[i], kTolerance) << kSigma[i];
}

// One trial scatters by 0.08 here: the mean of many is 0.645.
TEST(PaperRecall, LargestWeightDrift) {
  EXPECT_NEAR(recalls_of_drift(std::array{0.1}, 4 * kTrials)[0], 0.656, kTolerance);
}

}  // namespace
}  // namespace prism::photonic
