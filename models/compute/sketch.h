// SPDX-License-Identifier: Apache-2.0
// The projection that PRISM ranks by: the mean of some vectors (a group's query heads, or a block's keys)
// times a matrix.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/compute/kernels.h"

namespace prism::compute {

/// A sketch under computation, fed in chunks. All arithmetic in fp32, one rounding an operation, in index
/// order:
///   mean[c] = (0 + v[0][c] + v[1][c] + ...) / count
///   out[o] = bf16(0 + matrix[o][0] * mean[0] + matrix[o][1] * mean[1] + ...)
/// so the result does not depend on the chunks, and is the same bit for bit on every machine. A NaN becomes
/// 0x7FC0. With ElementFormat::kFp16, vectors, matrix and result are binary16 instead, and a NaN 0x7E00.
class SketchAccumulator {
 public:
  explicit SketchAccumulator(const Kernels& kernels = best_kernels()) : kernels_(kernels) {}

  void start(std::uint32_t dimension, ElementFormat format = ElementFormat::kBf16);
  /// `vectors`: [count][dimension].
  void add(std::span<const Bfloat16> vectors, std::uint32_t count);
  /// `matrix`: [out.size()][dimension].
  void finish(std::span<const Bfloat16> matrix, std::span<Bfloat16> out);

 private:
  const Kernels& kernels_;
  ElementFormat format_ = ElementFormat::kBf16;
  std::uint64_t count_ = 0;
  std::vector<float> mean_;
  std::vector<float> matrix_;  // transposed: [dimension][out, padded]
  std::vector<float> out_;
};

/// The sketch of `count` (> 0) vectors of `dimension`; `out.size()` is the sketch's dimension.
void sketch(std::span<const Bfloat16> vectors, std::uint32_t count, std::uint32_t dimension,
            std::span<const Bfloat16> matrix, std::span<Bfloat16> out);

}  // namespace prism::compute
