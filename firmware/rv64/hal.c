/* SPDX-License-Identifier: Apache-2.0 */
/* prism/hal.h on the RISC-V CPU; the accesses themselves are in access.S. `hal` is ignored. */
#include "prism/hal.h"

#include "prism/hw/clint.h"
#include "prism/hw/memory_map.h"
#include "prism/rv64/csr.h"
#include "prism/rv64/traps.h"

#define TICK_NS 100u /* of mtime, as on the virt machine */

int hal_take_fault(struct hal* hal, uint64_t* address) {
  (void)hal;
  return rv64_take_fault(address);
}

uint64_t hal_time_ns(struct hal* hal) {
  (void)hal;
  return rv64_read_csr(time) * TICK_NS;
}

void hal_wait_for_interrupt(struct hal* hal, uint64_t deadline_ns) {
  const uint64_t deadline = deadline_ns / TICK_NS + (deadline_ns % TICK_NS != 0);
  hal_write64(hal, PRISM_CLINT_BASE + CLINT_MTIMECMP(0), deadline);
  /* Interrupts stay off in mstatus: they end the sleep and are then served by polling the PLIC. */
  rv64_set_csr(mie, RV64_MIE_EXTERNAL | RV64_MIE_TIMER);
  __asm__ volatile("wfi" ::: "memory");
  rv64_clear_csr(mie, RV64_MIE_TIMER);
}

void hal_driver_call(struct hal* hal, const char* name) {
  (void)hal;
  (void)name;
}
