// SPDX-License-Identifier: Apache-2.0
// Independent references in double precision and plain loops.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"

namespace prism::compute::test {

struct ReferenceOutput {
  std::vector<double> values;      // [heads][dimension]
  std::vector<double> tolerances;  // largest error that bf16 output and fp32 arithmetic can explain
};

/// Two-pass softmax attention; `keys`, `values`: [tokens][dimension].
///
/// Tolerance, with u = 2^-24: a score sums `dimension` products, so it is off by at most (dimension + 3) u
/// sum|q k| / sqrt(d). A probability is then off, relatively, by that, by the exponential's 2 ulp (4 u), by
/// the rounding of the difference
/// (|s - max| u), and by one rescaling a tile of 64; sums over tokens add a rounding each. Weighted values
/// and their divisor both carry these errors. Rounding the output to bf16, with 8 significant bits, adds up
/// to `output_rounding` of it. `decode` reads an element.
inline ReferenceOutput reference_attention(std::span<const Bfloat16> queries, std::span<const Bfloat16> keys,
                                           std::span<const Bfloat16> values, std::size_t heads,
                                           std::size_t tokens, std::size_t dimension,
                                           float (*decode)(std::uint16_t) = float_from_bf16,
                                           double output_rounding = 0x1p-8) {
  constexpr double kUnit = 0x1p-24;
  const double root = std::sqrt(static_cast<double>(dimension));
  ReferenceOutput out;
  for (std::size_t head = 0; head < heads; ++head) {
    std::vector<double> scores(tokens, 0.0);
    double largest_sum = 0.0;
    for (std::size_t t = 0; t < tokens; ++t) {
      double magnitude = 0.0;
      for (std::size_t i = 0; i < dimension; ++i) {
        const double product =
            double{decode(queries[head * dimension + i])} * double{decode(keys[t * dimension + i])};
        scores[t] += product / root;
        magnitude += std::abs(product) / root;
      }
      largest_sum = std::max(largest_sum, magnitude);
    }
    const auto [lowest, highest] = std::minmax_element(scores.begin(), scores.end());
    const double range = *highest - *lowest;
    double sum = 0.0;
    for (const double score : scores) sum += std::exp(score - *highest);
    const double steps = static_cast<double>(tokens);
    const double relative = 2.0 * kUnit *
                            (2.0 * (static_cast<double>(dimension) + 3.0) * largest_sum + 2.0 * range +
                             6.0 * (steps / 64.0 + 1.0) + steps + 16.0);
    for (std::size_t i = 0; i < dimension; ++i) {
      double weighted = 0.0;
      double magnitude = 0.0;
      for (std::size_t t = 0; t < tokens; ++t) {
        const double term = std::exp(scores[t] - *highest) / sum * double{decode(values[t * dimension + i])};
        weighted += term;
        magnitude += std::abs(term);
      }
      out.values.push_back(weighted);
      out.tolerances.push_back(std::abs(weighted) * output_rounding +
                               magnitude * relative * (1.0 + output_rounding));
    }
  }
  return out;
}

/// The sketch's definition, one scalar operation at a time.
inline std::vector<Bfloat16> reference_sketch(std::span<const Bfloat16> vectors, std::size_t count,
                                              std::size_t dimension, std::span<const Bfloat16> matrix,
                                              std::size_t outputs) {
  std::vector<float> mean(dimension, 0.0f);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < dimension; ++c) mean[c] += float_from_bf16(vectors[i * dimension + c]);
  }
  for (float& value : mean) value /= static_cast<float>(count);
  std::vector<Bfloat16> out;
  for (std::size_t o = 0; o < outputs; ++o) {
    float sum = 0.0f;
    for (std::size_t c = 0; c < dimension; ++c) sum += float_from_bf16(matrix[o * dimension + c]) * mean[c];
    out.push_back(bf16_from_float(sum));
  }
  return out;
}

}  // namespace prism::compute::test
