// SPDX-License-Identifier: Apache-2.0
// Counting semaphores that order the work of the engines without the CPU.
#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "models/common/register_target.h"
#include "models/common/semaphore_if.h"
#include "models/common/statistics.h"
#include "models/semaphores/semaphore_config.h"

namespace prism::semaphores {

/// Registers as in prism/hw/semaphores.h. Engines reach the counts through `wires`, in no time: the latency
/// of on-chip wires is not modelled. A waiter is not served in order: whoever tries first takes.
class SemaphoreBank : public sc_core::sc_module, public SemaphoreIf {
 public:
  RegisterTarget registers;
  sc_core::sc_export<SemaphoreIf> wires;

  SemaphoreBank(sc_core::sc_module_name name, const SemaphoreConfig& config);

  std::uint32_t semaphores() const override { return static_cast<std::uint32_t>(values_.size()); }
  bool take(std::uint32_t index, std::uint32_t amount) override;
  void add(std::uint32_t index, std::uint32_t amount) override;
  const sc_core::sc_event& raised(std::uint32_t index) const override { return raised_[index]; }

  /// Adds signals, takes, overflows.
  void report(ModuleStatistics& out) const;

 private:
  RegisterBank bank_;
  std::vector<Register*> values_;
  std::vector<sc_core::sc_event> raised_;
  std::uint64_t signals_ = 0;
  std::uint64_t takes_ = 0;
  std::uint64_t overflows_ = 0;
};

}  // namespace prism::semaphores
