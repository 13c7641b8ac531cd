// SPDX-License-Identifier: Apache-2.0
// What is decoded: a model's shape, the sequences, and the structure of the synthetic KV content.
#pragma once

#include <cstdint>
#include <string>

namespace prism::workload {

/// The shape of a decoder-only transformer with grouped-query attention and a gated FFN.
struct ModelShape {
  std::string name;
  std::uint32_t layers = 28;
  std::uint32_t hidden = 3584;
  std::uint32_t query_heads = 28;
  std::uint32_t kv_heads = 4;
  std::uint32_t head_dimension = 128;
  std::uint32_t ffn = 18944;
  std::uint32_t vocabulary = 152064;
  bool qkv_bias = true;
  bool tied_embeddings = false;  // output head and input embedding are one matrix
  std::uint32_t weight_bytes_per_parameter = 2;

  std::uint32_t group_size() const { return query_heads / kv_heads; }
  /// (layer, KV head) pairs.
  std::uint32_t pairs() const { return layers * kv_heads; }

  /// Weight bytes read in a decode step: query/key/value projections of one layer, the rest of that layer
  /// (output projection, gated FFN, two norms), and after the last layer the final norm and the output head.
  std::uint64_t qkv_weight_bytes() const;
  std::uint64_t layer_weight_bytes() const;
  std::uint64_t final_weight_bytes() const;
  std::uint64_t weight_bytes_per_step() const;
  /// All weights as stored: with the input embedding, unless the output head is that same matrix.
  std::uint64_t stored_weight_bytes() const;
};

/// Synthetic keys and values with controllable structure.
struct ContentConfig {
  std::string kind = "synthetic";
  std::uint32_t topics = 64;      // directions that tokens of one passage share
  double topic_strength = 0.5;    // of a token's key along its topic
  double focus = 1.0;             // of the query along the topics it attends to
  double noise = 1.2;             // standard deviation of the unstructured part
  double sink_strength = 8.0;     // pull of the first tokens on every query
  std::uint32_t needles = 1;      // planted for each (layer, KV head)
  double needle_strength = 16.0;  // of a needle's key along the query
};

struct WorkloadConfig {
  ModelShape model;
  std::uint32_t context_tokens = 65536;  // of every sequence, before the first step
  std::uint32_t batch = 1;
  std::uint32_t steps = 1;
  std::uint32_t accuracy_pairs = 28;  // (layer, KV head) pairs whose accuracy is evaluated; 0: all
  ContentConfig content;
};

}  // namespace prism::workload
