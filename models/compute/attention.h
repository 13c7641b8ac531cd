// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/compute/kernels.h"

namespace prism::compute {

/// Attention of a group of query heads that share keys and values, by online softmax over chunks of tokens
/// (Milakov and Gimelshein, arXiv 1805.02867; the recurrence of FlashAttention). bf16 in and out; products,
/// sums and exponentials in fp32, probabilities too (they are not rounded to bf16 before they meet the
/// values). Scores are scaled by 1/sqrt(dimension); no mask, no bias. With ElementFormat::kFp16 everything
/// that is bf16 here is binary16.
///
/// The same calls give the same bits on every machine. Cutting the tokens into other chunks changes where the
/// running maximum is updated, so the results then agree within fp32 rounding, not bit for bit.
///
/// Infinities and NaNs follow IEEE arithmetic: NaN scores, and scores of +infinity, make the head's output
/// NaN (0x7FC0; 0x7E00 in fp16); scores of -infinity weigh nothing. With no token of any weight the output is
/// zero.
class OnlineAttention {
 public:
  explicit OnlineAttention(const Kernels& kernels = best_kernels()) : kernels_(kernels) {}

  /// `queries`: [heads][dimension], both > 0. Forgets a computation under way.
  void start(std::span<const Bfloat16> queries, std::uint32_t heads, std::uint32_t dimension,
             ElementFormat format = ElementFormat::kBf16);
  /// `keys` and `values`: [tokens][dimension].
  void accumulate(std::span<const Bfloat16> keys, std::span<const Bfloat16> values, std::uint32_t tokens);
  /// `out`: [heads][dimension].
  void finish(std::span<Bfloat16> out);

  void abandon() { heads_ = 0; }
  bool running() const { return heads_ > 0; }
  std::uint32_t heads() const { return heads_; }
  std::uint32_t dimension() const { return dimension_; }
  ElementFormat format() const { return format_; }

 private:
  void accumulate_tile(const Bfloat16* keys, const Bfloat16* values, std::size_t tokens);
  /// Turns the tile's raw scores of a head into probabilities relative to the running maximum.
  void update_softmax(std::size_t head, std::size_t tokens);

  const Kernels& kernels_;
  std::uint32_t heads_ = 0;
  std::uint32_t dimension_ = 0;
  ElementFormat format_ = ElementFormat::kBf16;
  std::size_t stride_ = 0;  // dimension, padded
  float score_scale_ = 0.0f;
  std::vector<float> queries_;  // [heads][stride]
  std::vector<float> outputs_;  // [heads][stride], not yet divided by the sum
  std::vector<float> maximum_;  // [heads]
  std::vector<float> sums_;     // [heads][kLanes]
  std::vector<float> keys_;     // one tile, [dimension][tile]
  std::vector<float> values_;   // one tile, [tile][stride]
  std::vector<float> scores_;   // [heads][tile], then probabilities
};

}  // namespace prism::compute
