/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/layout.h"

#define BF16_BYTES 2u
#define ALIGNMENT 256u
#define MAX_SHAPE 65536u /* of each shape number: keeps every product below in 64 bits */

static int in_range(uint32_t value) {
  return value > 0 && value <= MAX_SHAPE;
}

static int is_valid(const struct prism_job* job) {
  if (job->magic != PRISM_JOB_MAGIC || job->version != PRISM_JOB_VERSION) return 0;
  return in_range(job->layers) && in_range(job->query_heads) && in_range(job->kv_heads) &&
         job->query_heads % job->kv_heads == 0 && in_range(job->head_dimension) && in_range(job->batch) &&
         in_range(job->block_tokens) && in_range(job->chunk_blocks) && in_range(job->signature_dimension) &&
         job->max_blocks > 0;
}

/* Lays out `bytes` after `*next`. */
static uint64_t place(uint64_t* next, uint64_t bytes) {
  const uint64_t address = *next;
  *next = (address + bytes + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
  return address;
}

static uint64_t activation_vectors(const struct decode_layout* layout) {
  return layout->job.query_heads + 2ull * layout->job.kv_heads;
}

enum prism_status decode_layout_init(struct decode_layout* layout, const struct prism_job* job) {
  if (!is_valid(job)) return PRISM_STATUS_BAD_JOB;
  layout->job = *job;
  layout->group = job->query_heads / job->kv_heads;
  layout->vector_bytes = (uint64_t)job->head_dimension * BF16_BYTES;
  layout->block_bytes = (job->shared_kv != 0 ? 1ull : 2ull) * job->block_tokens * layout->vector_bytes;
  layout->signature_bytes =
      job->signature_bytes != 0 ? job->signature_bytes : (uint64_t)job->signature_dimension * BF16_BYTES;
  layout->projection_bytes = job->signature_dimension * layout->vector_bytes;
  if (job->kv_head_stride / layout->block_bytes < job->max_blocks ||
      job->signature_head_stride / layout->signature_bytes < job->max_blocks) {
    return PRISM_STATUS_BAD_JOB;
  }
  if ((uint64_t)job->context_tokens + job->steps > (uint64_t)job->max_blocks * job->block_tokens) {
    return PRISM_STATUS_CONTEXT_TOO_LONG;
  }

  uint64_t next = job->scratchpad_base;
  const uint64_t buffer_bytes = job->chunk_blocks * layout->block_bytes;
  layout->projection = place(&next, layout->projection_bytes);
  layout->activations = place(&next, job->batch * activation_vectors(layout) * layout->vector_bytes);
  layout->outputs = place(&next, (uint64_t)job->batch * job->query_heads * layout->vector_bytes);
  layout->signature = place(&next, layout->group * layout->signature_bytes);
  layout->buffers[0] = place(&next, buffer_bytes);
  layout->buffers[1] = place(&next, buffer_bytes);
  const uint64_t used = next - job->scratchpad_base;
  return used <= job->scratchpad_bytes ? PRISM_STATUS_OK : PRISM_STATUS_SCRATCHPAD_TOO_SMALL;
}

uint64_t decode_head_index(const struct decode_layout* layout, struct decode_head head) {
  const struct prism_job* job = &layout->job;
  return ((uint64_t)head.sequence * job->layers + head.layer) * job->kv_heads + head.kv_head;
}

uint64_t decode_block_address(const struct decode_layout* layout, struct decode_head head, uint32_t block) {
  return layout->job.kv_base + decode_head_index(layout, head) * layout->job.kv_head_stride +
         block * layout->block_bytes;
}

uint64_t decode_key_address(const struct decode_layout* layout, struct decode_head head, uint32_t token) {
  const uint32_t block_tokens = layout->job.block_tokens;
  return decode_block_address(layout, head, token / block_tokens) +
         token % block_tokens * layout->vector_bytes;
}

uint64_t decode_value_address(const struct decode_layout* layout, struct decode_head head, uint32_t token) {
  const uint64_t key = decode_key_address(layout, head, token);
  return layout->job.shared_kv != 0 ? key : key + layout->job.block_tokens * layout->vector_bytes;
}

uint64_t decode_signature_address(const struct decode_layout* layout, struct decode_head head,
                                  uint32_t block) {
  return layout->job.signature_base + decode_head_index(layout, head) * layout->job.signature_head_stride +
         block * layout->signature_bytes;
}

uint64_t decode_layer_weights(const struct decode_layout* layout, uint32_t layer) {
  return layout->job.weights_base + layer * (layout->job.qkv_weight_bytes + layout->job.layer_weight_bytes);
}

static uint64_t new_vector(const struct decode_layout* layout, uint32_t sequence, uint64_t vector) {
  return layout->activations + (sequence * activation_vectors(layout) + vector) * layout->vector_bytes;
}

uint64_t decode_new_queries(const struct decode_layout* layout, struct decode_head head) {
  return new_vector(layout, head.sequence, (uint64_t)head.kv_head * layout->group);
}

uint64_t decode_new_key(const struct decode_layout* layout, struct decode_head head) {
  return new_vector(layout, head.sequence, (uint64_t)layout->job.query_heads + head.kv_head);
}

uint64_t decode_new_value(const struct decode_layout* layout, struct decode_head head) {
  return decode_new_key(layout, head) + layout->job.kv_heads * layout->vector_bytes;
}

uint64_t decode_output(const struct decode_layout* layout, struct decode_head head) {
  const uint64_t query_head = (uint64_t)head.kv_head * layout->group;
  return layout->outputs +
         ((uint64_t)head.sequence * layout->job.query_heads + query_head) * layout->vector_bytes;
}
