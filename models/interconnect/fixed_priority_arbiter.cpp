// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/fixed_priority_arbiter.h"

#include <algorithm>

namespace prism::interconnect {

std::size_t FixedPriorityArbiter::pick(std::span<const Contender> waiting) {
  const auto winner =
      std::max_element(waiting.begin(), waiting.end(),
                       [](const Contender& a, const Contender& b) { return a.priority < b.priority; });
  return static_cast<std::size_t>(winner - waiting.begin());
}

}  // namespace prism::interconnect
