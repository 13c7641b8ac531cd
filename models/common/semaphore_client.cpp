// SPDX-License-Identifier: Apache-2.0
#include "models/common/semaphore_client.h"

#include "prism/hw/semaphores.h"

namespace prism {

bool SemaphoreClient::knows(std::uint32_t operand) const {
  if (operand == 0) return true;
  return port_.size() > 0 && SEMAPHORES_OPERAND_INDEX(operand) < port_->semaphores();
}

bool SemaphoreClient::take(std::uint32_t operand, const sc_core::sc_event& cancel,
                           const std::function<bool()>& cancelled) {
  if (operand == 0) return true;
  const std::uint32_t index = SEMAPHORES_OPERAND_INDEX(operand);
  while (!port_->take(index, SEMAPHORES_OPERAND_AMOUNT(operand))) {
    sc_core::wait(port_->raised(index) | cancel);
    if (cancelled()) return false;
  }
  return true;
}

void SemaphoreClient::signal(std::uint32_t operand) {
  if (operand != 0) port_->add(SEMAPHORES_OPERAND_INDEX(operand), SEMAPHORES_OPERAND_AMOUNT(operand));
}

}  // namespace prism
