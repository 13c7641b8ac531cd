// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/random.h"
#include "platform/workload/kernels.h"
#include "platform/workload/kv_content.h"

namespace prism::workload {

/// Synthetic keys, values and queries with the structure that makes block selection work or fail: passages
/// that share a topic, heavy-tailed relevance, attention sinks, planted needles, and unstructured noise.
/// Every vector is a pure function of (seed, sequence, layer, head, token or step); nothing is stored but the
/// passage table of each sequence.
///
/// It is not a model's cache: no correlation between layers beyond the shared passages,
/// every head is a retrieval head. docs/workload.md has the formulas; the strengths are in nats of attention
/// score.
class SyntheticContent : public KvContent {
 public:
  static constexpr std::uint32_t kSinkTokens = 4;
  /// A planted sentence; aligned to its length, so that it lies in one block.
  static constexpr std::uint32_t kNeedleTokens = 16;
  /// Passages are runs of spans, kSpansPerPassage on average (geometric).
  static constexpr std::uint32_t kSpanTokens = 64;
  static constexpr std::uint32_t kSpansPerPassage = 4;
  /// Topics that a step's query attends to, with weights 1/1 ... 1/4.
  static constexpr std::uint32_t kFocusTopics = 4;
  /// A value element's deviation along its topic, as a share of `topic_strength`.
  static constexpr float kValueTopicShare = 0.25f;

  /// The head dimension must be a multiple of kNoiseGroup.
  SyntheticContent(const WorkloadConfig& workload, std::uint64_t seed,
                   const Kernels& kernels = best_kernels());

  void keys(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const override;
  void values(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const override;
  void queries(const HeadIndex& head, std::uint32_t step, std::span<Bfloat16> out) const override;

  /// The configured number, or fewer in a short context.
  std::uint32_t needles() const override { return needles_; }
  TokenRange needle(const HeadIndex& head, std::uint32_t index) const override;

  std::uint32_t tokens() const override { return tokens_; }
  const ModelShape& model() const override { return workload_.model; }

 private:
  enum class Side : std::uint8_t { kKey, kValue };
  struct Span {
    std::uint32_t topic;
    float gain;  // relevance of its passage
  };

  void fill(Side side, const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const;
  /// Puts the structured part of a token's vector into `offset`; returns the next token whose part may
  /// differ.
  std::uint32_t structure(Side side, const HeadIndex& head, std::uint32_t token,
                          std::span<float> offset) const;
  /// out += scale * direction, whose elements have variance 1 / dimension: a vector of about unit length.
  void add_direction(std::uint32_t kind, const HeadIndex& head, std::uint32_t number, double scale,
                     std::span<float> out) const;
  TokenRange needle_at(std::uint32_t sequence, std::uint32_t index) const;
  /// Rotary position encoding (arXiv 2104.09864): element i and i + dimension / 2 turn together.
  void rotate(std::uint32_t position, std::span<Bfloat16> vector) const;
  const Span& span_of(std::uint32_t sequence, std::uint32_t token) const;
  NoiseStream stream(std::uint32_t kind, const HeadIndex& head, std::uint32_t first,
                     std::uint32_t number) const;

  WorkloadConfig workload_;
  std::vector<double> rope_frequencies_;  // empty: no position encoding
  std::uint64_t seed_;
  const Kernels& kernels_;
  std::uint32_t tokens_;
  std::uint32_t needles_;
  std::uint32_t spans_;      // of a sequence
  std::vector<Span> table_;  // [sequence][span]
};

}  // namespace prism::workload
