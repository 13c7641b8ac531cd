// SPDX-License-Identifier: Apache-2.0
#include "models/common/ranking_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "models/common/random.h"

namespace prism::photonic {
namespace {

std::vector<Bfloat16> random_bf16(std::size_t count, std::uint32_t stream, float scale = 1.0f) {
  const CounterRandom random(7, 1);
  std::vector<Bfloat16> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto words = random.words(static_cast<std::uint32_t>(i), stream);
    out[i] = bf16_from_float(scale * static_cast<float>(CounterRandom::normal(words[0], words[1])[0]));
  }
  return out;
}

/// One row at a time, one term at a time.
float naive_score(const Bfloat16* row, const std::vector<Bfloat16>& query) {
  double sum = 0.0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    sum += double{float_from_bf16(row[i])} * double{float_from_bf16(query[i])};
  }
  return static_cast<float>(sum);
}

/// The best k by k scans for the best block that is left.
std::vector<std::uint32_t> naive_best(const std::vector<float>& scores, std::uint32_t k) {
  std::vector<bool> taken(scores.size());
  std::vector<std::uint32_t> best;
  while (best.size() < k) {
    std::size_t choice = scores.size();
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (taken[i]) continue;
      const bool first = choice == scores.size();
      if (first || scores[i] > scores[choice] || (std::isnan(scores[choice]) && !std::isnan(scores[i])))
        choice = i;
    }
    taken[choice] = true;
    best.push_back(static_cast<std::uint32_t>(choice));
  }
  return best;
}

std::vector<std::uint32_t> indices(const std::vector<RankedBlock>& best) {
  std::vector<std::uint32_t> out;
  for (const RankedBlock& block : best) out.push_back(block.index);
  return out;
}

TEST(RankingCore, ScoresAreBitExactForEveryShape) {
  for (const std::uint32_t dimension : {1u, 7u, 32u, 64u}) {
    for (const std::uint32_t blocks : {1u, 7u, 8u, 9u, 255u, 1024u}) {
      const auto signatures = random_bf16(std::size_t{blocks} * dimension, blocks, 3.0f);
      const auto query = random_bf16(dimension, dimension + 100);
      RankingCore core(dimension);
      core.load(signatures);
      ASSERT_EQ(core.blocks(), blocks);
      const std::vector<float> scores = core.scores(query, blocks);
      for (std::uint32_t row = 0; row < blocks; ++row) {
        const float expected = naive_score(&signatures[std::size_t{row} * dimension], query);
        ASSERT_EQ(std::bit_cast<std::uint32_t>(scores[row]), std::bit_cast<std::uint32_t>(expected));
      }
    }
  }
}

TEST(RankingCore, SumsInIndexOrder) {
  // In this order 2^60 swallows the first 1, and the last survives; another order gives 0 or 2.
  RankingCore core(4);
  const std::vector<Bfloat16> ones(4, bf16_from_float(1.0f));
  core.load(std::vector{bf16_from_float(1.0f), bf16_from_float(0x1p60f), bf16_from_float(-0x1p60f),
                        bf16_from_float(1.0f)});
  EXPECT_EQ(core.scores(ones, 1), std::vector{1.0f});
}

TEST(RankingCore, RanksAsTheNaiveReference) {
  for (const std::uint32_t blocks : {1u, 32u, 100u, 1024u}) {
    const auto signatures = random_bf16(std::size_t{blocks} * 32, blocks);
    const auto query = random_bf16(32, 5);
    RankingCore core(32);
    core.load(signatures);
    std::vector<float> scores(blocks);
    for (std::uint32_t row = 0; row < blocks; ++row) scores[row] = naive_score(&signatures[row * 32], query);
    for (const std::uint32_t k : {1u, blocks / 3 + 1, blocks}) {
      const auto best = core.rank(query, blocks, k);
      EXPECT_EQ(indices(best), naive_best(scores, k));
      for (const RankedBlock& block : best) EXPECT_EQ(block.score, scores[block.index]);
    }
  }
}

TEST(RankingCore, RanksOnlyTheFirstBlocksAskedFor) {
  const auto signatures = random_bf16(64 * 32, 1);
  const auto query = random_bf16(32, 2);
  RankingCore whole(32);
  whole.load(signatures);
  RankingCore part(32);
  part.load(std::span(signatures).first(21 * 32));
  EXPECT_EQ(whole.rank(query, 21, 21), part.rank(query, 21, 21));
}

TEST(RankingCore, LoadReplacesTheBank) {
  const std::vector<Bfloat16> query{bf16_from_float(2.0f)};
  RankingCore core(1);
  core.load(std::vector<Bfloat16>(10, bf16_from_float(1.0f)));
  core.load(std::vector<Bfloat16>(3, bf16_from_float(-1.0f)));
  EXPECT_EQ(core.blocks(), 3u);
  EXPECT_EQ(core.scores(query, 3), std::vector<float>(3, -2.0f));
  core.unload();
  EXPECT_EQ(core.blocks(), 0u);
}

TEST(SelectBest, TiesGoToTheLowerIndex) {
  // A handful of distinct values over many rows, and both zeros: nearly everything ties.
  const CounterRandom random(3, 2);
  std::vector<float> scores(500);
  for (std::uint32_t i = 0; i < scores.size(); ++i) {
    const std::uint32_t word = random.words(i)[0];
    scores[i] = (word & 8u) != 0 ? -0.0f : static_cast<float>(static_cast<int>(word % 5) - 2);
  }
  for (const std::uint32_t k : {1u, 10u, 250u, 500u}) {
    EXPECT_EQ(indices(select_best(scores, k)), naive_best(scores, k));
  }
}

TEST(SelectBest, NanRanksAfterEveryNumber) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> scores{kNan, -kInfinity, -kNan, 1.0f, kInfinity, -1.0f};
  EXPECT_THAT(indices(select_best(scores, 6)), testing::ElementsAre(4, 3, 5, 1, 0, 2));
  EXPECT_THAT(indices(select_best(scores, 4)), testing::ElementsAre(4, 3, 5, 1));
}

}  // namespace
}  // namespace prism::photonic
