// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/query_encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace prism::photonic {
namespace {

const std::vector<Bfloat16> kQuery = {bf16_from_float(2.0f), bf16_from_float(-4.0f), bf16_from_float(0.0f),
                                      bf16_from_float(1.0f)};

TEST(QueryEncoder, Intensities) {
  const EncodedQuery ideal = QueryEncoder({}).encode(kQuery);
  EXPECT_EQ(ideal.scale, 4.0f);
  EXPECT_EQ(ideal.sum, -0.25f);
  EXPECT_EQ(ideal.passes, (std::vector<std::vector<float>>{{0.5f, -1.0f, 0.0f, 0.25f}}));
  const EncodedQuery offset = QueryEncoder({.encoding = QueryEncoding::kOffset}).encode(kQuery);
  EXPECT_EQ(offset.passes, (std::vector<std::vector<float>>{{0.75f, 0.0f, 0.5f, 0.625f}}));
  EXPECT_EQ(offset.sum, -0.25f);
  const EncodedQuery two = QueryEncoder({.encoding = QueryEncoding::kTwoPass}).encode(kQuery);
  EXPECT_EQ(two.passes,
            (std::vector<std::vector<float>>{{0.5f, 0.0f, 0.0f, 0.25f}, {0.0f, 1.0f, 0.0f, 0.0f}}));
  EXPECT_EQ(two.sum, -0.25f);
}

/// One row of weights, read without errors: every encoding gives sum(w u).
TEST(QueryEncoder, DecodesWhatItEncodes) {
  const std::vector<float> weights = {0.5f, -0.25f, 1.0f, -1.0f};
  const float expected = 0.25f + 0.25f - 0.25f;
  for (const auto encoding : {QueryEncoding::kSignedIdeal, QueryEncoding::kOffset, QueryEncoding::kTwoPass}) {
    const QueryEncoder encoder({.encoding = encoding});
    std::vector<std::vector<float>> readings;
    for (const auto& intensities : encoder.encode(kQuery).passes) {
      float sum = 0.0f;
      for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * intensities[i];
      readings.push_back({sum});
    }
    EXPECT_EQ(encoder.decode(readings, std::vector{0.25f})[0], expected);
    EXPECT_EQ(passes_of(encoding), readings.size());
  }
}

TEST(QueryEncoder, NoiseOfEveryEncoding) {
  const std::vector<double> one = {0.1};
  const std::vector<double> two = {0.3, 0.4};
  EXPECT_DOUBLE_EQ(QueryEncoder({}).decoded_noise(one), 0.1);
  EXPECT_DOUBLE_EQ(QueryEncoder({.encoding = QueryEncoding::kOffset}).decoded_noise(one), 0.2);
  EXPECT_DOUBLE_EQ(QueryEncoder({.encoding = QueryEncoding::kTwoPass}).decoded_noise(two), 0.5);
}

TEST(QueryEncoder, DacSteps) {
  for (const auto encoding : {QueryEncoding::kSignedIdeal, QueryEncoding::kOffset, QueryEncoding::kTwoPass}) {
    const float low = encoding == QueryEncoding::kSignedIdeal ? -1.0f : 0.0f;
    const EncodedQuery encoded = QueryEncoder({.encoding = encoding, .dac_bits = 2}).encode(kQuery);
    for (const auto& intensities : encoded.passes) {
      for (const float value : intensities) {
        const float code = (value - low) / (1.0f - low) * 3.0f;
        EXPECT_NEAR(code, std::round(code), 1e-6);
      }
    }
  }
}

TEST(QueryEncoder, AZeroQueryIsDark) {
  const std::vector<Bfloat16> zero(4, bf16_from_float(0.0f));
  const EncodedQuery encoded = QueryEncoder({.encoding = QueryEncoding::kTwoPass}).encode(zero);
  EXPECT_EQ(encoded.scale, 0.0f);
  for (const auto& intensities : encoded.passes) EXPECT_THAT(intensities, testing::Each(0.0f));
}

}  // namespace
}  // namespace prism::photonic
