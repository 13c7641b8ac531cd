// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "models/common/register_bank.h"
#include "models/common/register_target.h"
#include "models/cpu/clint_core.h"
#include "models/cpu/cpu_config.h"

namespace prism::cpu {

/// The timer's ports; ClintCore decides. Registers see the kernel's time, without the access's own delay.
class Clint : public sc_core::sc_module {
 public:
  RegisterTarget registers;
  sc_core::sc_vector<sc_core::sc_out<bool>> timer_interrupts;     // by hart
  sc_core::sc_vector<sc_core::sc_out<bool>> software_interrupts;  // by hart

  Clint(sc_core::sc_module_name name, const ClintConfig& config);

  std::uint64_t mtime() const { return core_.mtime(); }

 private:
  void drive();  // process

  RegisterBank bank_;
  ClintCore core_;
  sc_core::sc_event changed_;
};

}  // namespace prism::cpu
