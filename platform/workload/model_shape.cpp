// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/workload_config.h"

namespace prism::workload {

std::uint64_t ModelShape::qkv_weight_bytes() const {
  const std::uint64_t outputs = (std::uint64_t{query_heads} + 2 * std::uint64_t{kv_heads}) * head_dimension;
  const std::uint64_t parameters = outputs * hidden + (qkv_bias ? outputs : 0);
  return parameters * weight_bytes_per_parameter;
}

std::uint64_t ModelShape::layer_weight_bytes() const {
  const std::uint64_t output_projection = std::uint64_t{query_heads} * head_dimension * hidden;
  const std::uint64_t gated_ffn = 3 * std::uint64_t{hidden} * ffn;
  const std::uint64_t norms = 2 * std::uint64_t{hidden};
  return (output_projection + gated_ffn + norms) * weight_bytes_per_parameter;
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
  return weight_bytes_per_step() + (tied_embeddings ? 0 : embedding);
}

}  // namespace prism::workload
