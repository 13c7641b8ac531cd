// SPDX-License-Identifier: Apache-2.0
// What is decoded: a model's shape, the sequences, and the structure of the synthetic KV content.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace prism::workload {

/// A mixture of experts in place of the FFN of the last layers; experts 0: none.
struct ExpertShape {
  std::uint32_t layers = 0;
  std::uint32_t experts = 0;
  std::uint32_t experts_per_token = 0;
  std::uint32_t shared_experts = 0;
  std::uint32_t ffn = 0;  // of one expert
};

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434), with the key and value up-projections
/// absorbed into the query and output projections; kv_rank 0: none.
struct LatentShape {
  std::uint32_t query_rank = 0;
  std::uint32_t kv_rank = 0;
  std::uint32_t nope_dimension = 0;
  std::uint32_t rope_dimension = 0;
  std::uint32_t value_dimension = 0;
};

/// The shape of a decoder-only transformer with grouped-query or latent attention and a gated FFN.
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
  ExpertShape moe;
  std::uint32_t experts_read =
      0;  // of a layer in one step: as many as the batch's tokens are expected to need
  LatentShape mla;

  /// One cached vector is key and value: the latent, shared by all query heads.
  bool shared_kv() const { return mla.kv_rank > 0; }
  std::uint32_t group_size() const { return query_heads / kv_heads; }
  /// (layer, KV head) pairs.
  std::uint32_t pairs() const { return layers * kv_heads; }

  /// Weight bytes read in a decode step: query/key/value projections of one layer, the rest of that layer
  /// (output projection, gated FFN or experts, two norms; the mean of all layers), and after the last layer
  /// the final norm and the output head.
  std::uint64_t qkv_weight_bytes() const;
  std::uint64_t layer_weight_bytes() const;
  std::uint64_t final_weight_bytes() const;
  std::uint64_t weight_bytes_per_step() const;
  /// All weights as stored: with the input embedding, unless the output head is that same matrix.
  std::uint64_t stored_weight_bytes() const;

 private:
  std::uint64_t layers_parameters(std::uint64_t experts) const;
};

/// Distinct experts that `tokens` tokens are expected to choose, each `experts_per_token` uniformly: to the
/// nearest whole one.
std::uint32_t expected_experts(const ExpertShape& moe, std::uint32_t tokens);

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
  std::vector<double> needle_depths =
      {};                            // of each needle, as a share of the context; none: spread at random
  bool heavy_tailed = true;          // passages' relevance is exponential; false: all are alike
  double query_noise = -1.0;         // negative: noise
  double value_noise = -1.0;         // negative: noise
  double local_strength = 0.0;       // pull of recent tokens on the query
  std::uint32_t local_tokens = 256;  // length of that band
  double rope_theta = 0.0;           // base of the rotary position encoding; 0: none
  std::string trace_file = {};       // kind trace: a safetensors file

  double noise_of_queries() const { return query_noise < 0 ? noise : query_noise; }
  double noise_of_values() const { return value_noise < 0 ? noise : value_noise; }
};

struct WorkloadConfig {
  ModelShape model;
  std::uint32_t context_tokens = 65536;            // of every sequence, before the first step
  std::vector<std::uint32_t> lengths_tokens = {};  // of the sequences, in turn; none: all have context_tokens
  std::uint32_t batch = 1;
  std::uint32_t steps = 1;
  std::uint32_t functional_heads = 28;  // (sequence, layer, KV head) triples that have content; 0: all
  double retrieval_share = 1.0;         // of all heads; the others attend to sinks and window
  ContentConfig content;

  std::uint32_t context_of(std::uint32_t sequence) const {
    return lengths_tokens.empty() ? context_tokens : lengths_tokens[sequence % lengths_tokens.size()];
  }
};

}  // namespace prism::workload
