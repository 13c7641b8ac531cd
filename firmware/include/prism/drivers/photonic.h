/* SPDX-License-Identifier: Apache-2.0 */
/* Photonic ranking core. One bank: load it, put the query sketch at prism_photonic_query_address(), rank. */
#ifndef PRISM_DRIVERS_PHOTONIC_H
#define PRISM_DRIVERS_PHOTONIC_H

#include <stdint.h>

#include "prism/drivers/interrupts.h"
#include "prism/hal.h"
#include "prism/hw/photonic.h"
#include "prism/status.h"

struct prism_photonic {
  struct hal* hal;
  uint64_t base;
  struct prism_interrupts* interrupts;
  uint64_t timeout_ns;
  uint32_t wavelengths; /* signature dimension */
  uint32_t max_blocks;
  uint32_t events; /* PHOTONIC_IRQ_* */
  uint32_t error;  /* PHOTONIC_ERROR_* of the last failed command */
};

/* Checks the identity, resets the core, attaches interrupt `source`. `timeout_ns` holds for every wait. */
enum prism_status prism_photonic_init(struct prism_photonic* photonic, struct hal* hal, uint64_t base,
                                      struct prism_interrupts* interrupts, uint32_t source,
                                      uint64_t timeout_ns);

/* Starts to load `count` signatures at `address`; `context` tags what is loaded. Returns at once. */
enum prism_status prism_photonic_start_load(struct prism_photonic* photonic, uint32_t context,
                                            uint64_t address, uint32_t count);
enum prism_status prism_photonic_wait_load(struct prism_photonic* photonic);

/* Ranks the loaded blocks against the query; the indices of the best `k` are at `result_address` on return.
 */
enum prism_status prism_photonic_rank(struct prism_photonic* photonic, uint32_t k, uint64_t result_address);

/* Where the query sketch goes: PHOTONIC_WAVELENGTHS bf16 values. */
uint64_t prism_photonic_query_address(const struct prism_photonic* photonic);

#endif
