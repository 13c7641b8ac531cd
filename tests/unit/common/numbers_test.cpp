// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/common/bfloat16.h"
#include "models/common/random.h"
#include "models/common/units.h"

namespace prism {
namespace {

// Known answers of Philox4x32-10: kat_vectors of the Random123 distribution.
TEST(CounterRandom, MatchesThePublishedVectors) {
  EXPECT_EQ(CounterRandom(0, 0).words(0),
            (CounterRandom::Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(CounterRandom(0xffffffff'ffffffff, 0).words(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff),
            (CounterRandom::Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(CounterRandom(0x299f31d0'a4093822, 0).words(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344),
            (CounterRandom::Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(CounterRandom, StreamsDifferBySeedAndDomain) {
  const auto words = CounterRandom(1, 1).words(5, 6, 7, 8);
  EXPECT_EQ(words, CounterRandom(1, 1).words(5, 6, 7, 8));
  EXPECT_NE(words, CounterRandom(2, 1).words(5, 6, 7, 8));
  EXPECT_NE(words, CounterRandom(1, 2).words(5, 6, 7, 8));
  EXPECT_NE(words, CounterRandom(1, 1).words(5, 6, 7, 9));
}

TEST(CounterRandom, UniformStaysInTheOpenInterval) {
  EXPECT_GT(CounterRandom::uniform(0), 0.0);
  EXPECT_LT(CounterRandom::uniform(0xffffffff), 1.0);
  EXPECT_DOUBLE_EQ(CounterRandom::uniform(0x80000000), 0.5 + 0x1p-33);
}

TEST(CounterRandom, NormalHasZeroMeanAndUnitVariance) {
  const CounterRandom random(42, 7);
  double sum = 0.0;
  double squares = 0.0;
  constexpr std::uint32_t kPairs = 50'000;
  for (std::uint32_t i = 0; i < kPairs; ++i) {
    const auto words = random.words(i);
    for (const double value : CounterRandom::normal(words[0], words[1])) {
      sum += value;
      squares += value * value;
    }
  }
  // Five standard errors of 100 000 samples.
  EXPECT_NEAR(sum / (2 * kPairs), 0.0, 5.0 / std::sqrt(2.0 * kPairs));
  EXPECT_NEAR(squares / (2 * kPairs), 1.0, 5.0 * std::sqrt(2.0 / (2.0 * kPairs)));
}

TEST(Bfloat16, EveryValueSurvivesTheRoundTrip) {
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto value = static_cast<Bfloat16>(bits);
    const float widened = float_from_bf16(value);
    if (std::isnan(widened)) {
      EXPECT_TRUE(std::isnan(float_from_bf16(bf16_from_float(widened)))) << std::hex << bits;
    } else {
      ASSERT_EQ(bf16_from_float(widened), value) << std::hex << bits;
    }
  }
}

TEST(Bfloat16, RoundsToNearestEven) {
  const auto round = [](std::uint32_t bits) { return bf16_from_float(std::bit_cast<float>(bits)); };
  EXPECT_EQ(round(0x3F807FFF), 0x3F80);  // just below the tie: down
  EXPECT_EQ(round(0x3F808000), 0x3F80);  // tie, even below: down
  EXPECT_EQ(round(0x3F808001), 0x3F81);  // just above the tie: up
  EXPECT_EQ(round(0x3F818000), 0x3F82);  // tie, odd below: up
  EXPECT_EQ(round(0xBF818000), 0xBF82);  // and with a sign
  EXPECT_EQ(round(0x3FFFFFFF), 0x4000);  // the carry reaches the exponent
}

TEST(Bfloat16, KeepsInfinityAndNan) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(float_from_bf16(bf16_from_float(kInfinity)), kInfinity);
  EXPECT_EQ(float_from_bf16(bf16_from_float(-kInfinity)), -kInfinity);
  EXPECT_EQ(float_from_bf16(bf16_from_float(std::numeric_limits<float>::max())), kInfinity);
  // A NaN whose payload lies in the dropped half only.
  EXPECT_TRUE(std::isnan(float_from_bf16(bf16_from_float(std::bit_cast<float>(0x7F800001u)))));
}

TEST(Units, ConvertTimeBandwidthAndEnergy) {
  EXPECT_EQ(ps_from_ns(1.5), 1500);
  EXPECT_EQ(ps_from_ns(0.0006), 1);
  EXPECT_DOUBLE_EQ(ns_from_ps(2500), 2.5);
  EXPECT_EQ(period_ps(1000.0), 1000);
  EXPECT_EQ(period_ps(1600.0), 625);
  EXPECT_EQ(transfer_ps(64, 64.0), 1000);
  EXPECT_EQ(transfer_ps(1, 3.0), 334);  // rounded up
  EXPECT_EQ(transfer_ps(0, 3.0), 0);
  EXPECT_DOUBLE_EQ(gbps_of(64, 1000), 64.0);
  EXPECT_DOUBLE_EQ(gbps_of(64, 0), 0.0);
  EXPECT_DOUBLE_EQ(pj_of(2.0, 3000), 6.0);
}

}  // namespace
}  // namespace prism
