/* SPDX-License-Identifier: Apache-2.0 */
/* Console output by polling. */
#ifndef PRISM_DRIVERS_UART_H
#define PRISM_DRIVERS_UART_H

#include <stdint.h>

#include "prism/hal.h"
#include "prism/status.h"

struct prism_uart {
  struct hal* hal;
  uint64_t base;
  uint64_t timeout_ns; /* for each character */
};

/* Eight data bits, no interrupts, FIFOs on. */
enum prism_status prism_uart_init(struct prism_uart* uart, struct hal* hal, uint64_t base,
                                  uint64_t timeout_ns);

enum prism_status prism_uart_write(struct prism_uart* uart, const char* text);

#endif
