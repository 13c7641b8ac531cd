/* SPDX-License-Identifier: Apache-2.0 */
/* Compute engine: a queue of commands (struct prism_compute_command), executed in order. They go there one by
 * one through the argument registers, each interrupting when it has finished; or in batches through a ring in
 * RAM, interrupting where asked. Whoever uses both waits for the one before going on with the other. */
#ifndef PRISM_DRIVERS_COMPUTE_H
#define PRISM_DRIVERS_COMPUTE_H

#include <stdint.h>

#include "prism/drivers/heap.h"
#include "prism/drivers/interrupts.h"
#include "prism/hal.h"
#include "prism/hw/compute.h"
#include "prism/status.h"

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
  uint64_t ring;
  uint32_t ring_capacity; /* entries; 0: no ring */
  uint32_t ring_entries;  /* of them in use */
  int has_laps;
  uint32_t producer; /* commands written to the ring */
};

/* Checks the identity, resets the engine, attaches interrupt `source`. `timeout_ns` holds for every wait. */
enum prism_status prism_compute_init(struct prism_compute* compute, struct hal* hal, uint64_t base,
                                     struct prism_interrupts* interrupts, uint32_t source,
                                     uint64_t timeout_ns);

/* Queues a command, waiting for room. Only arguments that differ from the last command's are written. */
enum prism_status prism_compute_submit(struct prism_compute* compute,
                                       const struct prism_compute_command* command, uint32_t* ticket);

/* Makes a ring of `entries` (a power of two, 2 to 4096) from the heap. */
enum prism_status prism_compute_open_ring(struct prism_compute* compute, struct prism_heap* heap,
                                          uint32_t entries);

/* Queues `count` commands as they are with one doorbell, polling for room in the ring. `ticket`: of the last.
 */
enum prism_status prism_compute_queue(struct prism_compute* compute,
                                      const struct prism_compute_command* commands, uint32_t count,
                                      uint32_t* ticket);

/* Writes `count` commands (a power of two, at least 2) to the ring after a reset, and has them executed
 * `laps` times; lap_source and lap_layer say what changes from lap to lap. One interrupt for `coalesce`
 * commands that ask for it. Until the next reset, nothing else goes through the ring. `ticket`: of the last
 * command of the last lap. */
enum prism_status prism_compute_queue_laps(struct prism_compute* compute,
                                           const struct prism_compute_command* commands, uint32_t count,
                                           uint32_t laps, uint32_t coalesce, uint32_t* ticket);

/* Commands finished since the last reset, as the engine says, whether or not one has failed. */
uint32_t prism_compute_finished(struct prism_compute* compute);

/* Takes note, without waiting, of the commands finished so far; COMPUTE_ERROR when one has failed. */
enum prism_status prism_compute_check(struct prism_compute* compute);

/* Drops all commands and clears an error. Tickets start again; a ring stays. */
enum prism_status prism_compute_reset(struct prism_compute* compute);

/* Until the ticket's command, and so every one before it, has finished. COMPUTE_ERROR when any command
 * failed. */
enum prism_status prism_compute_wait(struct prism_compute* compute, uint32_t ticket);

#endif
