// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/fifo_arbiter.h"

namespace prism::interconnect {

std::size_t FifoArbiter::pick(std::span<const Contender> /*waiting*/) {
  return 0;
}

}  // namespace prism::interconnect
