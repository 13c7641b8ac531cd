// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "platform/workload/workload_config.h"

namespace prism::workload {

std::uint32_t expected_experts(const ExpertShape& moe, std::uint32_t tokens) {
  if (moe.experts == 0) return 0;
  const double missed = 1.0 - static_cast<double>(moe.experts_per_token) / moe.experts;
  return static_cast<std::uint32_t>(std::lround(moe.experts * (1.0 - std::pow(missed, tokens))));
}

std::uint64_t ModelShape::qkv_weight_bytes() const {
  if (shared_kv()) {
    const std::uint64_t query =
        std::uint64_t{hidden} * mla.query_rank +
        std::uint64_t{mla.query_rank} * query_heads * (mla.nope_dimension + mla.rope_dimension);
    const std::uint64_t latent = std::uint64_t{hidden} * (mla.kv_rank + mla.rope_dimension);
    const std::uint64_t absorbed_keys = std::uint64_t{mla.kv_rank} * query_heads * mla.nope_dimension;
    const std::uint64_t norms = std::uint64_t{mla.query_rank} + mla.kv_rank;
    return (query + latent + absorbed_keys + norms) * weight_bytes_per_parameter;
  }
  const std::uint64_t outputs = (std::uint64_t{query_heads} + 2 * std::uint64_t{kv_heads}) * head_dimension;
  const std::uint64_t parameters = outputs * hidden + (qkv_bias ? outputs : 0);
  return parameters * weight_bytes_per_parameter;
}

/// Of all layers, without query, key and value projections, and with so many routed experts in a layer.
std::uint64_t ModelShape::layers_parameters(std::uint64_t experts) const {
  const std::uint64_t values = shared_kv() ? mla.value_dimension : head_dimension;
  const std::uint64_t output_projection = std::uint64_t{query_heads} * values * hidden;
  const std::uint64_t absorbed_values = std::uint64_t{mla.kv_rank} * query_heads * mla.value_dimension;
  const std::uint64_t norms = 2 * std::uint64_t{hidden};
  const std::uint64_t gated_ffn = 3 * std::uint64_t{hidden} * ffn;
  const std::uint64_t router = (std::uint64_t{hidden} + 1) * moe.experts;
  const std::uint64_t mixture = (moe.shared_experts + experts) * 3 * std::uint64_t{hidden} * moe.ffn + router;
  return layers * (output_projection + absorbed_values + norms) + (layers - moe.layers) * gated_ffn +
         moe.layers * mixture;
}

std::uint64_t ModelShape::layer_weight_bytes() const {
  return layers_parameters(experts_read) * weight_bytes_per_parameter / layers;
}

std::uint64_t ModelShape::final_weight_bytes() const {
  const std::uint64_t output_head = std::uint64_t{vocabulary} * hidden;
  return (output_head + hidden) * weight_bytes_per_parameter;
}

std::uint64_t ModelShape::weight_bytes_per_step() const {
  return layers * (qkv_weight_bytes() + layer_weight_bytes()) + final_weight_bytes();
}

std::uint64_t ModelShape::stored_weight_bytes() const {
  const std::uint64_t embedding = std::uint64_t{vocabulary} * hidden * weight_bytes_per_parameter;
  const std::uint64_t all_layers =
      layers * qkv_weight_bytes() + layers_parameters(moe.experts) * weight_bytes_per_parameter;
  return all_layers + final_weight_bytes() + (tied_embeddings ? 0 : embedding);
}

}  // namespace prism::workload
