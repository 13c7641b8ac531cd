// SPDX-License-Identifier: Apache-2.0
#include "models/compute/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "tests/unit/compute/random_vectors.h"
#include "tests/unit/compute/reference.h"

namespace prism::compute {
namespace {

using test::random_vectors;

class SketchShapes : public testing::TestWithParam<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> {
};

TEST_P(SketchShapes, IsTheScalarDefinitionBitForBit) {
  const auto [count, dimension, outputs] = GetParam();
  const auto vectors = random_vectors(1, std::size_t{count} * dimension);
  const auto matrix = random_vectors(2, std::size_t{outputs} * dimension);
  std::vector<Bfloat16> out(outputs);
  sketch(vectors, count, dimension, matrix, out);
  EXPECT_EQ(out, test::reference_sketch(vectors, count, dimension, matrix, outputs));
}

INSTANTIATE_TEST_SUITE_P(Shapes, SketchShapes,
                         testing::Values(std::tuple(7, 128, 32), std::tuple(128, 128, 32),
                                         std::tuple(128, 80, 16), std::tuple(1, 64, 64),
                                         std::tuple(1000, 7, 3), std::tuple(3, 1024, 1)));

TEST(Sketch, DoesNotDependOnChunks) {
  const auto vectors = random_vectors(1, 128 * 128);
  const auto matrix = random_vectors(2, 32 * 128);
  std::vector<Bfloat16> whole(32);
  sketch(vectors, 128, 128, matrix, whole);
  SketchAccumulator accumulator;
  accumulator.start(128);
  for (std::uint32_t first = 0; first < 128;) {
    const std::uint32_t count = std::min(first + 1, 128 - first);  // 1, 2, 4, ...
    accumulator.add(std::span(vectors).subspan(first * 128), count);
    first += count;
  }
  std::vector<Bfloat16> chunked(32);
  accumulator.finish(matrix, chunked);
  EXPECT_EQ(whole, chunked);
}

TEST(Sketch, IdentityMatrixGivesTheMean) {
  std::vector<Bfloat16> identity(16 * 16, 0);
  for (std::size_t i = 0; i < 16; ++i) identity[i * 16 + i] = bf16_from_float(1.0f);
  std::vector<Bfloat16> vectors(4 * 16);
  for (std::size_t i = 0; i < vectors.size(); ++i) vectors[i] = bf16_from_float(static_cast<float>(i));
  std::vector<Bfloat16> out(16);
  sketch(vectors, 4, 16, identity, out);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(float_from_bf16(out[i]), static_cast<float>(i) + 24.0f);
}

TEST(Sketch, NanIsCanonical) {
  auto vectors = random_vectors(1, 2 * 8);
  vectors[9] = 0xFFFF;
  std::vector<Bfloat16> out(3);
  sketch(vectors, 2, 8, random_vectors(2, 3 * 8), out);
  EXPECT_EQ(out, std::vector<Bfloat16>(3, 0x7FC0));
}

}  // namespace
}  // namespace prism::compute
