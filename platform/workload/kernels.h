// SPDX-License-Identifier: Apache-2.0
// The inner loops of content generation and of the accuracy reference, for any machine and for AVX2. Every
// result is defined element by element (operands, order, one rounding an operation, no fused multiply-add),
// so both give the same bits: the choice between them changes speed alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/common/bfloat16.h"

namespace prism::workload {

/// Elements that one Philox call yields.
inline constexpr std::uint32_t kNoiseGroup = 8;
/// The sum of two uniform bytes, less 255, is triangular noise on [-255, 255] of variance 2 (256^2 - 1) / 12.
inline constexpr float kNoiseDeviation = 104.5107651f;

/// Columns of `multiply_add`, and values of `exponentials`, come in multiples of this.
inline constexpr std::size_t kPanel = 8;

/// Rounds of Philox4x32: seven are the fewest that pass BigCrush (Salmon et al., SC'11, table 2).
inline constexpr int kNoiseRounds = 7;

/// Philox4x32 calls with counters (first, b, c, d), (first + 1, b, c, d), ...
struct NoiseStream {
  std::array<std::uint32_t, 2> key;
  std::uint32_t first, b, c, d;
};

struct Kernels {
  const char* name;

  /// Fills `out` [rows][dimension], row by row from consecutive calls, kNoiseGroup elements each:
  ///   out[r][i] = bf16(scale * float(byte0 + byte1 - 255) + offset[i])
  /// where byte0 and byte1 are the halves of 16-bit word i % 8 of its call. `dimension`: a multiple of
  /// kNoiseGroup.
  void (*add_noise)(const NoiseStream& stream, std::size_t rows, std::size_t dimension, float scale,
                    const float* offset, Bfloat16* out);

  /// c[i][j] += a[i][0] * b[0][j]; then a[i][1] * b[1][j]; ... in order of depth. `columns`: a multiple of
  /// kPanel.
  void (*multiply_add)(const double* a, std::size_t a_stride, const float* b, std::size_t b_stride, double* c,
                       std::size_t c_stride, std::size_t rows, std::size_t depth, std::size_t columns);

  /// values[i] = exp(values[i] - reference) with relative error below 4 ulp; differences must not be
  /// positive. 0 below -708. `count`: a multiple of kPanel.
  void (*exponentials)(double* values, std::size_t count, double reference);
};

/// Runs on any machine.
const Kernels& portable_kernels();
/// nullptr when this processor, or this build, has no AVX2.
const Kernels* avx2_kernels();
/// The fastest for this processor.
const Kernels& best_kernels();

}  // namespace prism::workload
