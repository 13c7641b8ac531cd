// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/uart.h"

#include <utility>

#include "prism/hw/memory_map.h"

namespace prism::cpu {

Uart::Uart(sc_core::sc_module_name name, const UartConfig& config, UartCore::Sink sink)
    : sc_core::sc_module(name),
      registers("registers", bank_, config.access_ps),
      irq("irq"),
      bank_(this->name(), PRISM_UART_BYTES, 1),
      core_(bank_, std::move(sink), [this] { changed_.notify(sc_core::SC_ZERO_TIME); }) {
  SC_HAS_PROCESS(Uart);
  SC_METHOD(drive);
  sensitive << changed_;
}

void Uart::receive(std::string_view text) {
  for (const char character : text) core_.receive(character);
}

void Uart::drive() {
  irq.write(core_.interrupt());
}

}  // namespace prism::cpu
