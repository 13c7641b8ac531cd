// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>
#include <vector>

#include "models/common/fault_trigger.h"
#include "models/common/register_bank.h"
#include "models/common/register_target.h"
#include "models/cpu/cpu_config.h"
#include "models/cpu/plic_core.h"

namespace prism::cpu {

/// The interrupt controller's ports; PlicCore decides. Interrupts pass in one delta cycle.
class Plic : public sc_core::sc_module {
 public:
  /// May be left unbound.
  using SourcePort = sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

  sc_core::sc_vector<SourcePort> sources;                         // by source id; [0] is never looked at
  sc_core::sc_vector<sc_core::sc_out<bool>> external_interrupts;  // by context

  RegisterTarget registers;

  Plic(sc_core::sc_module_name name, const PlicConfig& config);

  /// Fault injection: rising edges of the source are events; those hit are not seen.
  void lose_interrupts(std::uint32_t source, const FaultTrigger& trigger);
  /// Edges that were not seen.
  std::uint64_t lost_interrupts() const;

 private:
  void end_of_elaboration() override;
  void sample(std::uint32_t source);
  void drive();  // process

  struct Loss {
    std::uint32_t source;
    FaultTrigger trigger;
  };

  RegisterBank bank_;
  PlicCore core_;
  sc_core::sc_event changed_;
  std::vector<Loss> losses_;
};

}  // namespace prism::cpu
