/* SPDX-License-Identifier: Apache-2.0 */
/* Photonic ranking core. Load a bank, put the query sketch at prism_photonic_query_address(), rank. Calls
 * that are not said to return at once wait for the end of their command. A call fails with
 * PRISM_STATUS_PHOTONIC_ERROR when the core refuses or fails a command (`error` says why, and what was queued
 * behind it is dropped), and with PRISM_STATUS_TIMEOUT when it does not answer: prism_photonic_reset()
 * recovers from both. */
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
  uint32_t rows;          /* logical */
  uint32_t physical_rows; /* spares included */
  uint32_t placement;     /* PHOTONIC_PLACEMENT_* */
  uint32_t contexts;      /* kept on the chip */
  uint32_t enabled;       /* PHOTONIC_IRQ_* that interrupt */
  uint32_t events;        /* PHOTONIC_IRQ_* that have */
  uint32_t error;         /* PHOTONIC_ERROR_* of the last failed command */
  uint32_t queue_depth;
  uint32_t submitted; /* of the queued commands: numbers of the core */
  uint32_t completed;
};

/* Checks the identity, resets the core, attaches interrupt `source`. `timeout_ns` holds for every wait. */
enum prism_status prism_photonic_init(struct prism_photonic* photonic, struct hal* hal, uint64_t base,
                                      struct prism_interrupts* interrupts, uint32_t source,
                                      uint64_t timeout_ns);

/* Abandons every command and unloads the bank; stored signatures, row map and faults stay.
 * After prism_photonic_quiet(), all
 * interrupts are on again, and commands need no semaphore. */
enum prism_status prism_photonic_reset(struct prism_photonic* photonic);

/* Starts to bring `count` signatures to the rings: those at `address` (PHOTONIC_PLACEMENT_HBM; `context` is a
 * tag), or those of `context` on the chip. Returns at once. */
enum prism_status prism_photonic_start_load(struct prism_photonic* photonic, uint32_t context,
                                            uint64_t address, uint32_t count);
enum prism_status prism_photonic_wait_load(struct prism_photonic* photonic);
/* Whether a bank is on the rings. */
int prism_photonic_is_loaded(struct prism_photonic* photonic);

/* Ranks the loaded blocks against the query; the indices of the best `k` are at `result_address` on return.
 */
enum prism_status prism_photonic_rank(struct prism_photonic* photonic, uint32_t k, uint64_t result_address);

/* Commands that run on their own, ordered by semaphores (SEMAPHORES_OPERAND, or 0). These calls return at
 * once, or poll for room in the core's queue. prism_photonic_quiet() first: from then on only errors
 * interrupt, and `events` shows them. */
/* Whether `commands` more go into the queue, by what is known without asking. */
static inline int prism_photonic_has_room(const struct prism_photonic* photonic, uint32_t commands) {
  return photonic->submitted - photonic->completed + commands <= photonic->queue_depth;
}
enum prism_status prism_photonic_quiet(struct prism_photonic* photonic);
/* A LOAD, as by prism_photonic_start_load(), and a RANK of the best `k` to `result_address`, with the query
 * in `slot` of the query window; `wait` and `signal` are the RANK's. */
struct prism_photonic_ranking {
  uint64_t address;
  uint64_t result_address;
  uint32_t context;
  uint32_t count;
  uint32_t slot;
  uint32_t k;
  uint32_t wait;
  uint32_t signal;
};
enum prism_status prism_photonic_queue_ranking(struct prism_photonic* photonic,
                                               const struct prism_photonic_ranking* ranking);
enum prism_status prism_photonic_queue_store(struct prism_photonic* photonic, uint32_t context,
                                             uint32_t first, uint64_t address, uint32_t count, uint32_t wait);

/* The last ranking's best blocks, at most `count`; `*found` of them were written to `blocks`. */
struct prism_ranked_block {
  uint32_t index;
  float score;
};
enum prism_status prism_photonic_read_results(struct prism_photonic* photonic,
                                              struct prism_ranked_block* blocks, uint32_t count,
                                              uint32_t* found);

/* Copies `count` signatures at `address` into the on-chip context, from block `first` on. */
enum prism_status prism_photonic_store(struct prism_photonic* photonic, uint32_t context, uint32_t first,
                                       uint64_t address, uint32_t count);

/* Measures every resonance; banks follow when they are loaded again. */
enum prism_status prism_photonic_calibrate(struct prism_photonic* photonic);

/* Compares the rows of the loaded bank with what they should be. A row is bad when the mean error of its
 * weights exceeds `limit`, in 1e-6 of a weight. */
struct prism_photonic_health {
  uint32_t bad_rows;
  uint32_t worst_row;
  int32_t worst_error; /* 1e-6 of a weight */
};
enum prism_status prism_photonic_monitor(struct prism_photonic* photonic, uint32_t limit,
                                         struct prism_photonic_health* health);

/* What the last monitoring found of `count` logical rows from `first` on, in 1e-6 of a weight. */
enum prism_status prism_photonic_row_errors(struct prism_photonic* photonic, uint32_t first, int32_t* errors,
                                            uint32_t count);

/* Moves a logical row to other rings, from the next load on. */
enum prism_status prism_photonic_map_row(struct prism_photonic* photonic, uint32_t context, uint32_t logical,
                                         uint32_t physical);

/* mK off the set point. */
enum prism_status prism_photonic_temperature(struct prism_photonic* photonic, int32_t* millikelvin);

/* Breaks a row or ring, for tests of what handles it; `weight` of a stuck ring in 1e-6. */
enum prism_status prism_photonic_inject(struct prism_photonic* photonic, uint32_t kind, uint32_t row,
                                        uint32_t ring, int32_t weight);

/* Where the query sketch goes: PHOTONIC_WAVELENGTHS bf16 values. */
uint64_t prism_photonic_query_address(const struct prism_photonic* photonic);

#endif
