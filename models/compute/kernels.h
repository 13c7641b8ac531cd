// SPDX-License-Identifier: Apache-2.0
// The inner loops of attention and sketch, compiled twice from one source: for any machine, and for AVX2.
// Every result is defined element by element (which operands, in which order, one rounding an operation, no
// fused multiply-add), so both builds give the same bits: the choice between them changes speed alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/common/bfloat16.h"
#include "models/common/float16.h"

namespace prism::compute {

/// Columns of a matrix that a kernel writes are padded to a multiple of this.
inline constexpr std::size_t kPanel = 16;
/// Partial sums that softmax keeps: value i goes to sum i % kLanes.
inline constexpr std::size_t kLanes = 8;

inline constexpr std::size_t padded(std::size_t columns) {
  return (columns + kPanel - 1) / kPanel * kPanel;
}

/// How the 16 bits of an element are read and written.
enum class ElementFormat : std::uint8_t { kBf16, kFp16 };

/// The kernels that read elements, of one format.
struct ElementKernels {
  /// out[r * stride + c] = in[r * columns + c]; columns up to the next multiple of kPanel become zero.
  void (*widen)(const std::uint16_t* in, std::size_t rows, std::size_t columns, float* out,
                std::size_t stride);

  /// out[c * stride + r] = in[r * columns + c]; rows up to the next multiple of kPanel become zero.
  void (*widen_transposed)(const std::uint16_t* in, std::size_t rows, std::size_t columns, float* out,
                           std::size_t stride);

  /// sums[c] += in[0][c]; then in[1][c]; ... in order of rows.
  void (*add_rows)(const std::uint16_t* in, std::size_t rows, std::size_t columns, float* sums);
};

/// Those of bfloat16 are its own.
struct Kernels : ElementKernels {
  const char* name;
  ElementKernels fp16;

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

  const ElementKernels& of(ElementFormat format) const {
    return format == ElementFormat::kFp16 ? fp16 : *this;
  }
};

/// Runs on any machine.
const Kernels& portable_kernels();
/// nullptr when this processor, or this build, has no AVX2.
const Kernels* avx2_kernels();
/// The fastest for this processor.
const Kernels& best_kernels();

/// Rounds to nearest even; every NaN becomes the same one (0x7FC0, or 0x7E00), because which NaN an operation
/// returns depends on the machine.
inline std::uint16_t result_from_float(float value, ElementFormat format = ElementFormat::kBf16) {
  if (format == ElementFormat::kFp16) return fp16_from_float(value);
  return value != value ? Bfloat16{0x7FC0} : bf16_from_float(value);
}

}  // namespace prism::compute
