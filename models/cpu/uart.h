// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <systemc>

#include "models/common/register_bank.h"
#include "models/common/register_target.h"
#include "models/cpu/cpu_config.h"
#include "models/cpu/uart_core.h"

namespace prism::cpu {

/// The console's ports; UartCore is the device.
class Uart : public sc_core::sc_module {
 public:
  RegisterTarget registers;
  sc_core::sc_out<bool> irq;

  /// `sink` gets each character that the guest prints.
  Uart(sc_core::sc_module_name name, const UartConfig& config, UartCore::Sink sink);

  /// Input for the guest, received at once.
  void receive(std::string_view text);

 private:
  void drive();  // process

  RegisterBank bank_;
  UartCore core_;
  sc_core::sc_event changed_;
};

}  // namespace prism::cpu
