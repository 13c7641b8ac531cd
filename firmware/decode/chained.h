/* SPDX-License-Identifier: Apache-2.0 */
/* Chained dispatch: the CPU queues a layer at once, and semaphores order the engines:
 *
 *   compute    PROJECT_QKV -> SKETCH of the layer's queries -> ATTEND piece by piece -> GEMV of the rest
 *   photonic   LOAD, RANK of head after head; a LOAD needs no query, so it runs ahead
 *   DMA        channels in turn fetch the pieces of head after head, each into two buffers of its own; one
 *              more appends keys and values and computes the signatures of completed blocks
 *
 * Where all layers do the same, one is written, and the engines execute it again and again, with other
 * addresses in every lap of their rings; the CPU queues the rankings and sleeps until the step has ended. It
 * is paced, layer by layer, where the photonic core's queue is too short for the step's rankings. Otherwise
 * every layer is written when the attention of the one before has ended.
 *
 * When anything fails, every engine is brought to rest, what may have been under way is done again by
 * cpu_driven dispatch with its recovery, and the rest of the step is chained again. */
#ifndef DECODE_CHAINED_H
#define DECODE_CHAINED_H

#include <stdint.h>

#include "decode/layout.h"
#include "decode/policy.h"
#include "prism/drivers/dma.h"
#include "prism/hw/compute.h"
#include "prism/status.h"

#define DECODE_FETCHERS 4u
#define DECODE_COMMANDS 64u    /* collected for one doorbell */
#define DECODE_DESCRIPTORS 32u /* the same, of each fetcher */

struct decode_context;

/* A DMA channel that fetches blocks. Its pieces pass through its buffers in turn. */
struct decode_fetcher {
  struct prism_dma_channel opened; /* unless it is the context's own */
  struct prism_dma_channel* channel;
  uint64_t buffers[2];
  uint32_t pieces; /* so far; of one layer where layers repeat */
  uint32_t count;  /* of descriptors collected */
};

/* What is collected. Never read before it has been written. */
struct decode_queued {
  struct prism_compute_command commands[DECODE_COMMANDS];
  struct dma_descriptor descriptors[DECODE_FETCHERS][DECODE_DESCRIPTORS];
};

/* What a head attends to, in pieces of chunk_blocks: sinks, listed blocks, contiguous ones, and the tokens of
 * the last, incomplete block. */
struct decode_plan {
  struct decode_selection selection;
  uint32_t blocks; /* complete ones */
  uint32_t tail_tokens;
  uint32_t sink_pieces;
  uint32_t listed_pieces;
  uint32_t pieces;      /* all */
  uint32_t listed_turn; /* of the fetchers: who gets the first listed piece, counted from the head's first */
  uint32_t next_turn;   /* the same of the next head's first piece */
};

struct decode_chain {
  struct decode_fetcher fetchers[DECODE_FETCHERS];
  uint32_t fetcher_count;
  uint32_t turn;  /* of the fetchers: who gets the next piece */
  uint64_t lists; /* scratchpad: index lists of a layer's heads */
  uint64_t list_bytes;
  uint64_t signatures; /* scratchpad: of a layer's heads, on their way to the photonic core */

  int is_uniform;            /* all heads of a sequence have one plan, in every layer */
  uint32_t planned_sequence; /* 1 + the one that `plan` is for; 0: none */
  struct decode_plan plan;   /* of the head that is queued */
  int repeats;               /* layers do */
  int appends_repeat;
  int is_paced;           /* a layer is queued when the attention of the one before has ended */
  int is_active;          /* the engines are set up for chains */
  uint32_t command_count; /* collected; of a lap */
  uint32_t attended;      /* of a lap: the commands up to the last ATTEND */
  uint32_t ticket;        /* of the last command queued: the last of a layer */
  uint32_t queued_layer;  /* the last */
  int has_failed;         /* a chain: layers failed_layer .. next_layer - 1 are to be done again */
  uint32_t failed_layer;
  uint32_t attended_layers; /* those below have been attended when the chain failed */
  uint32_t next_layer;
  struct decode_queued* queued;
};

/* After the policy's own preparation. BAD_JOB when the policy cannot be chained. */
enum prism_status decode_chain_prepare(struct decode_context* context);

/* Whether the step under way can be chained: not while blocks are dropped, or when rows are checked. */
int decode_chain_can_run(const struct decode_context* context);

/* Decodes the token of one step. */
enum prism_status decode_chain_step(struct decode_context* context, uint32_t step);

/* Before a step that is not chained. */
enum prism_status decode_chain_leave(struct decode_context* context);

#endif
