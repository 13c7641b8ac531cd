// SPDX-License-Identifier: Apache-2.0
// An engine's use of the semaphore bank, by the operands of its commands (prism/hw/semaphores.h).
#pragma once

#include <cstdint>
#include <functional>
#include <systemc>

#include "models/common/semaphore_if.h"

namespace prism {

/// Operand 0 names no semaphore: it is always known, taken at once, and signals nothing.
class SemaphoreClient {
 public:
  using Port = sc_core::sc_port<SemaphoreIf, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

  explicit SemaphoreClient(Port& port) : port_(port) {}

  bool knows(std::uint32_t operand) const;
  /// Waits for the amount and takes it. False, with nothing taken, when `cancelled` has become true, which
  /// `cancel` announces. The operand must be known. Call from an SC_THREAD.
  bool take(std::uint32_t operand, const sc_core::sc_event& cancel, const std::function<bool()>& cancelled);
  void signal(std::uint32_t operand);

 private:
  Port& port_;
};

}  // namespace prism
