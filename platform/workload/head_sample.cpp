// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/head_sample.h"

#include <algorithm>

namespace prism::workload {

HeadSample::HeadSample(const WorkloadConfig& workload) : model_(workload.model) {
  const std::uint32_t all = workload.batch * model_.pairs();
  size_ = workload.functional_heads == 0 ? all : std::min(workload.functional_heads, all);
  wanted_.assign(all, 0);
  for (std::uint32_t i = 0; i < size_; ++i) {
    // Evenly spaced, with the KV heads turned by the golden ratio from layer to layer: a spacing of whole
    // layers would always meet the same head otherwise.
    const auto number = static_cast<std::uint32_t>(std::uint64_t{i} * all / size_);
    const std::uint32_t layer = number / model_.kv_heads;
    const std::uint32_t fraction = layer * 0x9E3779B9u;  // of a turn; whole turns overflow away
    const auto turn = static_cast<std::uint32_t>((std::uint64_t{fraction} * model_.kv_heads) >> 32);
    const std::uint32_t head = (number + turn) % model_.kv_heads;
    wanted_[layer * model_.kv_heads + head] = 1;
  }
}

bool HeadSample::contains(const HeadIndex& head) const {
  const std::uint64_t layer = std::uint64_t{head.sequence} * model_.layers + head.layer;
  const std::uint64_t number = layer * model_.kv_heads + head.head;
  return head.layer < model_.layers && head.head < model_.kv_heads && number < wanted_.size() &&
         wanted_[number] != 0;
}

}  // namespace prism::workload
