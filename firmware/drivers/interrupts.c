/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/interrupts.h"

#include "prism/drivers/common.h"

#define PRIORITY 1u
#define POLL_NS 1000u

enum prism_status prism_interrupts_init(struct prism_interrupts* interrupts, struct hal* hal,
                                        uint64_t plic_base) {
  *interrupts = (struct prism_interrupts){.hal = hal};
  return prism_plic_init(&interrupts->plic, hal, plic_base);
}

enum prism_status prism_interrupts_attach(struct prism_interrupts* interrupts, uint32_t source,
                                          prism_interrupt_handler handler, void* device) {
  if (source == 0 || source >= PRISM_INTERRUPT_SOURCES) return PRISM_STATUS_ARGUMENT;
  interrupts->slots[source] = (struct prism_interrupt_slot){handler, device};
  return prism_plic_enable(&interrupts->plic, source, PRIORITY);
}

/* Serves what is pending; returns the number of claims. Bounded, so that a line that never falls cannot keep
 * the CPU from noticing its deadline. */
static uint32_t dispatch(struct prism_interrupts* interrupts) {
  uint32_t claims = 0;
  while (claims < PRISM_INTERRUPT_SOURCES) {
    const uint32_t source = prism_plic_claim(&interrupts->plic);
    if (source == 0) break;
    if (source < PRISM_INTERRUPT_SOURCES && interrupts->slots[source].handler != NULL) {
      interrupts->slots[source].handler(interrupts->slots[source].device);
    }
    prism_plic_complete(&interrupts->plic, source);
    ++claims;
  }
  return claims;
}

enum prism_status prism_interrupts_wait(struct prism_interrupts* interrupts, uint64_t deadline_ns) {
  struct hal* hal = interrupts->hal;
  uint32_t claims = 0;
  while (claims == 0) {
    if (hal_time_ns(hal) >= deadline_ns) return PRISM_STATUS_TIMEOUT;
    hal_wait_for_interrupt(hal, deadline_ns);
    claims = dispatch(interrupts);
    PRISM_TRY(prism_check_fault(hal));
  }
  return PRISM_STATUS_OK;
}

enum prism_status prism_interrupts_poll(struct prism_interrupts* interrupts, uint64_t deadline_ns) {
  struct hal* hal = interrupts->hal;
  const uint64_t now = hal_time_ns(hal);
  if (now >= deadline_ns) return PRISM_STATUS_TIMEOUT;
  hal_wait_for_interrupt(hal, now + POLL_NS);
  (void)dispatch(interrupts);
  return prism_check_fault(hal);
}
