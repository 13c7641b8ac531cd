/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt dispatcher: claims sources from the PLIC and calls their handlers. A handler clears the
 * device's status and notes what happened in its driver's event flags; a driver that waits looks at its flags
 * and sleeps here. Runs in the caller: interrupts wake the CPU, they do not preempt it. An interrupt that
 * never comes is noticed by polling: every `poll_ns` of a wait, all handlers run. */
#ifndef PRISM_DRIVERS_INTERRUPTS_H
#define PRISM_DRIVERS_INTERRUPTS_H

#include <stdint.h>

#include "prism/drivers/plic.h"
#include "prism/hal.h"
#include "prism/status.h"

#define PRISM_INTERRUPT_SOURCES 32u /* sources that may have a handler */

/* Returns whether the device had anything to tell. */
typedef int (*prism_interrupt_handler)(void* device);

struct prism_interrupt_slot {
  prism_interrupt_handler handler;
  void* device;
};

struct prism_interrupts {
  struct hal* hal;
  struct prism_plic plic;
  struct prism_interrupt_slot slots[PRISM_INTERRUPT_SOURCES];
  uint64_t poll_ns; /* 0, as initialised: never */
  uint32_t lost;    /* interrupts found by polling */
  uint64_t lost_ns; /* slept before they were */
};

enum prism_status prism_interrupts_init(struct prism_interrupts* interrupts, struct hal* hal,
                                        uint64_t plic_base);

/* Enables `source`; `handler(device)` runs for each of its interrupts. */
enum prism_status prism_interrupts_attach(struct prism_interrupts* interrupts, uint32_t source,
                                          prism_interrupt_handler handler, void* device);

/* Sleeps until at least one handler has run; TIMEOUT when none has by `deadline_ns`. */
enum prism_status prism_interrupts_wait(struct prism_interrupts* interrupts, uint64_t deadline_ns);

/* Sleeps for a moment, or until an interrupt, which is served; TIMEOUT from `deadline_ns` on. For those who
 * poll a device that interrupts for errors alone. */
enum prism_status prism_interrupts_poll(struct prism_interrupts* interrupts, uint64_t deadline_ns);

#endif
