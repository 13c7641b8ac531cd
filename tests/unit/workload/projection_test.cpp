// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/projection.h"

#include <gtest/gtest.h>

#include <cmath>

namespace prism::workload {
namespace {

TEST(RandomProjection, RowsAreOrthonormalWithinRounding) {
  for (const std::uint32_t rows : {1u, 32u, 128u}) {
    const std::uint32_t columns = 128;
    const std::vector<Bfloat16> matrix = random_projection(1, rows, columns);
    ASSERT_EQ(matrix.size(), std::size_t{rows} * columns);
    for (std::uint32_t a = 0; a < rows; ++a) {
      for (std::uint32_t b = 0; b <= a; ++b) {
        double dot = 0;
        for (std::uint32_t c = 0; c < columns; ++c) {
          dot += static_cast<double>(float_from_bf16(matrix[a * columns + c])) *
                 float_from_bf16(matrix[b * columns + c]);
        }
        // Rounding to bf16 moves an element by at most 2^-9 of itself; over a row these errors average out.
        ASSERT_NEAR(dot, a == b ? 1.0 : 0.0, 0x1p-9) << a << " " << b;
      }
    }
  }
}

TEST(RandomProjection, DependsOnTheSeedAlone) {
  EXPECT_EQ(random_projection(5, 32, 128), random_projection(5, 32, 128));
  EXPECT_NE(random_projection(5, 32, 128), random_projection(6, 32, 128));
  const std::vector<Bfloat16> more = random_projection(5, 64, 128);
  const std::vector<Bfloat16> fewer = random_projection(5, 32, 128);
  EXPECT_TRUE(std::equal(fewer.begin(), fewer.end(), more.begin())) << "a larger d keeps the first rows";
}

/// Elements spread like a direction drawn uniformly from the sphere: variance 1 / columns, kurtosis 3.
TEST(RandomProjection, ElementsLookGaussian) {
  const std::vector<Bfloat16> matrix = random_projection(9, 64, 128);
  double square = 0, fourth = 0;
  for (const Bfloat16 element : matrix) {
    const double value = float_from_bf16(element) * std::sqrt(128.0);
    square += value * value / static_cast<double>(matrix.size());
    fourth += std::pow(value, 4) / static_cast<double>(matrix.size());
  }
  EXPECT_NEAR(square, 1.0, 0.01);
  EXPECT_NEAR(fourth, 3.0, 0.3);
}

}  // namespace
}  // namespace prism::workload
