/* SPDX-License-Identifier: Apache-2.0 */
/* Compute engine: a queue of commands, executed in order. Every command interrupts when it has finished. */
#ifndef PRISM_DRIVERS_COMPUTE_H
#define PRISM_DRIVERS_COMPUTE_H

#include <stdint.h>

#include "prism/drivers/interrupts.h"
#include "prism/hal.h"
#include "prism/hw/compute.h"
#include "prism/status.h"

/* The argument registers (prism/hw/compute.h); fields that an operation does not use are 0. */
struct prism_compute_command {
  uint32_t opcode;
  uint32_t flags; /* COMPUTE_FLAG_FIRST, COMPUTE_FLAG_LAST */
  uint64_t source;
  uint64_t query;
  uint64_t destination;
  uint64_t bytes;
  uint32_t count;
  uint32_t dimension;
  uint32_t heads;
  uint32_t output_dimension;
  uint32_t block_tokens;
  uint32_t layer;
  uint32_t step;
  uint32_t purpose;
};

struct prism_compute {
  struct hal* hal;
  uint64_t base;
  struct prism_interrupts* interrupts;
  uint32_t queue_depth;
  uint64_t timeout_ns;
  uint32_t events; /* COMPUTE_IRQ_* */
  uint32_t submitted;
  uint32_t completed;
  uint32_t error;                       /* COMPUTE_ERROR_* of the first failed command */
  uint32_t error_command;               /* its ticket */
  struct prism_compute_command written; /* what the argument registers hold */
};

/* Checks the identity, resets the engine, attaches interrupt `source`. `timeout_ns` holds for every wait. */
enum prism_status prism_compute_init(struct prism_compute* compute, struct hal* hal, uint64_t base,
                                     struct prism_interrupts* interrupts, uint32_t source,
                                     uint64_t timeout_ns);

/* Queues a command, waiting for room. Only arguments that differ from the last command's are written. */
enum prism_status prism_compute_submit(struct prism_compute* compute,
                                       const struct prism_compute_command* command, uint32_t* ticket);

/* Until the ticket's command, and so every one before it, has finished. COMPUTE_ERROR when any command
 * failed. */
enum prism_status prism_compute_wait(struct prism_compute* compute, uint32_t ticket);

/* Abandons every command and clears the error. Tickets start again. */
enum prism_status prism_compute_reset(struct prism_compute* compute);

#endif
