// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/interconnect/arbiter.h"

namespace prism::interconnect {

/// The highest priority wins, and may starve the others; the longest waiting of equals goes first.
class FixedPriorityArbiter : public Arbiter {
 public:
  std::size_t pick(std::span<const Contender> waiting) override;
};

}  // namespace prism::interconnect
