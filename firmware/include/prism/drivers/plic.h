/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupt controller, context 0 (machine mode of hart 0). */
#ifndef PRISM_DRIVERS_PLIC_H
#define PRISM_DRIVERS_PLIC_H

#include <stdint.h>

#include "prism/hal.h"
#include "prism/status.h"

struct prism_plic {
  struct hal* hal;
  uint64_t base;
};

/* Threshold 0: every enabled source with a priority interrupts. */
enum prism_status prism_plic_init(struct prism_plic* plic, struct hal* hal, uint64_t base);

enum prism_status prism_plic_enable(struct prism_plic* plic, uint32_t source, uint32_t priority);

/* The pending source of the highest priority, which is thereby claimed; 0 when there is none. */
uint32_t prism_plic_claim(struct prism_plic* plic);

/* Ends the service of a claimed source. */
void prism_plic_complete(struct prism_plic* plic, uint32_t source);

#endif
