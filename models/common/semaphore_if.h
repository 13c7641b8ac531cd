// SPDX-License-Identifier: Apache-2.0
// The wires between the engines and the semaphore bank.
#pragma once

#include <cstdint>
#include <systemc>

namespace prism {

/// Counting semaphores by index. An engine that finds too low a count waits for raised() and tries again.
class SemaphoreIf : public virtual sc_core::sc_interface {
 public:
  virtual std::uint32_t semaphores() const = 0;
  /// Subtracts `amount` and returns true when the count is at least that.
  virtual bool take(std::uint32_t index, std::uint32_t amount) = 0;
  /// The count stays at its highest value rather than wrap.
  virtual void add(std::uint32_t index, std::uint32_t amount) = 0;
  /// Notified, in the next delta cycle, when the count has grown.
  virtual const sc_core::sc_event& raised(std::uint32_t index) const = 0;
};

}  // namespace prism
