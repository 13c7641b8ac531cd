/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/rv64/traps.h"

#include <stddef.h>
#include <stdio.h>

#include "prism/rv64/csr.h"

extern const char __hal_access_start[];
extern const char __hal_access_end[];
void _exit(int code) __attribute__((noreturn));
uint64_t rv64_handle_trap(uint64_t cause, uint64_t epc, uint64_t value);

/* The hart's only trap state. */
static struct {
  int pending;
  uint64_t address;
} fault;
static rv64_interrupt_handler handlers[16];

void rv64_set_interrupt_handler(uint64_t cause, rv64_interrupt_handler handler) {
  handlers[cause % 16u] = handler;
}

int rv64_take_fault(uint64_t* address) {
  const int pending = fault.pending;
  if (pending) *address = fault.address;
  fault.pending = 0;
  return pending;
}

static int is_hal_access(uint64_t epc) {
  return epc >= (uint64_t)__hal_access_start && epc < (uint64_t)__hal_access_end;
}

static uint64_t next_instruction(uint64_t epc) {
  return epc + ((*(const uint16_t*)epc & 3u) == 3u ? 4u : 2u);
}

uint64_t rv64_handle_trap(uint64_t cause, uint64_t epc, uint64_t value) {
  if ((cause & RV64_CAUSE_INTERRUPT) != 0) {
    const rv64_interrupt_handler handler = handlers[cause % 16u];
    if (handler != NULL) {
      handler();
      return epc;
    }
  } else if ((cause == RV64_CAUSE_LOAD_FAULT || cause == RV64_CAUSE_STORE_FAULT) && is_hal_access(epc)) {
    if (!fault.pending) fault.address = value;
    fault.pending = 1;
    return next_instruction(epc);
  }
  printf("trap: cause %#lx at %#lx, value %#lx\n", (unsigned long)cause, (unsigned long)epc,
         (unsigned long)value);
  _exit(RV64_EXIT_TRAP);
}
