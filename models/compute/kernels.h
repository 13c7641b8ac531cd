// SPDX-License-Identifier: Apache-2.0
// The inner loops of attention and sketch, compiled twice from one source: for any machine, and for AVX2.
// Every result is defined element by element (which operands, in which order, one rounding an operation, no
// fused multiply-add), so both builds give the same bits: the choice between them changes speed alone.
#pragma once

#include <cstddef>

#include "models/common/bfloat16.h"

namespace prism::compute {

/// Columns of a matrix that a kernel writes are padded to a multiple of this.
inline constexpr std::size_t kPanel = 16;
/// Partial sums that softmax keeps: value i goes to sum i % kLanes.
inline constexpr std::size_t kLanes = 8;

inline constexpr std::size_t padded(std::size_t columns) {
  return (columns + kPanel - 1) / kPanel * kPanel;
}

struct Kernels {
  const char* name;

  /// out[r * stride + c] = in[r * columns + c]; columns up to the next multiple of kPanel become zero.
  void (*widen)(const Bfloat16* in, std::size_t rows, std::size_t columns, float* out, std::size_t stride);

  /// out[c * stride + r] = in[r * columns + c]; rows up to the next multiple of kPanel become zero.
  void (*widen_transposed)(const Bfloat16* in, std::size_t rows, std::size_t columns, float* out,
                           std::size_t stride);

  /// c[i][j] += a[i][0] * b[0][j]; then a[i][1] * b[1][j]; ... in order of depth. `columns`: a multiple of
  /// kPanel.
  void (*multiply_add)(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                       std::size_t c_stride, std::size_t rows, std::size_t depth, std::size_t columns);

  /// The largest of `start` and the values; NaN values are ignored. `count`: a multiple of kLanes.
  float (*maximum)(const float* values, std::size_t count, float start);

  /// values[i] = exp(values[i] - reference), added to sums[i % kLanes] in order. Differences must not be
  /// positive. Relative error below 2 ulp; 0 below -87.33 (no subnormal results); NaN stays NaN. `count`: a
  /// multiple of kLanes.
  void (*exponentials)(float* values, std::size_t count, float reference, float* sums);

  /// values[i] *= factor. `count`: a multiple of kLanes.
  void (*scale)(float* values, std::size_t count, float factor);

  /// sums[c] += in[0][c]; then in[1][c]; ... in order of rows.
  void (*add_rows)(const Bfloat16* in, std::size_t rows, std::size_t columns, float* sums);
};

/// Runs on any machine.
const Kernels& portable_kernels();
/// nullptr when this processor, or this build, has no AVX2.
const Kernels* avx2_kernels();
/// The fastest for this processor.
const Kernels& best_kernels();

/// Rounds to nearest even; every NaN becomes 0x7FC0, because which NaN an operation returns depends on the
/// machine.
inline Bfloat16 result_from_float(float value) {
  return value != value ? Bfloat16{0x7FC0} : bf16_from_float(value);
}

}  // namespace prism::compute
