// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>

#include "models/common/register_bank.h"

namespace prism::cpu {

/// A 16550A (prism/hw/uart.h). A transmitted character leaves at once. Not modelled: baud rate (the divisor
/// is only stored), overruns and line errors, interrupt trigger levels, modem lines (a terminal is always
/// connected). The receive queue has no end.
class UartCore {
 public:
  using Sink = std::function<void(char)>;

  /// Adds its registers to `bank`. `sink` gets each transmitted character; `on_change` runs when interrupt()
  /// may have changed.
  UartCore(RegisterBank& bank, Sink sink, std::function<void()> on_change);

  /// A character arrives on the line.
  void receive(char character);
  bool interrupt() const { return pending() != 0; }

 private:
  bool has_divisor_access() const;
  std::uint8_t read_data() const;
  std::uint8_t read_identification() const;
  std::uint8_t read_line_status() const;
  void write_data(std::uint8_t value);
  void write_interrupt_enable(std::uint8_t value);
  void write_fifo_control(std::uint8_t value);
  void pop_received();
  void acknowledge_identified();
  std::uint8_t pending() const;  // UART_IER_* of the causes that interrupt

  Sink sink_;
  std::function<void()> on_change_;
  Register* line_control_;
  std::deque<char> received_;
  std::uint8_t interrupt_enable_ = 0;
  std::uint16_t divisor_ = 0;
  bool fifos_enabled_ = false;
  bool transmit_empty_ = false;  // the interrupt's cause: the holding register became empty
};

}  // namespace prism::cpu
