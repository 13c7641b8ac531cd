// SPDX-License-Identifier: Apache-2.0
#include "models/compute/attention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "tests/unit/compute/random_vectors.h"
#include "tests/unit/compute/reference.h"

namespace prism::compute {
namespace {

using test::random_vectors;

constexpr Bfloat16 kNan = 0x7FC0;
constexpr Bfloat16 kPlusInfinity = 0x7F80;
constexpr Bfloat16 kMinusInfinity = 0xFF80;

struct Inputs {
  std::uint32_t heads;
  std::uint32_t tokens;
  std::uint32_t dimension;
  std::vector<Bfloat16> queries;
  std::vector<Bfloat16> keys;
  std::vector<Bfloat16> values;

  Inputs(std::uint32_t head_count, std::uint32_t token_count, std::uint32_t dim, double query_deviation = 2.0)
      : heads(head_count),
        tokens(token_count),
        dimension(dim),
        queries(random_vectors(1, heads * dimension, query_deviation)),
        keys(random_vectors(2, tokens * dimension)),
        values(random_vectors(3, tokens * dimension)) {}

  std::vector<Bfloat16> attend(std::uint32_t chunk) const {
    OnlineAttention attention;
    attention.start(queries, heads, dimension);
    for (std::uint32_t first = 0; first < tokens; first += chunk) {
      const std::uint32_t count = std::min(chunk, tokens - first);
      const std::size_t begin = std::size_t{first} * dimension;
      const std::size_t size = std::size_t{count} * dimension;
      attention.accumulate(std::span(keys).subspan(begin, size), std::span(values).subspan(begin, size),
                           count);
    }
    std::vector<Bfloat16> out(queries.size());
    attention.finish(out);
    EXPECT_FALSE(attention.running());
    return out;
  }

  void expect_matches_reference(std::uint32_t chunk) const {
    const auto expected = test::reference_attention(queries, keys, values, heads, tokens, dimension);
    const auto out = attend(chunk);
    for (std::size_t i = 0; i < out.size(); ++i) {
      ASSERT_NEAR(float_from_bf16(out[i]), expected.values[i], expected.tolerances[i]) << "element " << i;
    }
  }
};

class AttentionShapes
    : public testing::TestWithParam<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> {};

TEST_P(AttentionShapes, MatchesDoublePrecisionReference) {
  const auto [dimension, heads, tokens] = GetParam();
  const Inputs inputs(heads, tokens, dimension);
  inputs.expect_matches_reference(tokens);
  inputs.expect_matches_reference(128);
  inputs.expect_matches_reference(37);
}

INSTANTIATE_TEST_SUITE_P(Shapes, AttentionShapes,
                         testing::Combine(testing::Values(64, 80, 128), testing::Values(1, 4, 7, 8),
                                          testing::Values(1, 2, 63, 64, 65, 1000)));
INSTANTIATE_TEST_SUITE_P(Odd, AttentionShapes,
                         testing::Values(std::tuple(1, 1, 10), std::tuple(7, 3, 50),
                                         std::tuple(1024, 2, 100)));
INSTANTIATE_TEST_SUITE_P(Long, AttentionShapes, testing::Values(std::tuple(128, 7, 5000)));

/// An element as its definition says, with none of the engine's conversions.
float decode_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = (bits & 1023) + (exponent > 0 ? 1024 : 0);
  const double magnitude = std::ldexp(mantissa, std::max(exponent, 1) - 25);
  return static_cast<float>((bits & 0x8000) != 0 ? -magnitude : magnitude);
}

TEST(Attention, HalfPrecisionMatchesDoublePrecisionReference) {
  constexpr std::uint32_t kHeads = 7, kTokens = 333, kDimension = 80;
  const auto halves = [](std::uint64_t seed, std::size_t count) {
    std::vector<std::uint16_t> out = random_vectors(seed, count, 2.0);
    for (std::uint16_t& value : out) value = fp16_from_float(float_from_bf16(value) * 1.03f);
    out[3] = 0x0042;  // subnormal
    return out;
  };
  const auto queries = halves(1, kHeads * kDimension);
  const auto keys = halves(2, kTokens * kDimension);
  const auto values = halves(3, kTokens * kDimension);
  const auto expected =
      test::reference_attention(queries, keys, values, kHeads, kTokens, kDimension, decode_half, 0x1p-11);
  std::vector<std::vector<std::uint16_t>> outs;
  for (const Kernels* kernels : {&portable_kernels(), &best_kernels()}) {
    OnlineAttention attention(*kernels);
    attention.start(queries, kHeads, kDimension, ElementFormat::kFp16);
    attention.accumulate(keys, values, kTokens);
    std::vector<std::uint16_t> out(queries.size());
    attention.finish(out);
    for (std::size_t i = 0; i < out.size(); ++i) {
      ASSERT_NEAR(decode_half(out[i]), expected.values[i], expected.tolerances[i] + 0x1p-25)
          << "element " << i;
    }
    outs.push_back(out);
  }
  EXPECT_EQ(outs[0], outs[1]);
}

TEST(Float16, EveryValueSurvivesAndRoundingIsToNearestEven) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<Float16>(bits);
    if ((bits & 0x7C00) == 0x7C00) continue;
    ASSERT_EQ(float_from_fp16(half), decode_half(half)) << bits;
    ASSERT_EQ(fp16_from_float(float_from_fp16(half)), half) << bits;
    if ((bits & 0x7FFF) >= 0x7BFF) continue;
    // Half way to the next value: to the even one.
    const float next = decode_half(static_cast<Float16>(bits + 1));
    const float middle = decode_half(half) / 2 + next / 2;
    ASSERT_EQ(fp16_from_float(middle), (bits & 1) == 0 ? half : half + 1) << bits;
  }
  EXPECT_EQ(fp16_from_float(65520.0f), 0x7C00);
  EXPECT_EQ(fp16_from_float(-65519.9f), 0xFBFF);
  EXPECT_EQ(fp16_from_float(std::nanf("")), 0x7E00);
  EXPECT_TRUE(std::isinf(float_from_fp16(0x7C00)));
  EXPECT_TRUE(std::isnan(float_from_fp16(0x7C01)));
}

TEST(Attention, IsTheCorrectlyRoundedResultNearlyAlways) {
  // fp32 arithmetic is far finer than bf16: only values next to a rounding boundary may fall to its other
  // side.
  const Inputs inputs(7, 1000, 128);
  const auto expected =
      test::reference_attention(inputs.queries, inputs.keys, inputs.values, 7, 1000, 128).values;
  const auto out = inputs.attend(128);
  std::size_t same = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    same += out[i] == bf16_from_float(static_cast<float>(expected[i])) ? 1 : 0;
  }
  EXPECT_GT(same, out.size() * 99 / 100);
}

TEST(Attention, TokenByTokenMatchesReference) {
  const Inputs inputs(7, 200, 128);
  inputs.expect_matches_reference(1);
}

TEST(Attention, SharpScoresMatchReference) {
  // Query deviation 30: score differences of a hundred, so most probabilities underflow.
  Inputs(4, 500, 128, 30.0).expect_matches_reference(128);
}

TEST(Attention, EqualScoresGiveTheMean) {
  Inputs inputs(2, 64, 16);
  std::fill(inputs.queries.begin(), inputs.queries.end(), Bfloat16{0});
  for (std::size_t t = 0; t < inputs.tokens; ++t) {
    for (std::size_t i = 0; i < 16; ++i) {
      inputs.values[t * 16 + i] = bf16_from_float(static_cast<float>(t % 2 == 0 ? i : i + 2));
    }
  }
  const auto out = inputs.attend(64);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(float_from_bf16(out[i]), static_cast<float>(i % 16 + 1));
  }
}

TEST(Attention, DominantTokenIsReturnedExactly) {
  // Wherever the dominant token is, and however the tokens are cut, nothing else weighs anything.
  for (const std::uint32_t winner : {0u, 100u, 299u}) {
    Inputs inputs(3, 300, 64);
    std::fill(inputs.queries.begin(), inputs.queries.end(), bf16_from_float(1000.0f));
    std::fill_n(inputs.keys.begin() + winner * 64, 64, bf16_from_float(1000.0f));
    for (const std::uint32_t chunk : {1u, 64u, 300u}) {
      const auto out = inputs.attend(chunk);
      for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out[i], inputs.values[winner * 64 + i % 64]);
    }
  }
}

TEST(Attention, NoTokensGiveZero) {
  OnlineAttention attention;
  attention.start(random_vectors(1, 128), 2, 64);
  std::vector<Bfloat16> out(128, 1);
  attention.finish(out);
  EXPECT_EQ(out, std::vector<Bfloat16>(128, 0));
}

TEST(Attention, StartForgetsWhatWasRunning) {
  const Inputs inputs(2, 100, 64);
  OnlineAttention attention;
  attention.start(random_vectors(9, 5 * 80), 5, 80);
  attention.accumulate(random_vectors(10, 80 * 80), random_vectors(11, 80 * 80), 80);
  attention.start(inputs.queries, 2, 64);
  attention.accumulate(inputs.keys, inputs.values, 100);
  std::vector<Bfloat16> out(128);
  attention.finish(out);
  EXPECT_EQ(out, inputs.attend(100));
}

TEST(Attention, NanKeySpoilsItsHeadsAndNothingElse) {
  Inputs inputs(2, 100, 64);
  inputs.queries[0] = kNan;  // the first head only
  auto out = inputs.attend(100);
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(out[i], kNan);
  const Inputs clean(2, 100, 64);
  const auto expected = clean.attend(100);
  EXPECT_TRUE(std::equal(out.begin() + 64, out.end(), expected.begin() + 64));

  Inputs spoilt(2, 100, 64);
  spoilt.keys[70 * 64] = 0xFFFF;
  for (const std::uint32_t chunk : {1u, 64u, 100u}) {
    EXPECT_EQ(spoilt.attend(chunk), std::vector<Bfloat16>(128, kNan));
  }
}

TEST(Attention, NanValueSpoilsItsElement) {
  Inputs inputs(1, 100, 64);
  inputs.values[70 * 64 + 5] = kNan;
  const auto out = inputs.attend(100);
  const auto expected = Inputs(1, 100, 64).attend(100);
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(out[i], i == 5 ? kNan : expected[i]);
}

TEST(Attention, MinusInfinityScoresWeighNothing) {
  Inputs inputs(1, 130, 64);
  std::fill(inputs.queries.begin(), inputs.queries.end(), bf16_from_float(1.0f));
  // The whole first tile, so that nothing has any weight until the second.
  for (std::size_t t = 0; t < 64; ++t) inputs.keys[t * 64] = kMinusInfinity;
  Inputs rest(1, 66, 64);
  rest.queries = inputs.queries;
  std::copy(inputs.keys.begin() + 64 * 64, inputs.keys.end(), rest.keys.begin());
  std::copy(inputs.values.begin() + 64 * 64, inputs.values.end(), rest.values.begin());
  EXPECT_EQ(inputs.attend(130), rest.attend(66));

  for (std::size_t t = 64; t < 130; ++t) inputs.keys[t * 64] = kMinusInfinity;
  EXPECT_EQ(inputs.attend(130), std::vector<Bfloat16>(64, 0));
}

TEST(Attention, PlusInfinityScoreGivesNan) {
  Inputs inputs(1, 130, 64);
  std::fill(inputs.queries.begin(), inputs.queries.end(), bf16_from_float(1.0f));
  inputs.keys[80 * 64] = kPlusInfinity;
  EXPECT_EQ(inputs.attend(130), std::vector<Bfloat16>(64, kNan));
}

TEST(Attention, HugeMagnitudesDoNotTrap) {
  // Products overflow to both infinities; only the absence of a fault and the canonical NaN are promised.
  Inputs inputs(4, 200, 128, 1e30);
  for (Bfloat16& value : inputs.keys) value = bf16_from_float(float_from_bf16(value) * 1e30f);
  for (const Bfloat16 value : inputs.attend(64)) {
    EXPECT_TRUE(!std::isnan(float_from_bf16(value)) || value == kNan);
  }
}

}  // namespace
}  // namespace prism::compute
