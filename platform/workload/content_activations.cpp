// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/content_activations.h"

#include <algorithm>
#include <cassert>

namespace prism::workload {

ContentActivations::ContentActivations(const KvContent& content, const WorkloadConfig& workload)
    : content_(content), workload_(workload) {}

compute::ActivationShape ContentActivations::shape() const {
  const ModelShape& model = content_.model();
  return {model.query_heads, model.kv_heads, model.head_dimension};
}

void ContentActivations::fill(std::uint32_t sequence, std::uint32_t layer, std::uint32_t step,
                              std::span<Bfloat16> queries, std::span<Bfloat16> keys,
                              std::span<Bfloat16> values) const {
  const ModelShape& model = content_.model();
  const std::size_t dimension = model.head_dimension;
  const std::size_t group = model.group_size() * dimension;
  assert(queries.size() == model.kv_heads * group && keys.size() == model.kv_heads * dimension &&
         values.size() == keys.size());
  const bool known = sequence < workload_.batch && layer < model.layers;
  const std::uint32_t context = known ? workload_.context_of(sequence) : 0;
  const std::uint32_t token = context + step;  // modulo 2^32
  const bool in_cache = token < context;       // projected anew: its query has been used
  if (!known || (step >= workload_.steps && !in_cache)) {
    for (std::span<Bfloat16> out : {queries, keys, values}) std::fill(out.begin(), out.end(), Bfloat16{0});
    return;
  }
  for (std::uint32_t h = 0; h < model.kv_heads; ++h) {
    const HeadIndex head{sequence, layer, h};
    if (in_cache) {
      std::fill_n(queries.begin() + static_cast<std::ptrdiff_t>(h * group), group, Bfloat16{0});
    } else {
      content_.queries(head, step, queries.subspan(h * group, group));
    }
    content_.keys(head, token, keys.subspan(h * dimension, dimension));
    content_.values(head, token, values.subspan(h * dimension, dimension));
  }
}

}  // namespace prism::workload
