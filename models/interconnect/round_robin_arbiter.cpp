// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/round_robin_arbiter.h"

#include <algorithm>

namespace prism::interconnect {

std::size_t RoundRobinArbiter::pick(std::span<const Contender> waiting) {
  // Unsigned distance from the turn wraps round, so initiators before it come last.
  const auto winner = std::min_element(waiting.begin(), waiting.end(),
                                       [next = next_](const Contender& a, const Contender& b) {
                                         return a.initiator - next < b.initiator - next;
                                       });
  next_ = winner->initiator + 1;
  return static_cast<std::size_t>(winner - waiting.begin());
}

}  // namespace prism::interconnect
