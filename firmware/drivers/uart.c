/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/uart.h"

#include "prism/drivers/common.h"
#include "prism/hw/uart.h"

#define LCR_EIGHT_BITS 0x03u

enum prism_status prism_uart_init(struct prism_uart* uart, struct hal* hal, uint64_t base,
                                  uint64_t timeout_ns) {
  *uart = (struct prism_uart){hal, base, timeout_ns};
  hal_write8(hal, base + UART_LCR, LCR_EIGHT_BITS);
  hal_write8(hal, base + UART_IER, 0);
  hal_write8(hal, base + UART_IIR, UART_FCR_ENABLE);
  return prism_check_fault(hal);
}

static enum prism_status put(struct prism_uart* uart, char character) {
  const uint64_t deadline = prism_deadline_after(uart->hal, uart->timeout_ns);
  while ((hal_read8(uart->hal, uart->base + UART_LSR) & UART_LSR_TRANSMIT_EMPTY) == 0) {
    PRISM_TRY(prism_check_fault(uart->hal));
    if (hal_time_ns(uart->hal) >= deadline) return PRISM_STATUS_TIMEOUT;
  }
  hal_write8(uart->hal, uart->base + UART_DATA, (uint8_t)character);
  return prism_check_fault(uart->hal);
}

enum prism_status prism_uart_write(struct prism_uart* uart, const char* text) {
  hal_driver_call(uart->hal, "uart_write");
  for (; *text != '\0'; ++text) PRISM_TRY(put(uart, *text));
  return PRISM_STATUS_OK;
}
