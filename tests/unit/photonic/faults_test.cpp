// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/faults.h"

#include <gtest/gtest.h>

#include "tests/paper/trials.h"

namespace prism::photonic {
namespace {

constexpr std::uint32_t kRows = 16;
constexpr std::uint32_t kRings = 8;

struct Bench {
  explicit Bench(const PhysicsConfig& config, std::uint32_t blocks = kRows)
      : signatures(unit_vectors(blocks, kRings, 1, 0)),
        query(unit_vectors(1, kRings, 1, 1)),
        ranker(kRows, kRings, config) {
    ranker.load(signatures, 0);
  }
  std::vector<float> scores() { return ranker.evaluate(query, ranker.blocks(), 0).scores; }

  std::vector<Bfloat16> signatures;
  std::vector<Bfloat16> query;
  PhotonicRanker ranker;
};

TEST(Faults, ADeadRowReadsNothingOnEveryPage) {
  Bench bench({}, 3 * kRows);
  const std::vector<float> whole = bench.scores();
  bench.ranker.inject({FaultKind::kDeadRow, 5});
  const std::vector<float> broken = bench.scores();
  for (std::uint32_t block = 0; block < broken.size(); ++block) {
    if (block % kRows == 5) {
      EXPECT_EQ(broken[block], 0.0f);
    } else {
      EXPECT_NEAR(broken[block], whole[block], 1e-5);
    }
  }
  bench.ranker.clear_faults();
  EXPECT_EQ(bench.scores(), whole);
}

TEST(Faults, ABrokenRingKeepsItsWeight) {
  for (const Fault& fault : {Fault{FaultKind::kStuckRing, 3, 2, -0.25}, Fault{FaultKind::kDeadRing, 3, 2}}) {
    Bench bench({});
    float largest = 0.0f;
    for (const Bfloat16 value : bench.signatures)
      largest = std::max(largest, std::abs(float_from_bf16(value)));
    std::vector<float> expected = bench.scores();
    bench.ranker.inject(fault);
    const float had = float_from_bf16(bench.signatures[3 * kRings + 2]);
    const float has = fault.kind == FaultKind::kDeadRing ? largest : -0.25f * largest;
    expected[3] += (has - had) * float_from_bf16(bench.query[2]);
    const std::vector<float> broken = bench.scores();
    for (std::uint32_t row = 0; row < kRows; ++row) EXPECT_NEAR(broken[row], expected[row], 1e-5) << row;
  }
}

TEST(Faults, FromTheConfigurationAreThereFromTheStart) {
  PhysicsConfig config;
  config.faults = {{FaultKind::kDeadRow, 0}};
  EXPECT_EQ(Bench(config).scores()[0], 0.0f);
}

TEST(Faults, TheMonitorFindsARowAndASpareReplacesIt) {
  PhysicsConfig config;
  config.spare_rows = 2;
  Bench bench(config);
  const std::vector<float> whole = bench.scores();
  bench.ranker.inject({FaultKind::kDeadRow, 7});
  const std::vector<float> health = bench.ranker.monitor(0);
  ASSERT_EQ(health.size(), kRows);
  for (std::uint32_t row = 0; row < kRows; ++row) {
    if (row == 7) {
      EXPECT_GT(std::abs(health[row]), 1e-3);
    } else {
      EXPECT_NEAR(health[row], 0.0f, 1e-6);
    }
  }
  ASSERT_EQ(bench.ranker.physical_rows(), kRows + 2);
  bench.ranker.map_row(7, kRows + 1);
  bench.ranker.load(bench.signatures, 0);
  EXPECT_NEAR(bench.ranker.monitor(0)[7], 0.0f, 1e-6);
  const std::vector<float> mended = bench.scores();
  for (std::uint32_t row = 0; row < kRows; ++row) EXPECT_NEAR(mended[row], whole[row], 1e-5);
}

}  // namespace
}  // namespace prism::photonic
