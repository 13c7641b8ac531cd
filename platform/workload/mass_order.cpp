// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/mass_order.h"

#include "models/common/random.h"
#include "platform/workload/reference_attention.h"

namespace prism::workload {

std::vector<std::uint32_t> MassOrder::best(std::uint64_t head, std::uint32_t step, std::uint32_t first,
                                           std::uint32_t count, std::uint32_t k) const {
  const HeadIndex index = layout_.head_at(head);
  if (index.sequence >= workload_.batch || step >= workload_.steps || k > count) return {};
  const std::uint32_t tokens = workload_.context_of(index.sequence) + step + 1;
  if (std::uint64_t{first} + count > tokens / layout_.block_tokens()) return {};
  if (sample_.contains(index)) {
    ReferenceAttention reference(content_, layout_.block_tokens());
    reference.compute_mass(index, step, tokens);
    return best_blocks(std::span(reference.block_mass()).subspan(first), count, k);
  }
  constexpr std::uint32_t kDomain = 0x574C0200u;
  const CounterRandom random(seed_, kDomain);
  std::vector<double> order(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    order[i] = random.words(first + i, static_cast<std::uint32_t>(head), step)[0];
  }
  return best_blocks(order, count, k);
}

}  // namespace prism::workload
