/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of the decode loop owns. */
#ifndef DECODE_CONTEXT_H
#define DECODE_CONTEXT_H

#include <stdint.h>

#include "decode/chained.h"
#include "decode/layout.h"
#include "decode/policy.h"
#include "decode/recovery.h"
#include "prism/drivers/compute.h"
#include "prism/drivers/dma.h"
#include "prism/drivers/heap.h"
#include "prism/drivers/interrupts.h"
#include "prism/drivers/photonic.h"
#include "prism/hal.h"

#define DECODE_UNION_BLOCKS 65536u /* most blocks of a head with selection by query head */

struct decode_context {
  struct hal* hal;
  struct decode_layout layout;
  const struct decode_policy* policy;
  struct prism_heap heap;
  struct prism_interrupts interrupts;
  struct prism_dma dma;
  struct prism_dma_channel fetches; /* HBM to scratchpad */
  struct prism_dma_channel appends; /* scratchpad to HBM; not opened when the engine has one channel */
  struct prism_dma_channel* append_channel;
  struct prism_compute compute;
  struct prism_photonic photonic; /* initialised by the policies that use it */
  struct decode_recovery recovery;
  uint64_t lists[2];      /* index lists in RAM: of the head attended, and of the next one */
  uint64_t union_list;    /* a query head's list, before the union */
  uint32_t* marks;        /* DECODE_UNION_BLOCKS bits */
  uint32_t step;          /* under way */
  uint32_t blocks_ranked; /* of the last head */
  uint32_t blocks_selected;
  struct decode_chain chain; /* with PRISM_DISPATCH_CHAINED */
};

/* Tokens in the cache of a sequence at the step under way, before its new one. */
uint32_t decode_cached_tokens(struct decode_context* context, uint32_t sequence);

/* By cpu_driven dispatch, without recovery: a layer, all its phases; or of it only the new token's keys,
 * values and signatures; or only the weights behind the attention (behind the last layer: the final ones). */
enum prism_status decode_run_layer(struct decode_context* context, const struct decode_position* position);
enum prism_status decode_append_layer(struct decode_context* context, const struct decode_position* position);
enum prism_status decode_stream_layer(struct decode_context* context, const struct decode_position* position);

#endif
