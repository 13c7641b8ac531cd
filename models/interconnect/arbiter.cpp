// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/arbiter.h"

#include <stdexcept>

#include "models/interconnect/fifo_arbiter.h"
#include "models/interconnect/fixed_priority_arbiter.h"
#include "models/interconnect/round_robin_arbiter.h"

namespace prism::interconnect {

std::unique_ptr<Arbiter> make_arbiter(Arbitration arbitration) {
  switch (arbitration) {
    case Arbitration::kRoundRobin:
      return std::make_unique<RoundRobinArbiter>();
    case Arbitration::kFixedPriority:
      return std::make_unique<FixedPriorityArbiter>();
    case Arbitration::kFifo:
      return std::make_unique<FifoArbiter>();
  }
  throw std::invalid_argument("bus: unknown arbitration");
}

}  // namespace prism::interconnect
