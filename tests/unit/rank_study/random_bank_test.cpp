// SPDX-License-Identifier: Apache-2.0
#include "platform/rank/random_bank.h"

#include <gtest/gtest.h>

#include <cmath>
#include <span>

namespace prism::rank_study {
namespace {

double norm_of(std::span<const Bfloat16> vector) {
  double squares = 0.0;
  for (const Bfloat16 value : vector) squares += std::pow(float_from_bf16(value), 2.0);
  return std::sqrt(squares);
}

TEST(RandomBank, VectorsHaveUnitNorm) {
  const RandomBank bank = make_random_bank(200, 48, 1, 0);
  ASSERT_EQ(bank.signatures.size(), 200u * 48u);
  ASSERT_EQ(bank.query.size(), 48u);
  EXPECT_NEAR(norm_of(bank.query), 1.0, 4e-3);  // bf16 has 8 bits
  for (std::size_t block = 0; block < 200; ++block) {
    EXPECT_NEAR(norm_of(std::span(bank.signatures).subspan(block * 48, 48)), 1.0, 4e-3) << block;
  }
}

TEST(RandomBank, ScoresHaveTheVarianceOfRandomDirections) {
  const RandomBank bank = make_random_bank(4000, 32, 3, 0);
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t block = 0; block < 4000; ++block) {
    double score = 0.0;
    for (std::size_t i = 0; i < 32; ++i)
      score += static_cast<double>(float_from_bf16(bank.signatures[block * 32 + i])) *
               float_from_bf16(bank.query[i]);
    sum += score;
    squares += score * score;
  }
  EXPECT_NEAR(sum / 4000, 0.0, 4.0 / std::sqrt(32.0 * 4000));
  EXPECT_NEAR(squares / 4000, 1.0 / 32, 0.1 / 32);
}

TEST(RandomBank, DependsOnSeedAndTrialAlone) {
  const RandomBank bank = make_random_bank(10, 32, 7, 2);
  EXPECT_EQ(bank.signatures, make_random_bank(10, 32, 7, 2).signatures);
  EXPECT_NE(bank.signatures, make_random_bank(10, 32, 8, 2).signatures);
  EXPECT_NE(bank.signatures, make_random_bank(10, 32, 7, 3).signatures);
  EXPECT_NE(bank.query, make_random_bank(10, 32, 7, 3).query);
}

}  // namespace
}  // namespace prism::rank_study
