/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "decode/attention.h"
#include "decode/chained.h"
#include "decode/context.h"
#include "decode/recovery.h"
#include "decode/token.h"
#include "prism/drivers/common.h"
#include "prism/firmware.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/purpose.h"

#define FETCH_CHANNEL 0u
#define APPEND_CHANNEL 1u
#define LIST_ALIGNMENT 64u

static enum prism_status open_channels(struct decode_context* context) {
  struct prism_dma* dma = &context->dma;
  const uint32_t entries = context->layout.job.recovery.ring_entries;
  context->recovery.next_channel = APPEND_CHANNEL + 1;
  PRISM_TRY(prism_dma_open(&context->fetches, dma, FETCH_CHANNEL, &context->heap, entries));
  context->append_channel = &context->fetches;
  if (dma->channels <= APPEND_CHANNEL) return PRISM_STATUS_OK;
  context->append_channel = &context->appends;
  return prism_dma_open(&context->appends, dma, APPEND_CHANNEL, &context->heap, entries);
}

static enum prism_status prepare_policy(struct decode_context* context,
                                        const struct decode_position* position) {
  (void)position;
  return context->policy->prepare(context);
}

static enum prism_status prepare(struct decode_context* context, const struct prism_job* job) {
  struct hal* hal = context->hal;
  PRISM_TRY(decode_layout_init(&context->layout, job));
  context->policy = decode_find_policy(job->policy);
  if (context->policy == NULL) return PRISM_STATUS_BAD_JOB;

  prism_heap_init(&context->heap, job->heap_base, job->heap_bytes);
  for (int i = 0; i < 2; ++i) {
    PRISM_TRY(prism_heap_allocate(&context->heap, (uint64_t)job->max_blocks * sizeof(uint32_t),
                                  LIST_ALIGNMENT, &context->lists[i]));
  }
  PRISM_TRY(prism_interrupts_init(&context->interrupts, hal, job->plic_base));
  PRISM_TRY(prism_dma_init(&context->dma, hal, job->dma_base, &context->interrupts, PRISM_IRQ_DMA,
                           job->recovery.timeout_ns));
  PRISM_TRY(prism_compute_init(&context->compute, hal, job->compute_base, &context->interrupts,
                               PRISM_IRQ_COMPUTE, job->recovery.timeout_ns));
  PRISM_TRY(open_channels(context));
  PRISM_TRY(decode_recovery_init(context));
  PRISM_TRY(decode_attempt(context, prepare_policy, &(struct decode_position){0}));
  if (job->dispatch == PRISM_DISPATCH_CPU_DRIVEN) return PRISM_STATUS_OK;
  return job->dispatch == PRISM_DISPATCH_CHAINED ? decode_chain_prepare(context) : PRISM_STATUS_BAD_JOB;
}

/* Streams `bytes` of weights; nothing to do for none. */
static enum prism_status submit_weights(struct decode_context* context, uint64_t source, uint64_t bytes) {
  const struct prism_compute_command command = {.opcode = COMPUTE_OP_GEMV,
                                                .source = source,
                                                .bytes = bytes,
                                                .count = context->layout.job.batch,
                                                .dimension = context->layout.job.head_dimension,
                                                .purpose = PRISM_PURPOSE_WEIGHTS};
  uint32_t ticket;
  return bytes == 0 ? PRISM_STATUS_OK : prism_compute_submit(&context->compute, &command, &ticket);
}

uint32_t decode_cached_tokens(struct decode_context* context, uint32_t sequence) {
  const struct prism_job* job = &context->layout.job;
  if (job->lengths_address == 0) return job->context_tokens + context->step;
  return hal_read32(context->hal, job->lengths_address + sequence * sizeof(uint32_t)) + context->step;
}

static enum prism_status append_layer(struct decode_context* context, uint32_t layer, uint32_t* ticket) {
  const struct prism_job* job = &context->layout.job;
  for (uint32_t sequence = 0; sequence < job->batch; ++sequence) {
    const uint32_t token = decode_cached_tokens(context, sequence);
    for (uint32_t kv_head = 0; kv_head < job->kv_heads; ++kv_head) {
      PRISM_TRY(decode_append(context, (struct decode_head){sequence, layer, kv_head}, token, ticket));
    }
  }
  return prism_check_fault(context->hal);
}

/* The phases of a layer; decode/recovery.h says what they have to keep to. */
static enum prism_status attend(struct decode_context* context, const struct decode_position* position) {
  uint32_t appended = 0;
  PRISM_TRY(decode_project(context, position->layer, position->step));
  PRISM_TRY(append_layer(context, position->layer, &appended));
  PRISM_TRY(decode_attend_layer(context, position->layer));
  PRISM_TRY(prism_compute_wait(&context->compute, context->compute.submitted));
  return prism_dma_wait(context->append_channel, appended);
}

/* Whether the new token completes a block of the sequence. */
static int completes_block(struct decode_context* context, uint32_t sequence) {
  return (decode_cached_tokens(context, sequence) + 1) % context->layout.job.block_tokens == 0;
}

static enum prism_status close_blocks(struct decode_context* context,
                                      const struct decode_position* position) {
  const struct prism_job* job = &context->layout.job;
  for (uint32_t sequence = 0; sequence < job->batch; ++sequence) {
    if (!completes_block(context, sequence)) continue;
    const uint32_t block = decode_cached_tokens(context, sequence) / job->block_tokens;
    for (uint32_t kv_head = 0; kv_head < job->kv_heads; ++kv_head) {
      const struct decode_head head = {sequence, position->layer, kv_head};
      if (!decode_is_dropped(context, head, block)) {
        PRISM_TRY(decode_policy_of(context, head)->close_block(context, head, block));
      }
    }
  }
  return prism_compute_wait(&context->compute, context->compute.submitted);
}

static enum prism_status stream(struct decode_context* context, const struct decode_position* position) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  const uint64_t source = decode_layer_weights(layout, position->layer);
  if (position->layer == job->layers) {
    PRISM_TRY(submit_weights(context, source, job->final_weight_bytes));
  } else {
    PRISM_TRY(submit_weights(context, source + job->qkv_weight_bytes, job->layer_weight_bytes));
  }
  return prism_compute_wait(&context->compute, context->compute.submitted);
}

enum prism_status decode_append_layer(struct decode_context* context,
                                      const struct decode_position* position) {
  uint32_t appended = 0;
  PRISM_TRY(decode_project(context, position->layer, position->step));
  PRISM_TRY(append_layer(context, position->layer, &appended));
  PRISM_TRY(prism_dma_wait(context->append_channel, appended));
  return close_blocks(context, position);
}

enum prism_status decode_stream_layer(struct decode_context* context,
                                      const struct decode_position* position) {
  return stream(context, position);
}

enum prism_status decode_run_layer(struct decode_context* context, const struct decode_position* position) {
  PRISM_TRY(attend(context, position));
  PRISM_TRY(close_blocks(context, position));
  return stream(context, position);
}

static enum prism_status run_layer(struct decode_context* context, const struct decode_position* position) {
  PRISM_TRY(decode_attempt(context, attend, position));
  int completes = 0;
  for (uint32_t i = 0; i < context->layout.job.batch; ++i) completes |= completes_block(context, i);
  if (completes) PRISM_TRY(decode_attempt(context, close_blocks, position));
  return decode_attempt(context, stream, position);
}

static enum prism_status drive_step(struct decode_context* context, uint32_t step) {
  struct decode_position position = {.step = step};
  for (; position.layer < context->layout.job.layers; ++position.layer)
    PRISM_TRY(run_layer(context, &position));
  return decode_attempt(context, stream, &position); /* behind the last layer: norm and output head */
}

static enum prism_status run_step(struct decode_context* context, uint32_t step) {
  const int is_chained = context->layout.job.dispatch == PRISM_DISPATCH_CHAINED;
  context->step = step;
  if (is_chained && decode_chain_can_run(context)) {
    PRISM_TRY(decode_chain_step(context, step));
  } else {
    if (is_chained) PRISM_TRY(decode_chain_leave(context));
    PRISM_TRY(drive_step(context, step));
  }
  decode_count_lost_interrupts(context);
  return PRISM_STATUS_OK;
}

/* Writes the part of the job that is the firmware's. */
static enum prism_status publish(struct decode_context* context, uint64_t job_address, uint32_t steps_done,
                                 enum prism_status result) {
  const size_t offset = offsetof(struct prism_job, steps_done);
  const struct prism_job job = {.steps_done = steps_done,
                                .result = (uint32_t)result,
                                .blocks_ranked = context->blocks_ranked,
                                .blocks_selected = context->blocks_selected,
                                .outputs_address = context->layout.outputs,
                                .faults = context->recovery.counts};
  hal_write_block(context->hal, job_address + offset, (const char*)&job + offset, sizeof job - offset);
  return prism_check_fault(context->hal);
}

static enum prism_status run(struct decode_context* context, uint64_t job_address, uint32_t* steps_done) {
  struct prism_job job;
  hal_read_block(context->hal, job_address, &job, sizeof job);
  PRISM_TRY(prism_check_fault(context->hal));
  PRISM_TRY(prepare(context, &job));
  PRISM_TRY(publish(context, job_address, 0, PRISM_STATUS_OK));
  for (uint32_t step = 0; step < job.steps; ++step) {
    PRISM_TRY(run_step(context, step));
    *steps_done = step + 1;
    PRISM_TRY(publish(context, job_address, *steps_done, PRISM_STATUS_OK));
  }
  return PRISM_STATUS_OK;
}

int decode_run(struct hal* hal, uint64_t job_address) {
  uint32_t marks[DECODE_UNION_BLOCKS / 32];
  struct decode_queued queued;
  struct decode_context context = {.hal = hal, .marks = marks, .chain = {.queued = &queued}};
  uint32_t steps_done = 0;
  const enum prism_status status = run(&context, job_address, &steps_done);
  /* The outcome is the return value, whether or not it could be written. */
  if (status != PRISM_STATUS_OK) (void)publish(&context, job_address, steps_done, status);
  return (int)status;
}
