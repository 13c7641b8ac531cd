// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "platform/workload/kernels.h"
#include "platform/workload/kv_content.h"

namespace prism::workload {

/// Exact attention of one KV head's query group over all tokens, in double precision, from the bytes that HBM
/// holds: the yardstick of every accuracy figure. Shares no arithmetic with the compute engine; only bf16 is
/// widened by its kernels.
class ReferenceAttention {
 public:
  ReferenceAttention(const KvContent& content, std::uint32_t block_tokens,
                     const Kernels& kernels = best_kernels());

  /// Attends at `step` over tokens 0 .. tokens - 1. attended[b] != 0: block b is one of those that the
  /// restricted output keeps; as many entries as there are blocks, the last one perhaps partly filled.
  void compute(const HeadIndex& head, std::uint32_t step, std::uint32_t tokens,
               std::span<const std::uint8_t> attended);

  /// Only the block masses.
  void compute_mass(const HeadIndex& head, std::uint32_t step, std::uint32_t tokens);

  std::uint32_t blocks() const { return static_cast<std::uint32_t>(block_mass_.size()); }
  /// Attention weight of each block, mean over the group's query heads; sums to 1.
  const std::vector<double>& block_mass() const { return block_mass_; }
  /// Outputs [query head][dimension] over all tokens, and over those of attended blocks (softmax over these
  /// alone).
  const std::vector<double>& dense_output() const { return dense_; }
  const std::vector<double>& restricted_output() const { return restricted_; }

 private:
  void prepare(const HeadIndex& head, std::uint32_t step, std::uint32_t tokens);
  void load_queries(const HeadIndex& head, std::uint32_t step);
  void compute_scores(const HeadIndex& head, std::uint32_t tokens);
  void compute_weights(std::span<const std::uint8_t> attended);
  void compute_outputs(const HeadIndex& head, std::uint32_t tokens, std::span<const std::uint8_t> attended);

  const KvContent& content_;
  const Kernels& kernels_;
  std::uint32_t block_tokens_;
  std::size_t heads_;
  std::size_t dimension_;
  std::size_t block_stride_;       // block_tokens, padded
  std::size_t dimension_stride_;   // dimension, padded
  std::vector<Bfloat16> vectors_;  // of one block
  std::vector<float> widened_;
  std::vector<double> queries_;  // [head][dimension], times 1 / sqrt(dimension)
  std::vector<double> weights_;  // [head][block][block_stride]: scores, then exp(score - maximum)
  std::vector<double> total_;    // [head]: sum of weights
  std::vector<double> kept_;     // [head]: sum of the weights of attended blocks
  std::vector<double> block_mass_;
  std::vector<double> dense_;
  std::vector<double> restricted_;
};

/// The `k` blocks of largest mass among the first `candidates`, best first; equal masses by lower index.
std::vector<std::uint32_t> best_blocks(std::span<const double> block_mass, std::uint32_t candidates,
                                       std::uint32_t k);

}  // namespace prism::workload
