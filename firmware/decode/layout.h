/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything is: the job's KV cache, signatures and weights in HBM, and the firmware's plan of the
 * scratchpad:
 *
 *   projection matrix | activations of each sequence (queries, keys, values) | outputs | a new signature, or
 * the sketches of a group's queries | two fetch buffers */
#ifndef DECODE_LAYOUT_H
#define DECODE_LAYOUT_H

#include <stdint.h>

#include "prism/job.h"
#include "prism/status.h"

struct decode_head {
  uint32_t sequence;
  uint32_t layer;
  uint32_t kv_head;
};

struct decode_layout {
  struct prism_job job;
  uint32_t group;           /* query heads that share a KV head */
  uint64_t vector_bytes;    /* one head's vector */
  uint64_t block_bytes;     /* keys and values of a block */
  uint64_t signature_bytes; /* of one block */
  uint64_t projection_bytes;
  uint64_t projection; /* scratchpad addresses from here on */
  uint64_t activations;
  uint64_t outputs;
  uint64_t signature;  /* on its way to the photonic core; or the sketches of queries */
  uint64_t buffers[2]; /* `chunk_blocks` each */
};

static inline uint32_t decode_minimum(uint64_t a, uint64_t b) {
  return (uint32_t)(a < b ? a : b);
}

/* Pieces of `chunk` that `count` comes in; the last may be smaller. */
static inline uint32_t decode_pieces(uint32_t count, uint32_t chunk) {
  return count / chunk + (count % chunk != 0);
}

/* Checks the job: BAD_JOB, CONTEXT_TOO_LONG or SCRATCHPAD_TOO_SMALL when it cannot be run. */
enum prism_status decode_layout_init(struct decode_layout* layout, const struct prism_job* job);

/* Number of (sequence, layer, KV head), in the order of the KV cache. */
uint64_t decode_head_index(const struct decode_layout* layout, struct decode_head head);

/* HBM. */
uint64_t decode_block_address(const struct decode_layout* layout, struct decode_head head, uint32_t block);
uint64_t decode_key_address(const struct decode_layout* layout, struct decode_head head, uint32_t token);
uint64_t decode_value_address(const struct decode_layout* layout, struct decode_head head, uint32_t token);
uint64_t decode_signature_address(const struct decode_layout* layout, struct decode_head head,
                                  uint32_t block);
uint64_t decode_layer_weights(const struct decode_layout* layout, uint32_t layer);

/* Scratchpad: the new token's vectors, and the attention outputs of the head's query group. */
uint64_t decode_new_queries(const struct decode_layout* layout, struct decode_head head);
uint64_t decode_new_key(const struct decode_layout* layout, struct decode_head head);
uint64_t decode_new_value(const struct decode_layout* layout, struct decode_head head);
uint64_t decode_output(const struct decode_layout* layout, struct decode_head head);

#endif
