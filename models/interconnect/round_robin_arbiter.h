// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/interconnect/arbiter.h"

namespace prism::interconnect {

/// The next initiator, in port order, after the one served last.
class RoundRobinArbiter : public Arbiter {
 public:
  std::size_t pick(std::span<const Contender> waiting) override;

 private:
  std::uint32_t next_ = 0;  // the initiator whose turn it is
};

}  // namespace prism::interconnect
