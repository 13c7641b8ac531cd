/* SPDX-License-Identifier: Apache-2.0 */
/* Chained dispatch: the CPU queues a layer at once, and semaphores order the engines:
 *
 *   compute    PROJECT_QKV -> SKETCH of the layer's queries -> ATTEND piece by piece -> GEMV of the rest
 *   photonic   LOAD, RANK of head after head; a LOAD needs no query, so it runs ahead
 *   DMA        channels in turn fetch the pieces of head after head, each into two buffers of its own; one
 *              more appends keys and values and computes the signatures of completed blocks
 *
 * While the weights of a layer stream, the CPU queues the next layer. A failure ends the run: it is reported,
 * and every engine is stopped. */
#ifndef DECODE_CHAINED_H
#define DECODE_CHAINED_H

#include <stdint.h>

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
  uint32_t count;
  struct dma_descriptor queued[DECODE_QUEUED];
};

struct decode_chain {
  struct decode_fetcher fetchers[DECODE_FETCHERS];
  uint32_t fetcher_count;
  uint32_t turn;  /* of the fetchers: who gets the next piece */
  uint64_t lists; /* scratchpad: index lists of a layer's heads */
  uint64_t list_bytes;
  uint64_t signatures; /* scratchpad: of a layer's heads, on their way to the photonic core */
  uint32_t command_count;
  struct prism_compute_command commands[DECODE_QUEUED];
  uint32_t ticket; /* of the last command queued */
};

/* After the policy's own preparation. BAD_JOB when the policy cannot be chained. */
enum prism_status decode_chain_prepare(struct decode_context* context);

/* Decodes the token of one step. */
enum prism_status decode_chain_step(struct decode_context* context, uint32_t step);

#endif
