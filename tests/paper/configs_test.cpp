// SPDX-License-Identifier: Apache-2.0
// Every published figure of arXiv 2603.21576v2 from its file in configs/paper, through the parser that users
// have.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <set>
#include <utility>

#include "models/photonic/detection.h"
#include "models/photonic/ring.h"
#include "platform/config/photonic_preset.h"
#include "platform/rank/accuracy.h"
#include "platform/rank/costs.h"

namespace prism {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(PRISM_SOURCE_DIR) / "configs" / "paper";

config::PhotonicPreset load(const std::string& name) {
  return config::parse_photonic_preset(config::ConfigTree::load(kFolder / (name + ".json")));
}

TEST(PaperConfigs, Rings) {
  const photonic::Ring ring(load("ring").config.physics.ring);
  const std::pair<double, double> weights[] = {{0, -0.98},   {20, -0.8564}, {50, -0.3981}, {77.5, 0.010},
                                               {155, 0.604}, {500, 0.9535}, {1600, 0.9954}};
  for (const auto& [detuning_pm, weight] : weights) EXPECT_NEAR(ring.weight(detuning_pm), weight, 1e-4);
}

TEST(PaperConfigs, LinkBudgets) {
  for (const auto& [name, dbm, snr_db] :
       {std::tuple("link_n256", -15.9, 31.8), {"link_n512", -19.1, 25.4}, {"link_n1024", -22.3, 19.0}}) {
    const config::PhotonicPreset preset = load(name);
    const photonic::LinkBudget link(preset.config.physics.link, preset.config.rows,
                                    preset.config.wavelengths);
    const photonic::BalancedDetector detector(preset.config.physics.detector, link,
                                              preset.config.wavelengths);
    EXPECT_NEAR(link.detector_dbm(), dbm, 0.05) << name;
    EXPECT_NEAR(detector.snr_full_scale_db(), snr_db, 0.1) << name;
    EXPECT_TRUE(preset.warnings.empty()) << name;
  }
}

TEST(PaperConfigs, Evaluations) {
  for (const auto& [name, milliwatts, picojoules] :
       {std::tuple("evaluation_d32_n256", 174.4, 1570.0), {"evaluation_d64_n1024", 254.4, 2290.0}}) {
    const photonic::PhotonicConfig config = load(name).config;
    const rank_study::RankingCost cost = rank_study::ranking_cost(config, config.rows);
    EXPECT_EQ(cost.evaluation, ps_from_ns(9.0)) << name;
    EXPECT_NEAR(cost.dynamic_pj / 9.0, milliwatts, 1e-6) << name;
    EXPECT_NEAR(cost.dynamic_pj, picojoules, 0.5) << name;
  }
}

// The whole tables: recall_test.cpp.
TEST(PaperConfigs, Recalls) {
  for (const auto& [name, recall] : {std::pair("recall_bits", 0.927), {"recall_drift", 0.959}}) {
    const photonic::PhotonicConfig config = load(name).config;
    const rank_study::Accuracy accuracy =
        rank_study::measure_accuracy(config, {.trials = 300, .blocks = 1024, .k = 32});
    EXPECT_NEAR(accuracy.recall.mean, recall, 0.015) << name;
  }
}

TEST(PaperConfigs, EveryFileHasItsTest) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) files.insert(entry.path().stem());
  EXPECT_EQ(files,
            (std::set<std::string>{"ring", "link_n256", "link_n512", "link_n1024", "evaluation_d32_n256",
                                   "evaluation_d64_n1024", "recall_bits", "recall_drift"}));
}

}  // namespace
}  // namespace prism
