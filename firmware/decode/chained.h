/* SPDX-License-Identifier: Apache-2.0 */
/* Chained dispatch: the CPU queues a layer at once, and semaphores order the engines:
 *
 *   compute    PROJECT_QKV -> SKETCH of the layer's queries -> ATTEND piece by piece -> GEMV of the rest
 *   photonic   LOAD, RANK of head after head; a LOAD needs no query, so it runs ahead
 *   DMA        channels in turn fetch the pieces of head after head, each into two buffers of its own; one
 *              more appends keys and values and computes the signatures of completed blocks
 *
 * While the weights of a layer stream, the CPU queues the next layer. The rings hold two layers, each filled
 * up with NOPs: from the third layer of a step on, only the addresses are changed that differ from those of
 * the layer before the last, and the entries are queued again as they lie. Where layers differ from each
 * other, or two of them do not fit into the rings, every layer is written anew.
 *
 * When anything fails, every engine is brought to rest, the layer is done again by cpu_driven dispatch with
 * its recovery, and the next layer is chained again. */
#ifndef DECODE_CHAINED_H
#define DECODE_CHAINED_H

#include <stdint.h>

#include "decode/layout.h"
#include "decode/policy.h"
#include "prism/drivers/dma.h"
#include "prism/hw/compute.h"
#include "prism/status.h"

#define DECODE_FETCHERS 4u
#define DECODE_QUEUED 16u /* descriptors or commands collected for one doorbell */

struct decode_context;

/* A DMA channel that fetches blocks. Its pieces pass through its buffers in turn. */
struct decode_fetcher {
  struct prism_dma_channel opened; /* unless it is the context's own */
  struct prism_dma_channel* channel;
  uint64_t buffers[2];
  uint32_t pieces; /* queued so far */
  uint32_t added;  /* descriptors of the layer, so far */
  uint32_t count;  /* collected */
  struct dma_descriptor queued[DECODE_QUEUED];
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

/* Ring entries of one of two layers that are not NOPs. */
struct decode_layer_room {
  uint32_t commands;
  uint32_t descriptors[DECODE_FETCHERS];
};

struct decode_chain {
  struct decode_fetcher fetchers[DECODE_FETCHERS];
  uint32_t fetcher_count;
  uint32_t turn;  /* of the fetchers: who gets the next piece */
  uint64_t lists; /* scratchpad: index lists of a layer's heads */
  uint64_t list_bytes;
  uint64_t signatures; /* scratchpad: of a layer's heads, on their way to the photonic core */

  int is_uniform;             /* all heads of a sequence have one plan, in every layer */
  uint32_t planned_sequence;  /* 1 + the one that `plan` is for; 0: none */
  struct decode_plan plan;    /* of the head that is queued */
  uint32_t layer_commands;    /* ring entries of a layer, padding included; 0: layers are not repeated */
  uint32_t layer_descriptors; /* of each fetcher */
  uint32_t built;             /* layers that have been written to the rings in this step */
  uint32_t commands_added;    /* of the layer, so far */
  uint32_t commands_attended; /* up to the last ATTEND */
  uint32_t layers_queued;     /* since the chain has begun: even ones lie in the first room */
  struct decode_layer_room rooms[2];

  int is_active;  /* the engines are set up for chains */
  int has_failed; /* the layer under way */
  uint32_t command_count;
  struct prism_compute_command commands[DECODE_QUEUED]; /* collected */
  uint32_t ticket;                                      /* of the last command queued */
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
