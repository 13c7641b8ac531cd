// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/uart_core.h"

#include <utility>

#include "prism/hw/uart.h"

namespace prism::cpu {

UartCore::UartCore(RegisterBank& bank, Sink sink, std::function<void()> on_change)
    : sink_(std::move(sink)), on_change_(std::move(on_change)) {
  const auto add = [&bank](const char* name, std::uint64_t offset, std::uint64_t reset,
                           const char* description) -> Register& {
    return bank.add({name, offset, 1, RegisterAccess::kReadWrite, reset, description});
  };
  add("data", UART_DATA, 0, "receive buffer, transmit holding; with DLAB the divisor's low byte")
      .on_read([this] { return read_data(); })
      .after_read([this] { pop_received(); })
      .on_write([this](std::uint64_t value) { write_data(static_cast<std::uint8_t>(value)); });
  add("ier", UART_IER, 0, "interrupt enable; with DLAB the divisor's high byte")
      .on_read([this] { return has_divisor_access() ? divisor_ >> 8 : interrupt_enable_; })
      .on_write([this](std::uint64_t value) { write_interrupt_enable(static_cast<std::uint8_t>(value)); });
  add("iir", UART_IIR, UART_IIR_NONE, "read: interrupt identification; write: FIFO control")
      .on_read([this] { return read_identification(); })
      .after_read([this] { acknowledge_identified(); })
      .on_write([this](std::uint64_t value) { write_fifo_control(static_cast<std::uint8_t>(value)); });
  line_control_ = &add("lcr", UART_LCR, 0, "line control; bit 7: DLAB");
  add("mcr", UART_MCR, 0, "modem control");
  // Writes to the status registers are for factory tests: ignored.
  add("lsr", UART_LSR, 0, "line status").on_read([this] { return read_line_status(); });
  add("msr", UART_MSR, 0, "modem status").on_read([] { return UART_MSR_READY; });
  add("scratch", UART_SCRATCH, 0, "for software");
}

bool UartCore::has_divisor_access() const {
  return (line_control_->value() & UART_LCR_DLAB) != 0;
}

std::uint8_t UartCore::read_data() const {
  if (has_divisor_access()) return static_cast<std::uint8_t>(divisor_);
  return received_.empty() ? 0 : static_cast<std::uint8_t>(received_.front());
}

void UartCore::pop_received() {
  if (has_divisor_access() || received_.empty()) return;
  received_.pop_front();
  on_change_();
}

void UartCore::write_data(std::uint8_t value) {
  if (has_divisor_access()) {
    divisor_ = static_cast<std::uint16_t>((divisor_ & 0xFF00u) | value);
    return;
  }
  sink_(static_cast<char>(value));
  transmit_empty_ = true;
  on_change_();
}

void UartCore::write_interrupt_enable(std::uint8_t value) {
  if (has_divisor_access()) {
    divisor_ = static_cast<std::uint16_t>((divisor_ & 0x00FFu) | (value << 8));
    return;
  }
  // Enabling the transmit interrupt with an empty holding register raises it.
  const auto enabled = static_cast<std::uint8_t>(value & ~interrupt_enable_);
  if ((enabled & UART_IER_TRANSMIT_EMPTY) != 0) transmit_empty_ = true;
  interrupt_enable_ = value & 0x0Fu;
  on_change_();
}

void UartCore::write_fifo_control(std::uint8_t value) {
  fifos_enabled_ = (value & UART_FCR_ENABLE) != 0;
  if ((value & UART_FCR_CLEAR_RECEIVE) != 0) received_.clear();
  on_change_();
}

std::uint8_t UartCore::pending() const {
  const unsigned causes =
      (received_.empty() ? 0u : UART_IER_RECEIVED) | (transmit_empty_ ? UART_IER_TRANSMIT_EMPTY : 0u);
  return static_cast<std::uint8_t>(causes & interrupt_enable_);
}

std::uint8_t UartCore::read_identification() const {
  const unsigned fifos = fifos_enabled_ ? UART_IIR_FIFOS : 0u;
  if ((pending() & UART_IER_RECEIVED) != 0) return static_cast<std::uint8_t>(UART_IIR_RECEIVED | fifos);
  if (pending() != 0) return static_cast<std::uint8_t>(UART_IIR_TRANSMIT_EMPTY | fifos);
  return static_cast<std::uint8_t>(UART_IIR_NONE | fifos);
}

void UartCore::acknowledge_identified() {
  // Reading the identification clears the transmit cause if it is the one that was identified.
  if (pending() != UART_IER_TRANSMIT_EMPTY) return;
  transmit_empty_ = false;
  on_change_();
}

std::uint8_t UartCore::read_line_status() const {
  const unsigned ready = received_.empty() ? 0u : UART_LSR_DATA_READY;
  return static_cast<std::uint8_t>(UART_LSR_TRANSMIT_EMPTY | UART_LSR_TRANSMIT_IDLE | ready);
}

void UartCore::receive(char character) {
  received_.push_back(character);
  on_change_();
}

}  // namespace prism::cpu
