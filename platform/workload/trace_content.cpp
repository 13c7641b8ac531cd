// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/trace_content.h"

#include <stdexcept>

namespace prism::workload {

TraceContent::TraceContent(const WorkloadConfig& workload)
    : model_(workload.model),
      tokens_(workload.context_tokens + workload.steps),
      file_(workload.content.trace_file) {
  for (std::uint32_t layer = 0; layer < model_.layers; ++layer) {
    const std::string name = "layers." + std::to_string(layer);
    const Safetensors::Tensor* const keys = tensor(name + ".k", model_.kv_heads, tokens_);
    layers_.push_back({keys, model_.shared_kv() ? keys : tensor(name + ".v", model_.kv_heads, tokens_),
                       tensor(name + ".q", model_.query_heads, workload.steps)});
  }
}

const Safetensors::Tensor* TraceContent::tensor(const std::string& name, std::uint64_t heads,
                                                std::uint64_t rows) const {
  const Safetensors::Tensor* const found = file_.find(name);
  const std::string wanted = "tensor \"" + name + "\" [" + std::to_string(heads) + "][at least " +
                             std::to_string(rows) + "][" + std::to_string(model_.head_dimension) +
                             "] of BF16, F16 or F32";
  if (found == nullptr) throw std::invalid_argument("trace: found no such tensor, expected " + wanted);
  const bool is_known = found->dtype == "BF16" || found->dtype == "F16" || found->dtype == "F32";
  const std::vector<std::uint64_t>& shape = found->shape;
  if (is_known && shape.size() == 3 && shape[0] == heads && shape[1] >= rows &&
      shape[2] == model_.head_dimension) {
    return found;
  }
  std::string sizes;
  for (const std::uint64_t size : shape) sizes += "[" + std::to_string(size) + "]";
  throw std::invalid_argument("trace: found " + found->dtype + " " + sizes + ", expected " + wanted);
}

void TraceContent::read(const Safetensors::Tensor& tensor, std::uint64_t head, std::uint64_t row,
                        std::span<Bfloat16> out) const {
  Safetensors::read(tensor, (head * tensor.shape[1] + row) * model_.head_dimension, out);
}

void TraceContent::keys(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const {
  read(*layers_[head.layer].k, head.head, first_token, out);
}

void TraceContent::values(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const {
  read(*layers_[head.layer].v, head.head, first_token, out);
}

void TraceContent::queries(const HeadIndex& head, std::uint32_t step, std::span<Bfloat16> out) const {
  const std::size_t dimension = model_.head_dimension;
  for (std::uint32_t i = 0; i < model_.group_size(); ++i) {
    read(*layers_[head.layer].q, std::uint64_t{head.head} * model_.group_size() + i, step,
         out.subspan(i * dimension, dimension));
  }
}

}  // namespace prism::workload
