// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/kernels.h"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "models/common/random.h"

namespace prism::workload {
namespace {

std::vector<const Kernels*> all_kernels() {
  std::vector<const Kernels*> out = {&portable_kernels()};
  if (avx2_kernels() != nullptr) out.push_back(avx2_kernels());
  return out;
}

/// Values in [-1, 1), different for each index.
std::vector<double> some_values(std::size_t count, std::uint32_t domain) {
  const CounterRandom random(7, domain);
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = 2 * CounterRandom::uniform(random.words(static_cast<std::uint32_t>(i))[0]) - 1;
  }
  return out;
}

std::vector<float> some_floats(std::size_t count, std::uint32_t domain) {
  const std::vector<double> values = some_values(count, domain);
  return {values.begin(), values.end()};
}

TEST(AddNoise, GeneratorHasThePublishedAnswer) {
  // The first of philox4x32 7 in the kat_vectors of the Random123 distribution.
  const auto words = r123::Philox4x32_R<kNoiseRounds>{}({{0, 0, 0, 0}}, {{0, 0}});
  EXPECT_EQ(words[0], 0x5f6fb709u);
  EXPECT_EQ(words[1], 0x0d893f64u);
  EXPECT_EQ(words[2], 0x4f121f81u);
  EXPECT_EQ(words[3], 0x4f730a48u);
}

TEST(AddNoise, EqualsTheScalarGenerator) {
  const std::array<std::uint32_t, 2> key = CounterRandom(0x0123456789ABCDEFull, 42).key();
  const float scale = 0.013f;
  for (const Kernels* kernels : all_kernels()) {
    for (const std::size_t dimension : {8u, 32u, 80u, 128u, 256u}) {
      const std::vector<float> offset = some_floats(dimension, 1);
      const std::size_t rows = 5;
      // The counter wraps within the rows.
      for (const std::uint32_t first : {0u, 1000u, 0xFFFFFFF0u, 0xFFFFFFFEu}) {
        std::vector<Bfloat16> out(rows * dimension);
        kernels->add_noise({key, first, 11, 22, 33}, rows, dimension, scale, offset.data(), out.data());
        for (std::size_t i = 0; i < out.size(); ++i) {
          const auto call = static_cast<std::uint32_t>(first + i / 8);
          const auto words = r123::Philox4x32_R<kNoiseRounds>{}({{call, 11, 22, 33}}, {{key[0], key[1]}});
          const std::uint32_t word = words[i % 8 / 2];
          const std::uint32_t half = i % 2 == 0 ? word & 0xFFFFu : word >> 16;
          const int sum = static_cast<int>(half / 256 + half % 256) - 255;
          ASSERT_EQ(out[i], bf16_from_float(scale * static_cast<float>(sum) + offset[i % dimension]))
              << kernels->name << " dimension " << dimension << " element " << i;
        }
      }
    }
  }
}

TEST(AddNoise, NoiseHasUnitVarianceAndNoCorrelation) {
  const std::size_t rows = 4096;
  const std::size_t dimension = 64;
  const std::vector<float> offset(dimension, 0.0f);
  std::vector<Bfloat16> out(rows * dimension);
  best_kernels().add_noise({CounterRandom(3, 4).key(), 0, 0, 0, 0}, rows, dimension, 1.0f / kNoiseDeviation,
                           offset.data(), out.data());
  const auto count = static_cast<double>(out.size());
  double mean = 0, square = 0, fourth = 0, neighbour = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double value = float_from_bf16(out[i]);
    mean += value / count;
    square += value * value / count;
    fourth += value * value * value * value / count;
    if (i > 0) neighbour += value * float_from_bf16(out[i - 1]) / count;
  }
  // Five standard errors of 262144 samples; the kurtosis of a triangular distribution is 2.4.
  EXPECT_NEAR(mean, 0.0, 0.01);
  EXPECT_NEAR(square, 1.0, 0.0125);
  EXPECT_NEAR(fourth, 2.4, 0.05);
  EXPECT_NEAR(neighbour, 0.0, 0.01);
}

TEST(MultiplyAdd, EqualsTheDefinitionBitForBit) {
  const std::size_t depth = 37;
  const std::size_t columns = 24;
  for (std::size_t rows = 1; rows <= 9; ++rows) {
    const std::vector<double> a = some_values(rows * depth, 1);
    const std::vector<float> b = some_floats(depth * columns, 2);
    const std::vector<double> start = some_values(rows * columns, 3);
    std::vector<double> expected = start;
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t k = 0; k < depth; ++k) {
        for (std::size_t j = 0; j < columns; ++j) {
          expected[i * columns + j] += a[i * depth + k] * static_cast<double>(b[k * columns + j]);
        }
      }
    }
    for (const Kernels* kernels : all_kernels()) {
      std::vector<double> c = start;
      kernels->multiply_add(a.data(), depth, b.data(), columns, c.data(), columns, rows, depth, columns);
      EXPECT_EQ(c, expected) << kernels->name << " rows " << rows;
    }
  }
}

TEST(Exponentials, AreAccurateAndEqualOnEveryInstructionSet) {
  std::vector<double> arguments(12000);
  for (std::size_t i = 0; i < arguments.size(); ++i) arguments[i] = -0.0601 * static_cast<double>(i);
  arguments.push_back(0.0);
  arguments.push_back(-std::numeric_limits<double>::infinity());
  while (arguments.size() % kPanel != 0) arguments.push_back(-1e-9);
  std::vector<double> expected;
  for (const Kernels* kernels : all_kernels()) {
    std::vector<double> values = arguments;
    for (double& value : values) value += 3.0;
    kernels->exponentials(values.data(), values.size(), 3.0);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double argument = (arguments[i] + 3.0) - 3.0;
      const double exact = argument > -708.0 ? std::exp(argument) : 0.0;
      ASSERT_NEAR(values[i], exact, exact * 4 * std::numeric_limits<double>::epsilon()) << "exp " << argument;
    }
    if (expected.empty()) expected = values;
    EXPECT_EQ(values, expected) << kernels->name;
  }
}

}  // namespace
}  // namespace prism::workload
