// SPDX-License-Identifier: Apache-2.0
#include "models/compute/kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "models/compute/attention.h"
#include "tests/unit/compute/random_vectors.h"

namespace prism::compute {
namespace {

using test::random_vectors;

std::vector<const Kernels*> all_kernels() {
  std::vector<const Kernels*> out{&portable_kernels()};
  if (avx2_kernels() != nullptr) out.push_back(avx2_kernels());
  return out;
}

std::vector<float> random_floats(std::uint64_t seed, std::size_t count) {
  std::vector<float> out;
  for (const Bfloat16 value : random_vectors(seed, count)) out.push_back(float_from_bf16(value) * 1.0001f);
  return out;
}

/// Equal bit for bit.
void expect_same(const std::vector<float>& a, const std::vector<float>& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0);
}

TEST(Kernels, WidenPadsWithZeros) {
  for (const Kernels* kernels : all_kernels()) {
    for (const std::size_t columns : {1u, 7u, 8u, 9u, 16u, 31u, 128u}) {
      const std::vector<Bfloat16> in = random_vectors(columns, 3 * columns);
      const std::size_t stride = padded(columns);
      std::vector<float> out(3 * stride, -1.0f);
      kernels->widen(in.data(), 3, columns, out.data(), stride);
      for (std::size_t r = 0; r < 3; ++r) {
        for (std::size_t c = 0; c < stride; ++c) {
          const float expected = c < columns ? float_from_bf16(in[r * columns + c]) : 0.0f;
          EXPECT_EQ(out[r * stride + c], expected) << kernels->name << " " << r << " " << c;
        }
      }
    }
  }
}

TEST(Kernels, WidenTransposedPadsWithZeros) {
  for (const Kernels* kernels : all_kernels()) {
    for (const std::size_t rows : {1u, 8u, 13u, 64u}) {
      for (const std::size_t columns : {1u, 5u, 8u, 20u, 128u}) {
        const std::vector<Bfloat16> in = random_vectors(rows, rows * columns);
        const std::size_t stride = padded(rows);
        std::vector<float> out(columns * stride, -1.0f);
        kernels->widen_transposed(in.data(), rows, columns, out.data(), stride);
        for (std::size_t c = 0; c < columns; ++c) {
          for (std::size_t r = 0; r < stride; ++r) {
            const float expected = r < rows ? float_from_bf16(in[r * columns + c]) : 0.0f;
            ASSERT_EQ(out[c * stride + r], expected) << kernels->name << " " << r << " " << c;
          }
        }
      }
    }
  }
}

TEST(Kernels, MultiplyAddIsTheScalarLoopBitForBit) {
  constexpr std::size_t kColumns = 48;
  for (const Kernels* kernels : all_kernels()) {
    for (const std::size_t rows : {1u, 2u, 3u, 4u, 7u, 9u}) {
      for (const std::size_t depth : {0u, 1u, 128u}) {
        const std::vector<float> a = random_floats(1, rows * (depth + 3));
        const std::vector<float> b = random_floats(2, depth * (kColumns + 5) + 1);
        std::vector<float> c = random_floats(3, rows * (kColumns + 1));
        std::vector<float> expected = c;
        for (std::size_t i = 0; i < rows; ++i) {
          for (std::size_t k = 0; k < depth; ++k) {
            for (std::size_t j = 0; j < kColumns; ++j) {
              const float product = a[i * (depth + 3) + k] * b[k * (kColumns + 5) + j];
              expected[i * (kColumns + 1) + j] += product;
            }
          }
        }
        kernels->multiply_add(a.data(), depth + 3, b.data(), kColumns + 5, c.data(), kColumns + 1, rows,
                              depth, kColumns);
        expect_same(c, expected);
      }
    }
  }
}

TEST(Kernels, AddRowsIsTheScalarLoopBitForBit) {
  for (const Kernels* kernels : all_kernels()) {
    for (const std::size_t columns : {1u, 7u, 8u, 80u, 128u, 133u}) {
      const std::vector<Bfloat16> in = random_vectors(columns, 50 * columns);
      std::vector<float> sums = random_floats(4, columns);
      std::vector<float> expected = sums;
      for (std::size_t i = 0; i < in.size(); ++i) expected[i % columns] += float_from_bf16(in[i]);
      kernels->add_rows(in.data(), 50, columns, sums.data());
      expect_same(sums, expected);
    }
  }
}

TEST(Kernels, MaximumIgnoresNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Kernels* kernels : all_kernels()) {
    std::vector<float> values = random_floats(5, 32);
    values[11] = 100.0f;
    EXPECT_EQ(kernels->maximum(values.data(), 32, -1.0f), 100.0f);
    EXPECT_EQ(kernels->maximum(values.data(), 32, 101.0f), 101.0f);
    values[3] = values[27] = nan;
    EXPECT_EQ(kernels->maximum(values.data(), 32, -1.0f), 100.0f);
    EXPECT_EQ(kernels->maximum(std::vector<float>(8, nan).data(), 8, -1.0f), -1.0f);
  }
}

TEST(Kernels, ExponentialIsWithinTwoUlp) {
  // Every 9973rd float from -87.33 up to -0, some 110000 values, denormals included.
  std::vector<float> arguments;
  const auto lowest = std::bit_cast<std::uint32_t>(-87.33f);
  for (std::uint64_t bits = 0x80000000u; bits < lowest; bits += 9973) {
    arguments.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  arguments.resize(arguments.size() / kLanes * kLanes);
  ASSERT_GT(arguments.size(), 100000u);
  for (const Kernels* kernels : all_kernels()) {
    std::vector<float> results = arguments;
    float sums[kLanes] = {};
    kernels->exponentials(results.data(), results.size(), 0.0f, sums);
    double worst = 0.0;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const double exact = std::exp(double{arguments[i]});
      const double ulp = std::ldexp(1.0, std::ilogb(exact) - 23);
      worst = std::max(worst, std::abs(double{results[i]} - exact) / ulp);
    }
    EXPECT_LT(worst, 2.0) << kernels->name;
  }
}

TEST(Kernels, ExponentialSpecialValues) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const Kernels* kernels : all_kernels()) {
    float values[kLanes] = {0.0f, -87.4f, -1000.0f, -infinity, std::nanf(""), -1e38f, -1.0f, -2.0f};
    float sums[kLanes] = {};
    kernels->exponentials(values, kLanes, 0.0f, sums);
    EXPECT_EQ(values[0], 1.0f);
    for (const int i : {1, 2, 3, 5}) EXPECT_EQ(values[i], 0.0f) << i;
    EXPECT_TRUE(std::isnan(values[4]));
    float shifted[kLanes] = {3.0f, 3.0f, 3.0f, 3.0f, 3.0f, 3.0f, 3.0f, 3.0f};
    float totals[kLanes] = {0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f};
    kernels->exponentials(shifted, kLanes, 3.0f, totals);
    for (std::size_t i = 0; i < kLanes; ++i) EXPECT_EQ(totals[i], static_cast<float>(i) + 1.0f);
  }
}

TEST(Kernels, BothBuildsGiveTheSameBits) {
  const Kernels* avx2 = avx2_kernels();
  if (avx2 == nullptr) GTEST_SKIP() << "no AVX2 on this machine";
  ASSERT_STRNE(avx2->name, portable_kernels().name);
  std::vector<float> a = random_floats(6, 4096);
  for (float& value : a) value = -std::abs(value) * 20.0f;
  std::vector<float> b = a;
  std::vector<float> sums_a(kLanes, 0.5f);
  std::vector<float> sums_b(kLanes, 0.5f);
  avx2->exponentials(a.data(), a.size(), 0.125f, sums_a.data());
  portable_kernels().exponentials(b.data(), b.size(), 0.125f, sums_b.data());
  expect_same(a, b);
  expect_same(sums_a, sums_b);

  for (const std::uint32_t dimension : {7u, 64u, 80u, 128u}) {
    for (const std::uint32_t heads : {1u, 4u, 7u}) {
      const std::uint32_t tokens = 777;
      const auto queries = random_vectors(7, heads * dimension, 3.0);
      auto keys = random_vectors(8, tokens * dimension);
      const auto values = random_vectors(9, tokens * dimension);
      if (dimension == 64) keys[1000] = 0xFFC1;  // NaN with sign and payload
      std::vector<Bfloat16> out[2];
      for (const Kernels* kernels : {avx2, &portable_kernels()}) {
        OnlineAttention attention(*kernels);
        attention.start(queries, heads, dimension);
        attention.accumulate(keys, values, tokens);
        auto& result = out[kernels == avx2];
        result.resize(queries.size());
        attention.finish(result);
      }
      EXPECT_EQ(out[0], out[1]) << dimension << " " << heads;
    }
  }
}

TEST(Kernels, ResultOfNanIsCanonical) {
  EXPECT_EQ(result_from_float(std::bit_cast<float>(0xFFFFFFFFu)), 0x7FC0);
  EXPECT_EQ(result_from_float(std::bit_cast<float>(0x7F800001u)), 0x7FC0);
  EXPECT_EQ(result_from_float(1.0f), 0x3F80);
  EXPECT_EQ(result_from_float(-std::numeric_limits<float>::infinity()), 0xFF80);
}

}  // namespace
}  // namespace prism::compute
