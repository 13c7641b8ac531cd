/* SPDX-License-Identifier: Apache-2.0 */
/* The job: what the platform tells the firmware, in RAM at PRISM_JOB_ADDRESS before reset, as a boot loader
 * would pass a device tree. Little-endian, naturally aligned, no padding. */
#ifndef PRISM_JOB_H
#define PRISM_JOB_H

#include <stdint.h>

#define PRISM_JOB_MAGIC 0x4A4F4231u /* "JOB1" */
#define PRISM_JOB_VERSION 2u

#define PRISM_POLICY_DENSE 0u
#define PRISM_POLICY_PRISM 1u
#define PRISM_POLICY_STREAMING 2u
#define PRISM_POLICY_ORACLE 3u
#define PRISM_POLICY_QUEST 4u
#define PRISM_POLICY_MEAN_KEY 5u
#define PRISM_POLICY_SRAM 6u
#define PRISM_POLICY_NEAR_MEMORY 7u

/* Who selects: a KV head once for its whole group of query heads, or every query head; then the union of
 * their choices is fetched. */
#define PRISM_GRANULARITY_KV_HEAD 0u
#define PRISM_GRANULARITY_QUERY_HEAD 1u

/* How a group's queries make one score: the mean query's, or the largest of all queries. */
#define PRISM_POOLING_MEAN 0u
#define PRISM_POOLING_MAX 1u

/* Whether head `number` (layer x KV heads + KV head) retrieves: `share_ppm` millionths do, evenly spread; the
 * others attend to sinks and window. */
static inline int prism_is_retrieval_head(uint32_t number, uint32_t share_ppm) {
  const uint64_t share = share_ppm;
  return (number + 1ull) * share / 1000000u > number * share / 1000000u;
}

#define PRISM_DISPATCH_CPU_DRIVEN 0u
#define PRISM_DISPATCH_CHAINED 1u

/* How the firmware watches its devices, and what it does when one fails. */
struct prism_recovery {
  uint64_t timeout_ns; /* of any single wait for a device */
  uint64_t poll_ns;    /* a waiting driver looks at its devices this often, for a lost interrupt; 0: never */
  uint32_t attempts;   /* more of what has failed; 0: the first fault ends the run */
  uint32_t monitor_steps; /* every so many steps, each bank's rows are checked before a ranking; 0: never */
  uint32_t health_limit;  /* a row is bad when its weights' mean error exceeds this, in 1e-6 of a weight */
  uint32_t ring_entries;  /* of each DMA channel: a power of two, 2 to 65536 */
};

/* What the firmware saw fail. Append, never renumber. */
#define PRISM_FAULT_BUS_ERROR 0u         /* on a descriptor, a list, a source or a destination */
#define PRISM_FAULT_BAD_DESCRIPTOR 1u    /* the DMA engine refused it */
#define PRISM_FAULT_FULL_RING 2u         /* the DMA engine saw more descriptors than the ring holds */
#define PRISM_FAULT_TIMEOUT 3u           /* a device did not answer */
#define PRISM_FAULT_LOST_INTERRUPT 4u    /* a device had news and no interrupt told */
#define PRISM_FAULT_UNCORRECTABLE_ECC 5u /* HBM lost data */
#define PRISM_FAULT_STUCK_ROW 6u         /* a few bad rows in the photonic core */
#define PRISM_FAULT_DRIFT 7u             /* at least a quarter of its rows bad */
#define PRISM_FAULT_PHOTONIC_ERROR 8u    /* a command of the photonic core failed */
#define PRISM_FAULT_COMPUTE_ERROR 9u     /* a command of the compute engine failed */
#define PRISM_FAULT_PROTOCOL 10u         /* a device did what its contract rules out */
#define PRISM_FAULT_KINDS 11u

/* What helped. Append, never renumber. */
#define PRISM_RECOVERED_RETRIED 0u          /* devices reset, the work done again */
#define PRISM_RECOVERED_POLLED 1u           /* the device's status was read without an interrupt */
#define PRISM_RECOVERED_CHANNEL_REPLACED 2u /* a hung DMA channel was given up for another */
#define PRISM_RECOVERED_RESTORED 3u         /* lost keys and values, or a signature, were computed again */
#define PRISM_RECOVERED_DROPPED 4u          /* a block that cannot be restored is not attended to any more */
#define PRISM_RECOVERED_RECALIBRATED 5u
#define PRISM_RECOVERED_REMAPPED 6u   /* a logical row now uses a spare one; counted by rows */
#define PRISM_RECOVERED_ELECTRONIC 7u /* the CPU ranked the head's signatures */
#define PRISM_RECOVERED_ALL_BLOCKS 8u /* no ranking was possible: every block of the head was fetched */
#define PRISM_RECOVERIES 9u

struct prism_fault_counts {
  uint32_t detected[PRISM_FAULT_KINDS];
  uint32_t recovered[PRISM_RECOVERIES];
  uint64_t time_lost_ns; /* from the start of what failed to the end of its recovery */
};

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
  uint64_t hbm_base;

  /* Model shape. */
  uint32_t layers;
  uint32_t query_heads;
  uint32_t kv_heads;
  uint32_t head_dimension;
  uint64_t weights_base;       /* HBM: a layer's weights follow the layer before */
  uint64_t qkv_weight_bytes;   /* of one layer, streamed before its attention */
  uint64_t layer_weight_bytes; /* of one layer's rest, streamed after its attention */
  uint64_t final_weight_bytes; /* after the last layer: norm and output head */

  /* KV cache in HBM: [sequence][layer][kv head][block], a block all its keys and then all its values, bf16;
   * with shared_kv its keys alone, which are the values too. */
  uint64_t kv_base;
  uint64_t kv_head_stride; /* bytes from one (sequence, layer, head) to the next */
  /* Signatures in HBM: [sequence][layer][kv head][block][d], bf16; for PRISM_POLICY_QUEST bounds: [minimum,
   * maximum][head dimension]. */
  uint64_t signature_base;
  uint64_t signature_head_stride;
  uint64_t projection_base; /* HBM: [d][head dimension] bf16 */

  /* Workload. */
  uint32_t batch;
  uint32_t steps;
  uint32_t context_tokens;  /* of every sequence, before the first step; the longest with lengths_address */
  uint32_t max_blocks;      /* room for a head, appended tokens included */
  uint64_t lengths_address; /* RAM: 32-bit context tokens of each sequence; 0: all have context_tokens */

  /* Policy. */
  uint32_t policy; /* PRISM_POLICY_* */
  uint32_t k;      /* blocks to select; capped by firmware at the blocks that may be ranked */
  uint32_t block_tokens;
  uint32_t window_tokens; /* most recent tokens that are always attended, rounded up to whole blocks */
  uint32_t signature_dimension;
  uint32_t chunk_blocks;        /* blocks fetched into the scratchpad at a time (each of two buffers) */
  uint32_t sink_tokens;         /* first tokens that are always attended, rounded up to whole blocks */
  uint32_t granularity;         /* PRISM_GRANULARITY_* */
  uint32_t pooling;             /* PRISM_POOLING_* */
  uint32_t dense_layers;        /* first layers that attend to every block */
  uint32_t retrieval_share_ppm; /* of all heads, for which the policy selects; 1000000: all */
  uint32_t signature_bytes;     /* of a block in signature_base; 0: signature_dimension x 2 */
  uint32_t shared_kv;           /* 1: one vector of the cache is key and value (latent attention) */
  uint32_t dispatch;            /* PRISM_DISPATCH_* */
  uint32_t fetch_channels;      /* chained: DMA channels that fetch, at most */

  struct prism_recovery recovery;

  /* Written by the firmware. */
  uint32_t steps_done;
  uint32_t result;          /* 0, or the driver error that ended the run */
  uint32_t blocks_ranked;   /* per head in the last step: blocks that the policy chose from */
  uint32_t blocks_selected; /* per head in the last step: blocks fetched, window included */
  uint64_t outputs_address; /* scratchpad: attention outputs [sequence][query head][dimension] of the layer
                               attended last */
  struct prism_fault_counts faults;
};

#endif
