// SPDX-License-Identifier: Apache-2.0
#include "models/compute/sketch.h"

#include <cassert>

namespace prism::compute {

void SketchAccumulator::start(std::uint32_t dimension, ElementFormat format) {
  format_ = format;
  count_ = 0;
  mean_.assign(dimension, 0.0f);
}

void SketchAccumulator::add(std::span<const Bfloat16> vectors, std::uint32_t count) {
  assert(vectors.size() >= count * mean_.size());
  kernels_.of(format_).add_rows(vectors.data(), count, mean_.size(), mean_.data());
  count_ += count;
}

void SketchAccumulator::finish(std::span<const Bfloat16> matrix, std::span<Bfloat16> out) {
  assert(count_ > 0 && matrix.size() >= out.size() * mean_.size());
  for (float& value : mean_) value /= static_cast<float>(count_);
  const std::size_t columns = padded(out.size());
  matrix_.resize(mean_.size() * columns);
  kernels_.of(format_).widen_transposed(matrix.data(), out.size(), mean_.size(), matrix_.data(), columns);
  out_.assign(columns, 0.0f);
  kernels_.multiply_add(mean_.data(), mean_.size(), matrix_.data(), columns, out_.data(), columns, 1,
                        mean_.size(), columns);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = result_from_float(out_[i], format_);
}

void sketch(std::span<const Bfloat16> vectors, std::uint32_t count, std::uint32_t dimension,
            std::span<const Bfloat16> matrix, std::span<Bfloat16> out) {
  SketchAccumulator accumulator;
  accumulator.start(dimension);
  accumulator.add(vectors, count);
  accumulator.finish(matrix, out);
}

}  // namespace prism::compute
