// SPDX-License-Identifier: Apache-2.0
// A small model for the workload's tests: 2 sequences, 3 layers, 2 KV heads of 2 query heads, dimension 64.
#pragma once

#include <vector>

#include "platform/workload/synthetic_content.h"

namespace prism::workload {

inline WorkloadConfig small_workload() {
  WorkloadConfig out;
  out.model = {.name = "small",
               .layers = 3,
               .hidden = 256,
               .query_heads = 4,
               .kv_heads = 2,
               .head_dimension = 64,
               .ffn = 512,
               .vocabulary = 1000,
               .moe = {},
               .mla = {}};
  out.context_tokens = 1000;
  out.batch = 2;
  out.steps = 3;
  return out;
}

inline std::vector<Bfloat16> keys_of(const SyntheticContent& content, const HeadIndex& head,
                                     std::uint32_t first, std::uint32_t count) {
  std::vector<Bfloat16> out(std::size_t{count} * content.model().head_dimension);
  content.keys(head, first, out);
  return out;
}

inline std::vector<Bfloat16> values_of(const SyntheticContent& content, const HeadIndex& head,
                                       std::uint32_t first, std::uint32_t count) {
  std::vector<Bfloat16> out(std::size_t{count} * content.model().head_dimension);
  content.values(head, first, out);
  return out;
}

inline std::vector<Bfloat16> queries_of(const SyntheticContent& content, const HeadIndex& head,
                                        std::uint32_t step) {
  std::vector<Bfloat16> out(std::size_t{content.model().group_size()} * content.model().head_dimension);
  content.queries(head, step, out);
  return out;
}

}  // namespace prism::workload
