/* SPDX-License-Identifier: Apache-2.0 */
/* The job: what the platform tells the firmware, in RAM at PRISM_JOB_ADDRESS before reset, as a boot loader
 * would pass a device tree. Little-endian, naturally aligned, no padding. */
#ifndef PRISM_JOB_H
#define PRISM_JOB_H

#include <stdint.h>

#define PRISM_JOB_MAGIC 0x4A4F4231u /* "JOB1" */
#define PRISM_JOB_VERSION 1u

#define PRISM_POLICY_DENSE 0u
#define PRISM_POLICY_PRISM 1u

#define PRISM_DISPATCH_CPU_DRIVEN 0u
#define PRISM_DISPATCH_CHAINED 1u

struct prism_job {
  uint32_t magic;
  uint32_t version;

  /* Device bases and interrupt context. */
  uint64_t photonic_base;
  uint64_t dma_base;
  uint64_t compute_base;
  uint64_t hbm_registers_base;
  uint64_t plic_base;
  uint64_t uart_base;
  uint64_t finisher_base;
  uint64_t semaphores_base;

  /* RAM that firmware may use for rings and lists; scratchpad and HBM windows. */
  uint64_t heap_base;
  uint64_t heap_bytes;
  uint64_t scratchpad_base;
  uint64_t scratchpad_bytes;

  /* Model shape. */
  uint32_t layers;
  uint32_t query_heads;
  uint32_t kv_heads;
  uint32_t head_dimension;
  uint64_t weights_base;       /* HBM: a layer's weights follow the layer before */
  uint64_t qkv_weight_bytes;   /* of one layer, streamed before its attention */
  uint64_t layer_weight_bytes; /* of one layer's rest, streamed after its attention */
  uint64_t final_weight_bytes; /* after the last layer: norm and output head */

  /* KV cache in HBM: [sequence][layer][kv head][block], a block all its keys and then all its values, bf16.
   */
  uint64_t kv_base;
  uint64_t kv_head_stride; /* bytes from one (sequence, layer, head) to the next */
  /* Signatures in HBM: [sequence][layer][kv head][block][d], bf16. */
  uint64_t signature_base;
  uint64_t signature_head_stride;
  uint64_t projection_base; /* HBM: [d][head dimension] bf16 */

  /* Workload. */
  uint32_t batch;
  uint32_t steps;
  uint32_t context_tokens; /* of every sequence, before the first step */
  uint32_t max_blocks;     /* room for a head, appended tokens included */

  /* Policy. */
  uint32_t policy; /* PRISM_POLICY_* */
  uint32_t k;      /* blocks to select; capped by firmware at the blocks that may be ranked */
  uint32_t block_tokens;
  uint32_t window_tokens; /* most recent tokens that are always attended, rounded up to whole blocks */
  uint32_t signature_dimension;
  uint32_t chunk_blocks;   /* blocks fetched into the scratchpad at a time (each of two buffers) */
  uint32_t dispatch;       /* PRISM_DISPATCH_* */
  uint32_t fetch_channels; /* chained: DMA channels that fetch, at most */

  /* Written by the firmware. */
  uint32_t steps_done;
  uint32_t result;          /* 0, or the driver error that ended the run */
  uint32_t blocks_ranked;   /* per head in the last step: blocks that the policy chose from */
  uint32_t blocks_selected; /* per head in the last step: blocks fetched, window included */
  uint64_t outputs_address; /* scratchpad: attention outputs [sequence][query head][dimension] of the layer
                               attended last */
};

#endif
