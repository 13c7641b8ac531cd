// SPDX-License-Identifier: Apache-2.0
// Optical link budget and full-scale SNR of arXiv 2603.21576v2, d = 32.
// configs/paper/link_n{256,512,1024}.json.
#include "models/photonic/link_budget.h"

#include <gtest/gtest.h>

#include <map>

#include "models/photonic/detection.h"

namespace prism::photonic {
namespace {

constexpr std::uint32_t kLines = 32;

DetectorConfig all_noises() {
  DetectorConfig config;
  config.shot_noise = config.thermal_noise = config.nep_noise = true;
  return config;
}

TEST(PaperLink, PowerAndSnrOfADetector) {
  struct Point {
    std::uint32_t rows;
    double dbm;
    double snr_db;
  };
  for (const Point& point : {Point{256, -15.9, 31.8}, Point{512, -19.1, 25.4}, Point{1024, -22.3, 19.0}}) {
    const LinkBudget link(LinkConfig{}, point.rows, kLines);
    EXPECT_NEAR(link.detector_dbm(), point.dbm, 0.05) << point.rows;
    EXPECT_NEAR(BalancedDetector(all_noises(), link, kLines).snr_full_scale_db(), point.snr_db, 0.1)
        << point.rows;
  }
}

TEST(PaperLink, Stages) {
  std::map<std::string, double> loss;
  const LinkBudget link(LinkConfig{}, 256, kLines);
  for (const LinkStage& stage : link.stages()) loss[stage.name] = -stage.gain_db;
  EXPECT_NEAR(loss["fibre to chip"], 2.0, 1e-9);
  EXPECT_NEAR(loss["modulator"], 3.0, 1e-9);
  EXPECT_NEAR(loss["splitter, ideal"], 24.1, 0.05);
  EXPECT_NEAR(loss["splitter, excess"], 1.6, 1e-9);
  EXPECT_NEAR(loss["waveguide"], 1.0, 1e-9);
  EXPECT_NEAR(loss["rings"], 3.2, 1e-9);
  EXPECT_NEAR(loss["chip to detector"], 1.0, 1e-9);
}

TEST(PaperLink, CurrentsOfTheNoiseTable) {
  const LinkBudget link(LinkConfig{}, 256, kLines);
  const BalancedDetector detector(all_noises(), link, kLines);
  EXPECT_NEAR(detector.full_scale_ua(), 25.8, 0.05);
  EXPECT_NEAR(detector.shot_na(detector.full_scale_ua()), 91.0, 0.5);
  EXPECT_NEAR(detector.thermal_na(), 576.0, 0.5);
  EXPECT_NEAR(detector.nep_na(), 316.0, 0.5);
}

}  // namespace
}  // namespace prism::photonic
