// SPDX-License-Identifier: Apache-2.0
// Prints a line that is typed, in capitals. The test finisher gets 1 when nothing is typed for long.
#include <stdint.h>

#include "prism/hw/clint.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/uart.h"

static volatile uint8_t* const uart = (volatile uint8_t*)PRISM_UART_BASE;
static volatile uint64_t* const mtime = (volatile uint64_t*)(PRISM_CLINT_BASE + CLINT_MTIME);

int main(void) {
  const uint64_t kTicks = 100000000;  // 10 s
  char character = 0;
  while (character != '\n') {
    while ((uart[UART_LSR] & UART_LSR_DATA_READY) == 0) {
      if (*mtime > kTicks) return 1;
    }
    character = (char)uart[UART_DATA];
    uart[UART_DATA] = (uint8_t)(character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character);
  }
  return 0;
}
