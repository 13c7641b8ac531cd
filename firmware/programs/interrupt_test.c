/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of interrupt, taken and counted: software and timer by the CLINT, external by the UART and the
 * PLIC, and bus errors. Prints no times, so that the output is the same on every machine; runs unchanged on
 * QEMU's virt machine. */
#include <stdint.h>
#include <stdio.h>

#include "prism/drivers/plic.h"
#include "prism/hal.h"
#include "prism/hw/clint.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/uart.h"
#include "prism/rv64/csr.h"
#include "prism/rv64/traps.h"

#define TIMER_TICKS 1000u
#define UNMAPPED 0x00080000u /* nothing is there, on QEMU neither */

static volatile uint32_t software, timer, external, source;
static struct prism_plic plic;

static void on_software(void) {
  hal_write32(NULL, PRISM_CLINT_BASE + CLINT_MSIP(0), 0);
  ++software;
}

static void on_timer(void) {
  hal_write64(NULL, PRISM_CLINT_BASE + CLINT_MTIMECMP(0), UINT64_MAX);
  ++timer;
}

static void on_external(void) {
  source = prism_plic_claim(&plic);
  hal_write8(NULL, PRISM_UART_BASE + UART_IER, 0);
  prism_plic_complete(&plic, source);
  ++external;
}

static void sleep_until(const volatile uint32_t* count) {
  while (*count == 0) {
    /* Off, so that an interrupt between the test and wfi is not slept through. */
    rv64_clear_csr(mstatus, RV64_MSTATUS_MIE);
    if (*count == 0) __asm__ volatile("wfi");
    rv64_set_csr(mstatus, RV64_MSTATUS_MIE);
  }
}

int main(void) {
  rv64_set_interrupt_handler(RV64_CAUSE_SOFTWARE, on_software);
  rv64_set_interrupt_handler(RV64_CAUSE_TIMER, on_timer);
  rv64_set_interrupt_handler(RV64_CAUSE_EXTERNAL, on_external);
  prism_plic_init(&plic, NULL, PRISM_PLIC_BASE);
  prism_plic_enable(&plic, PRISM_IRQ_UART, 1);
  hal_write64(NULL, PRISM_CLINT_BASE + CLINT_MTIMECMP(0), UINT64_MAX);
  rv64_set_csr(mie, RV64_MIE_SOFTWARE | RV64_MIE_TIMER | RV64_MIE_EXTERNAL);
  rv64_set_csr(mstatus, RV64_MSTATUS_MIE);

  hal_write32(NULL, PRISM_CLINT_BASE + CLINT_MSIP(0), 1);
  sleep_until(&software);
  printf("software interrupts: %u\n", (unsigned)software);

  const uint64_t now = hal_read64(NULL, PRISM_CLINT_BASE + CLINT_MTIME);
  hal_write64(NULL, PRISM_CLINT_BASE + CLINT_MTIMECMP(0), now + TIMER_TICKS);
  sleep_until(&timer);
  const uint64_t after = hal_read64(NULL, PRISM_CLINT_BASE + CLINT_MTIME);
  printf("timer interrupts: %u, not early: %d\n", (unsigned)timer, after >= now + TIMER_TICKS);

  hal_write8(NULL, PRISM_UART_BASE + UART_IER, UART_IER_TRANSMIT_EMPTY);
  sleep_until(&external);
  printf("external interrupts: %u, source %u\n", (unsigned)external, (unsigned)source);

  uint64_t address = 0;
  const uint32_t nothing = hal_read32(NULL, UNMAPPED);
  const int fault = hal_take_fault(NULL, &address);
  printf("bus error: %d at %#lx, read %u, again %d\n", fault, (unsigned long)address, (unsigned)nothing,
         hal_take_fault(NULL, &address));
  return software == 1 && timer == 1 && external == 1 && source == PRISM_IRQ_UART && fault ? 0 : 1;
}
