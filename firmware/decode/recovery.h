/* SPDX-License-Identifier: Apache-2.0 */
/* What the decode loop does when something fails. A layer is three phases (attend, close, stream), each of
 * which can be done again from its start: it only reads what no phase changes, and writes the same once more.
 * So a fault costs its phase: the devices are brought to rest, what was lost is repaired, and the phase
 * begins anew, at most job.recovery.attempts times. The photonic core's own faults cost less
 * (decode/photonic_recovery.h). */
#ifndef DECODE_RECOVERY_H
#define DECODE_RECOVERY_H

#include <stdint.h>

#include "decode/layout.h"
#include "prism/drivers/hbm.h"
#include "prism/drivers/uart.h"
#include "prism/job.h"
#include "prism/status.h"

#define DECODE_MAX_DROPPED 32u

struct decode_context;
struct decode_selection;

/* A block of a head. */
struct decode_block {
  uint64_t head; /* decode_head_index() */
  uint32_t block;
};

struct decode_recovery {
  struct prism_uart console;
  struct prism_hbm hbm;
  uint64_t uncorrectable;                          /* HBM errors seen so far */
  uint32_t pending[PRISM_RECOVERIES];              /* counted when what they were for succeeds */
  struct decode_block restored;                    /* the last one */
  struct decode_block dropped[DECODE_MAX_DROPPED]; /* not attended to any more */
  uint32_t dropped_count;
  uint32_t next_channel; /* DMA channels from here on are unused */
  uint32_t lost_known;   /* of interrupts.lost */
  uint64_t spares_used;  /* RAM: u32 for each set of rings */
  uint32_t sick_step;    /* 1 + the step in which the photonic core is left alone; 0: none */
  struct prism_fault_counts counts;
};

/* What a phase works on. */
struct decode_position {
  uint32_t layer;
  uint32_t step;
};

typedef enum prism_status (*decode_phase)(struct decode_context* context,
                                          const struct decode_position* position);

/* Before any phase, with heap and interrupts ready. */
enum prism_status decode_recovery_init(struct decode_context* context);

/* Runs the phase until it succeeds, or returns what it has failed with too often. */
enum prism_status decode_attempt(struct decode_context* context, decode_phase phase,
                                 const struct decode_position* position);

/* Counts a fault and says so on the console. `address`: where, 0: nowhere. */
void decode_report_fault(struct decode_context* context, uint32_t fault, uint64_t address);
/* Notes a recovery; decode_settle() counts it and the time since `started_ns`. */
void decode_note_recovery(struct decode_context* context, uint32_t recovery);
void decode_settle(struct decode_context* context, uint64_t started_ns);
/* Counts the interrupts that were lost since the last call. */
void decode_count_lost_interrupts(struct decode_context* context);

/* Whether HBM has lost data since the last call, and at which bus address. */
int decode_new_ecc_error(struct decode_context* context, uint64_t* address);
/* Computes lost keys and values, or a lost signature, again. PRISM_STATUS_OK when `address` may be read
 * again. */
enum prism_status decode_restore(struct decode_context* context, uint64_t address);

int decode_is_dropped(const struct decode_context* context, struct decode_head head, uint32_t block);
/* Takes dropped blocks out of the selection. */
enum prism_status decode_exclude_dropped(struct decode_context* context, struct decode_head head,
                                         uint64_t list_address, struct decode_selection* selection);

#endif
