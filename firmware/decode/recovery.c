/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/recovery.h"

#include "decode/context.h"
#include "decode/token.h"
#include "prism/drivers/common.h"

#define UART_TIMEOUT_NS 10000000u

static const char* const fault_names[PRISM_FAULT_KINDS] = {
    "bus error",           "bad descriptor",       "full ring",        "timeout",
    "lost interrupt",      "uncorrectable ECC",    "stuck row",        "drift",
    "photonic core error", "compute engine error", "unexpected answer"};
static const char* const recovery_names[PRISM_RECOVERIES] = {
    "retried",      "polled",       "DMA channel replaced",  "data restored",   "block dropped",
    "recalibrated", "row remapped", "ranked electronically", "all blocks taken"};

static void print(struct decode_context* context, const char* text) {
  /* A console that does not work is no reason to stop. */
  (void)prism_uart_write(&context->recovery.console, text);
}

static void print_address(struct decode_context* context, uint64_t address) {
  char text[] = " at 0x0000000000000000";
  char* last = text + sizeof text - 2;
  for (int digit = 0; digit < 16; ++digit) last[-digit] = "0123456789abcdef"[address >> 4 * digit & 15];
  print(context, text);
}

void decode_report_fault(struct decode_context* context, uint32_t fault, uint64_t address) {
  ++context->recovery.counts.detected[fault];
  print(context, "prism: fault: ");
  print(context, fault_names[fault]);
  if (address != 0) print_address(context, address);
  print(context, "\n");
}

void decode_note_recovery(struct decode_context* context, uint32_t recovery) {
  ++context->recovery.pending[recovery];
  print(context, "prism: recovery: ");
  print(context, recovery_names[recovery]);
  print(context, "\n");
}

void decode_settle(struct decode_context* context, uint64_t started_ns) {
  struct decode_recovery* recovery = &context->recovery;
  for (uint32_t i = 0; i < PRISM_RECOVERIES; ++i) {
    recovery->counts.recovered[i] += recovery->pending[i];
    recovery->pending[i] = 0;
  }
  recovery->counts.time_lost_ns += hal_time_ns(context->hal) - started_ns;
}

void decode_count_lost_interrupts(struct decode_context* context) {
  struct decode_recovery* recovery = &context->recovery;
  struct prism_interrupts* interrupts = &context->interrupts;
  for (; recovery->lost_known != interrupts->lost; ++recovery->lost_known) {
    decode_report_fault(context, PRISM_FAULT_LOST_INTERRUPT, 0);
    ++recovery->counts.recovered[PRISM_RECOVERED_POLLED];
  }
  recovery->counts.time_lost_ns += interrupts->lost_ns;
  interrupts->lost_ns = 0;
}

enum prism_status decode_recovery_init(struct decode_context* context) {
  struct decode_recovery* recovery = &context->recovery;
  const struct prism_job* job = &context->layout.job;
  context->interrupts.poll_ns = job->recovery.poll_ns;
  PRISM_TRY(prism_uart_init(&recovery->console, context->hal, job->uart_base, UART_TIMEOUT_NS));
  if (job->recovery.attempts == 0) return PRISM_STATUS_OK;
  return prism_hbm_init(&recovery->hbm, context->hal, job->hbm_registers_base);
}

int decode_new_ecc_error(struct decode_context* context, uint64_t* address) {
  struct decode_recovery* recovery = &context->recovery;
  struct prism_hbm_ecc ecc;
  if (prism_hbm_read_ecc(&recovery->hbm, &ecc) != PRISM_STATUS_OK) return 0;
  if (ecc.uncorrectable == recovery->uncorrectable) return 0;
  recovery->uncorrectable = ecc.uncorrectable;
  *address = context->layout.job.hbm_base + ecc.last.address;
  return 1;
}

/* Bus errors and the like of the DMA engine. */
static uint32_t dma_fault(const struct decode_context* context, uint64_t* address) {
  const struct prism_dma_fault* fault = &context->fetches.fault;
  if (fault->error == DMA_ERROR_NONE) fault = &context->appends.fault;
  for (uint32_t i = 1; fault->error == DMA_ERROR_NONE && i < context->chain.fetcher_count; ++i) {
    fault = &context->chain.fetchers[i].opened.fault;
  }
  *address = fault->address != 0 ? fault->address : fault->descriptor;
  if (fault->error == DMA_ERROR_BUS || fault->error == DMA_ERROR_UNMAPPED) return PRISM_FAULT_BUS_ERROR;
  return fault->error == DMA_ERROR_RING ? PRISM_FAULT_FULL_RING : PRISM_FAULT_BAD_DESCRIPTOR;
}

static uint32_t classify(struct decode_context* context, enum prism_status status, uint64_t* address) {
  *address = 0;
  if (decode_new_ecc_error(context, address)) return PRISM_FAULT_UNCORRECTABLE_ECC;
  switch (status) {
    case PRISM_STATUS_BUS_FAULT:
      return PRISM_FAULT_BUS_ERROR;
    case PRISM_STATUS_TIMEOUT:
      return PRISM_FAULT_TIMEOUT;
    case PRISM_STATUS_DMA_ERROR:
      return dma_fault(context, address);
    case PRISM_STATUS_COMPUTE_ERROR:
      return PRISM_FAULT_COMPUTE_ERROR;
    case PRISM_STATUS_PHOTONIC_ERROR:
    case PRISM_STATUS_UNHEALTHY:
      return PRISM_FAULT_PHOTONIC_ERROR;
    default:
      return PRISM_FAULT_PROTOCOL;
  }
}

static int is_fault(enum prism_status status) {
  return status == PRISM_STATUS_BUS_FAULT || status == PRISM_STATUS_TIMEOUT ||
         status == PRISM_STATUS_DMA_ERROR || status == PRISM_STATUS_COMPUTE_ERROR ||
         status == PRISM_STATUS_PHOTONIC_ERROR || status == PRISM_STATUS_PROTOCOL;
}

/* Leaves the channel empty and ready, or another one in its place. */
static enum prism_status rest_channel(struct decode_context* context, struct prism_dma_channel* channel) {
  struct decode_recovery* recovery = &context->recovery;
  uint32_t status;
  PRISM_TRY(prism_dma_status(channel, &status));
  /* It may merely be at work on what will not be needed any more, or wait for what will not come. */
  if ((status & DMA_STATUS_BUSY) != 0) (void)prism_dma_abort(channel);
  PRISM_TRY(prism_dma_reset(channel));
  PRISM_TRY(prism_dma_status(channel, &status));
  if (status == 0) return PRISM_STATUS_OK;

  struct prism_dma* dma = channel->dma;
  const uint32_t entries = channel->capacity;
  const int has_records = channel->completions != 0;
  if (recovery->next_channel >= dma->channels) return PRISM_STATUS_TIMEOUT;
  PRISM_TRY(prism_dma_close(channel));
  PRISM_TRY(prism_dma_open(channel, dma, recovery->next_channel, &context->heap, entries));
  if (!has_records) PRISM_TRY(prism_dma_drop_records(channel));
  ++recovery->next_channel;
  decode_note_recovery(context, PRISM_RECOVERED_CHANNEL_REPLACED);
  return PRISM_STATUS_OK;
}

/* Nothing is under way in any device afterwards. */
static enum prism_status rest_devices(struct decode_context* context) {
  (void)prism_check_fault(context->hal);
  PRISM_TRY(rest_channel(context, &context->fetches));
  if (context->append_channel != &context->fetches) {
    PRISM_TRY(rest_channel(context, context->append_channel));
  }
  for (uint32_t i = 1; i < context->chain.fetcher_count; ++i) {
    PRISM_TRY(rest_channel(context, context->chain.fetchers[i].channel));
  }
  PRISM_TRY(prism_compute_reset(&context->compute));
  return context->photonic.base != 0 ? prism_photonic_reset(&context->photonic) : PRISM_STATUS_OK;
}

/* The head number that lies at `offset` in a region with `stride` bytes a head. */
static int find_head(const struct decode_layout* layout, uint64_t offset, uint64_t stride,
                     struct decode_head* head) {
  const struct prism_job* job = &layout->job;
  const uint64_t number = offset / stride;
  if (number >= (uint64_t)job->batch * job->layers * job->kv_heads) return 0;
  *head = (struct decode_head){.sequence = (uint32_t)(number / job->kv_heads / job->layers),
                               .layer = (uint32_t)(number / job->kv_heads % job->layers),
                               .kv_head = (uint32_t)(number % job->kv_heads)};
  return 1;
}

/* Projects every token of the block again and writes its keys and values anew. */
static enum prism_status restore_block(struct decode_context* context, struct decode_head head,
                                       uint32_t block) {
  const struct prism_job* job = &context->layout.job;
  const uint32_t cached = decode_cached_tokens(context, head.sequence);
  const uint32_t context_tokens = cached - context->step;
  const uint32_t first = block * job->block_tokens;
  for (uint32_t token = first; token < first + job->block_tokens && token < cached; ++token) {
    uint32_t ticket;
    PRISM_TRY(decode_project(context, head.layer, token - context_tokens));
    PRISM_TRY(decode_append(context, head, token, &ticket));
    PRISM_TRY(prism_dma_wait(context->append_channel, ticket));
  }
  return PRISM_STATUS_OK;
}

static enum prism_status drop(struct decode_context* context, uint32_t sequence, struct decode_block block) {
  struct decode_recovery* recovery = &context->recovery;
  const uint32_t complete = decode_cached_tokens(context, sequence) / context->layout.job.block_tokens;
  if (recovery->dropped_count == DECODE_MAX_DROPPED || block.block >= complete) return PRISM_STATUS_DMA_ERROR;
  recovery->dropped[recovery->dropped_count++] = block;
  decode_note_recovery(context, PRISM_RECOVERED_DROPPED);
  return PRISM_STATUS_OK;
}

static enum prism_status restore_signature(struct decode_context* context, struct decode_head head,
                                           uint32_t block) {
  PRISM_TRY(decode_policy_of(context, head)->close_block(context, head, block));
  PRISM_TRY(prism_compute_wait(&context->compute, context->compute.submitted));
  decode_note_recovery(context, PRISM_RECOVERED_RESTORED);
  return PRISM_STATUS_OK;
}

enum prism_status decode_restore(struct decode_context* context, uint64_t address) {
  struct decode_recovery* recovery = &context->recovery;
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  struct decode_head head;
  const uint64_t signature = address - job->signature_base;
  if (address >= job->signature_base && find_head(layout, signature, job->signature_head_stride, &head)) {
    const uint64_t block = signature % job->signature_head_stride / layout->signature_bytes;
    return restore_signature(context, head, (uint32_t)block);
  }
  const uint64_t offset = address - job->kv_base;
  /* Weights are read again: there is no other copy of them. */
  if (address < job->kv_base || !find_head(layout, offset, job->kv_head_stride, &head))
    return PRISM_STATUS_OK;

  const struct decode_block block = {.head = decode_head_index(layout, head),
                                     .block = (uint32_t)(offset % job->kv_head_stride / layout->block_bytes)};
  /* Lost again as soon as it was restored: the memory there is broken. */
  if (recovery->pending[PRISM_RECOVERED_RESTORED] > 0 && recovery->restored.head == block.head &&
      recovery->restored.block == block.block) {
    return drop(context, head.sequence, block);
  }
  PRISM_TRY(restore_block(context, head, block.block));
  recovery->restored = block;
  decode_note_recovery(context, PRISM_RECOVERED_RESTORED);
  return PRISM_STATUS_OK;
}

/* After a failed attempt: OK when the phase may be tried again. */
static enum prism_status recover(struct decode_context* context, enum prism_status status) {
  uint64_t address;
  const uint32_t fault = classify(context, status, &address);
  decode_report_fault(context, fault, address);
  PRISM_TRY(rest_devices(context));
  if (fault == PRISM_FAULT_UNCORRECTABLE_ECC) PRISM_TRY(decode_restore(context, address));
  decode_note_recovery(context, PRISM_RECOVERED_RETRIED);
  return PRISM_STATUS_OK;
}

enum prism_status decode_attempt(struct decode_context* context, decode_phase phase,
                                 const struct decode_position* position) {
  const uint32_t attempts = context->layout.job.recovery.attempts;
  const uint64_t first_started = hal_time_ns(context->hal);
  uint64_t started = first_started;
  for (uint32_t attempt = 0;; ++attempt) {
    const enum prism_status status = phase(context, position);
    if (status == PRISM_STATUS_OK) break;
    if (attempt == attempts || !is_fault(status)) return status;
    PRISM_TRY(recover(context, status));
    started = hal_time_ns(context->hal);
  }
  if (started == first_started) return PRISM_STATUS_OK;
  /* The time until the last attempt was lost. */
  decode_settle(context, hal_time_ns(context->hal) - (started - first_started));
  return PRISM_STATUS_OK;
}

int decode_is_dropped(const struct decode_context* context, struct decode_head head, uint32_t block) {
  const struct decode_recovery* recovery = &context->recovery;
  const uint64_t number = decode_head_index(&context->layout, head);
  for (uint32_t i = 0; i < recovery->dropped_count; ++i) {
    if (recovery->dropped[i].head == number && recovery->dropped[i].block == block) return 1;
  }
  return 0;
}

enum prism_status decode_exclude_dropped(struct decode_context* context, struct decode_head head,
                                         uint64_t list_address, struct decode_selection* selection) {
  if (context->recovery.dropped_count == 0) return PRISM_STATUS_OK;
  /* The listed blocks come first: none is written before it has been read. */
  uint32_t kept = 0;
  const uint32_t blocks = selection->listed + selection->sinks + selection->contiguous;
  for (uint32_t i = 0; i < blocks; ++i) {
    uint32_t block;
    if (i < selection->listed) {
      hal_read_block(context->hal, selection->list_address + i * sizeof block, &block, sizeof block);
      block += selection->list_first;
    } else if (i < selection->listed + selection->sinks) {
      block = i - selection->listed;
    } else {
      block = selection->first + (i - selection->listed - selection->sinks);
    }
    if (decode_is_dropped(context, head, block)) continue;
    hal_write_block(context->hal, list_address + kept * sizeof block, &block, sizeof block);
    ++kept;
  }
  *selection =
      (struct decode_selection){.list_address = list_address, .listed = kept, .ranked = selection->ranked};
  return prism_check_fault(context->hal);
}
