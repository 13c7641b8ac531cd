// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/interconnect/arbiter.h"

namespace prism::interconnect {

/// First come, first served.
class FifoArbiter : public Arbiter {
 public:
  std::size_t pick(std::span<const Contender> waiting) override;
};

}  // namespace prism::interconnect
