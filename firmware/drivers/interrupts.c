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

/* Runs every handler; returns how many devices had something to tell of which no interrupt had told. */
static uint32_t poll(struct prism_interrupts* interrupts) {
  uint32_t found = 0;
  for (uint32_t source = 0; source < PRISM_INTERRUPT_SOURCES; ++source) {
    const struct prism_interrupt_slot* slot = &interrupts->slots[source];
    if (slot->handler != NULL && slot->handler(slot->device)) ++found;
  }
  /* What the PLIC has after all came while the handlers ran. */
  const uint32_t claims = found > 0 ? dispatch(interrupts) : 0;
  interrupts->lost += found > claims ? found - claims : 0;
  return found;
}

/* When to wake up without an interrupt. */
static uint64_t next_look(const struct prism_interrupts* interrupts, uint64_t deadline_ns) {
  const uint64_t poll_ns = interrupts->poll_ns;
  const uint64_t now = hal_time_ns(interrupts->hal);
  return poll_ns != 0 && now < deadline_ns && poll_ns < deadline_ns - now ? now + poll_ns : deadline_ns;
}

enum prism_status prism_interrupts_wait(struct prism_interrupts* interrupts, uint64_t deadline_ns) {
  struct hal* hal = interrupts->hal;
  const uint64_t started = hal_time_ns(hal);
  uint64_t look = next_look(interrupts, deadline_ns);
  uint32_t claims = 0;
  while (claims == 0) {
    if (hal_time_ns(hal) >= look) {
      const uint32_t lost = interrupts->lost;
      const uint32_t found = interrupts->poll_ns != 0 ? poll(interrupts) : 0;
      PRISM_TRY(prism_check_fault(hal));
      if (interrupts->lost != lost) interrupts->lost_ns += hal_time_ns(hal) - started;
      if (found > 0) return PRISM_STATUS_OK;
      if (hal_time_ns(hal) >= deadline_ns) return PRISM_STATUS_TIMEOUT;
      look = next_look(interrupts, deadline_ns);
    }
    hal_wait_for_interrupt(hal, look);
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
