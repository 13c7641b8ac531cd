/* SPDX-License-Identifier: Apache-2.0 */
/* printf() on the UART of the virt machine: the streams that picolibc expects. */
#include <stdio.h>

#include "prism/hal.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/uart.h"

static int put(char character, FILE* file) {
  (void)file;
  while ((hal_read8(NULL, PRISM_UART_BASE + UART_LSR) & UART_LSR_TRANSMIT_EMPTY) == 0) {
  }
  hal_write8(NULL, PRISM_UART_BASE + UART_DATA, (uint8_t)character);
  return (unsigned char)character;
}

static int get(FILE* file) {
  (void)file;
  while ((hal_read8(NULL, PRISM_UART_BASE + UART_LSR) & UART_LSR_DATA_READY) == 0) {
  }
  return hal_read8(NULL, PRISM_UART_BASE + UART_DATA);
}

static FILE console = FDEV_SETUP_STREAM(put, get, NULL, _FDEV_SETUP_RW);
FILE* const stdin = &console;
FILE* const stdout = &console;
FILE* const stderr = &console;
