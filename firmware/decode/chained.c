/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/chained.h"

#include "decode/context.h"
#include "prism/drivers/common.h"
#include "prism/hw/purpose.h"
#include "prism/hw/semaphores.h"

#define COMMAND_RING_ENTRIES 128u
#define DESCRIPTOR_RING_ENTRIES 64u
#define FIRST_EXTRA_CHANNEL 2u /* behind those of the context */
#define ALIGNMENT 256u

/* Semaphores. The last three are each fetcher's own. */
#define PROJECTED 0u /* new keys and values are there, for each sequence's append */
#define QUERIED 1u   /* query sketches are there, for each ranking */
#define APPENDED 2u  /* a sequence's keys and values have been taken from the activations */
#define SIGNED 3u    /* a signature is on its way to the photonic core */
#define RANKED(fetcher) (4u + 3u * (fetcher))  /* an index list is there */
#define FETCHED(fetcher) (5u + 3u * (fetcher)) /* a buffer is full */
#define FREED(fetcher) (6u + 3u * (fetcher))   /* a buffer is empty */
#define SEMAPHORES (4u + 3u * DECODE_FETCHERS)

static uint32_t one(uint32_t semaphore) {
  return SEMAPHORES_OPERAND(semaphore, 1u);
}

static uint32_t minimum(uint64_t a, uint64_t b) {
  return (uint32_t)(a < b ? a : b);
}

static uint64_t aligned(uint64_t bytes) {
  return (bytes + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
}

static int ranks(const struct decode_context* context) {
  return context->layout.job.policy == PRISM_POLICY_PRISM;
}

static int on_chip(const struct decode_context* context) {
  return context->photonic.placement != PHOTONIC_PLACEMENT_HBM;
}

/* Doorbells. Commands and descriptors collect until there are enough of them, the layer ends, or the CPU has
 * to wait for room in the photonic core's queue: then nobody may wait for what has not been queued.
 * Descriptors go first to the ring of their channel, after the commands that will free their buffers. */

static enum prism_status flush(struct decode_context* context) {
  struct decode_chain* chain = &context->chain;
  if (chain->command_count > 0) {
    PRISM_TRY(prism_compute_queue(&context->compute, chain->commands, chain->command_count, &chain->ticket));
    chain->command_count = 0;
  }
  for (uint32_t i = 0; i < chain->fetcher_count; ++i) {
    struct decode_fetcher* fetcher = &chain->fetchers[i];
    if (fetcher->count == 0) continue;
    PRISM_TRY(prism_dma_queue(fetcher->channel, fetcher->queued, fetcher->count));
    fetcher->count = 0;
  }
  return PRISM_STATUS_OK;
}

static enum prism_status add_command(struct decode_context* context,
                                     const struct prism_compute_command* command) {
  struct decode_chain* chain = &context->chain;
  if (chain->command_count == DECODE_QUEUED) PRISM_TRY(flush(context));
  chain->commands[chain->command_count++] = *command;
  return PRISM_STATUS_OK;
}

static enum prism_status add_descriptor(struct decode_context* context, struct decode_fetcher* fetcher,
                                        const struct dma_descriptor* descriptor) {
  if (fetcher->count == DECODE_QUEUED) PRISM_TRY(flush(context));
  fetcher->queued[fetcher->count++] = *descriptor;
  return PRISM_STATUS_OK;
}

/* Preparation. */

static enum prism_status place_fetchers(struct decode_context* context) {
  struct decode_chain* chain = &context->chain;
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  const uint64_t buffer_bytes = aligned(job->chunk_blocks * layout->block_bytes);
  const uint64_t end = job->scratchpad_base + job->scratchpad_bytes;
  uint64_t next = layout->buffers[1] + buffer_bytes;

  const uint64_t signature_bytes = (uint64_t)job->batch * job->kv_heads * layout->signature_bytes;
  chain->signatures = next;
  next += aligned(signature_bytes);
  chain->list_bytes = (uint64_t)minimum(job->k, job->max_blocks) * sizeof(uint32_t);
  chain->lists = next; /* nearer to the engines than RAM */
  next += aligned(job->batch * job->kv_heads * chain->list_bytes);
  if (next > end) return PRISM_STATUS_SCRATCHPAD_TOO_SMALL;

  chain->fetchers[0].channel = &context->fetches;
  chain->fetchers[0].buffers[0] = layout->buffers[0];
  chain->fetchers[0].buffers[1] = layout->buffers[1];
  chain->fetcher_count = 1;
  while (chain->fetcher_count < job->fetch_channels && chain->fetcher_count < DECODE_FETCHERS) {
    const uint32_t channel = FIRST_EXTRA_CHANNEL + chain->fetcher_count - 1;
    if (channel >= context->dma.channels || next + 2 * buffer_bytes > end) break;
    struct decode_fetcher* fetcher = &chain->fetchers[chain->fetcher_count++];
    fetcher->channel = &fetcher->opened;
    fetcher->buffers[0] = next;
    fetcher->buffers[1] = next + buffer_bytes;
    next += 2 * buffer_bytes;
    PRISM_TRY(
        prism_dma_open(&fetcher->opened, &context->dma, channel, &context->heap, DESCRIPTOR_RING_ENTRIES));
  }
  return PRISM_STATUS_OK;
}

static enum prism_status set_semaphores(struct decode_context* context) {
  struct hal* hal = context->hal;
  const uint64_t base = context->layout.job.semaphores_base;
  PRISM_TRY(prism_check_identity(hal, base + SEMAPHORES_ID, SEMAPHORES_ID_VALUE));
  if (hal_read32(hal, base + SEMAPHORES_COUNT) < SEMAPHORES) return PRISM_STATUS_BAD_JOB;
  for (uint32_t i = 0; i < SEMAPHORES; ++i) hal_write32(hal, base + SEMAPHORES_VALUE(i), 0);
  hal_write32(hal, base + SEMAPHORES_VALUE(APPENDED), context->layout.job.batch);
  for (uint32_t i = 0; i < context->chain.fetcher_count; ++i) {
    hal_write32(hal, base + SEMAPHORES_VALUE(FREED(i)), 2);
  }
  return prism_check_fault(hal);
}

enum prism_status decode_chain_prepare(struct decode_context* context) {
  const struct prism_job* job = &context->layout.job;
  const int known = job->policy == PRISM_POLICY_DENSE || job->policy == PRISM_POLICY_PRISM;
  const int plain = job->sink_tokens == 0 && job->lengths_address == 0 && job->dense_layers == 0 &&
                    job->retrieval_share_ppm == 1000000u && job->shared_kv == 0 &&
                    job->granularity == PRISM_GRANULARITY_KV_HEAD;
  if (!known || !plain || job->fetch_channels == 0) return PRISM_STATUS_BAD_JOB;
  PRISM_TRY(place_fetchers(context));
  PRISM_TRY(set_semaphores(context));
  PRISM_TRY(prism_compute_open_ring(&context->compute, &context->heap, COMMAND_RING_ENTRIES));
  return ranks(context) ? prism_photonic_quiet(&context->photonic) : PRISM_STATUS_OK;
}

/* One layer. */

struct position {
  uint32_t step;
  uint32_t layer;
  uint32_t token; /* number of the new token: so many are in the cache */
};

static enum prism_status add_projection(struct decode_context* context, const struct position* at) {
  const struct decode_layout* layout = &context->layout;
  const uint32_t batch = layout->job.batch;
  const struct prism_compute_command command = {.opcode = COMPUTE_OP_PROJECT_QKV,
                                                .source = decode_layer_weights(layout, at->layer),
                                                .destination = layout->activations,
                                                .bytes = layout->job.qkv_weight_bytes,
                                                .count = batch,
                                                .dimension = layout->job.head_dimension,
                                                .layer = at->layer,
                                                .step = at->step,
                                                .purpose = PRISM_PURPOSE_WEIGHTS,
                                                .wait = SEMAPHORES_OPERAND(APPENDED, batch),
                                                .signal = SEMAPHORES_OPERAND(PROJECTED, batch)};
  return add_command(context, &command);
}

static enum prism_status add_weights(struct decode_context* context, uint64_t source, uint64_t bytes,
                                     uint32_t flags) {
  const struct prism_compute_command command = {.opcode = COMPUTE_OP_GEMV,
                                                .flags = flags,
                                                .source = source,
                                                .bytes = bytes,
                                                .count = context->layout.job.batch,
                                                .dimension = context->layout.job.head_dimension,
                                                .purpose = PRISM_PURPOSE_WEIGHTS};
  return add_command(context, &command);
}

/* The new keys and values of all heads, and the signatures of the blocks that they complete. */
static enum prism_status queue_append(struct decode_context* context, const struct position* at) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  const int completes = (at->token + 1) % job->block_tokens == 0 && ranks(context);
  for (uint32_t sequence = 0; sequence < job->batch; ++sequence) {
    struct decode_head head = {sequence, at->layer, 0};
    struct dma_descriptor append = {.opcode = DMA_OP_APPEND,
                                    .purpose = PRISM_PURPOSE_KV_APPEND,
                                    .source = decode_new_key(layout, head),
                                    .destination = decode_key_address(layout, head, at->token),
                                    .bytes = layout->vector_bytes,
                                    .destination_stride = decode_value_address(layout, head, at->token) -
                                                          decode_key_address(layout, head, at->token),
                                    .count = job->kv_heads,
                                    .stride = job->kv_head_stride,
                                    .wait = one(PROJECTED),
                                    .signal = one(APPENDED)};
    PRISM_TRY(prism_dma_queue(context->append_channel, &append, 1));
    for (; completes && head.kv_head < job->kv_heads; ++head.kv_head) {
      const uint32_t block = at->token / job->block_tokens;
      const uint64_t slot = (uint64_t)sequence * job->kv_heads + head.kv_head;
      struct dma_descriptor signature = {
          .opcode = DMA_OP_SIGNATURE,
          .purpose = PRISM_PURPOSE_SIGNATURE_WRITE,
          .source = decode_block_address(layout, head, block),
          .destination = on_chip(context) ? context->chain.signatures + slot * layout->signature_bytes
                                          : decode_signature_address(layout, head, block),
          .bytes = layout->vector_bytes,
          .list_address = layout->projection,
          .count = job->block_tokens,
          .output_dimension = job->signature_dimension,
          .signal = on_chip(context) ? one(SIGNED) : 0};
      PRISM_TRY(prism_dma_queue(context->append_channel, &signature, 1));
    }
  }
  return PRISM_STATUS_OK;
}

/* Behind the layer's rankings: a store waits for its signature. */
static enum prism_status queue_stores(struct decode_context* context, const struct position* at) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  if ((at->token + 1) % job->block_tokens != 0 || !ranks(context) || !on_chip(context)) {
    return PRISM_STATUS_OK;
  }
  for (uint32_t i = 0; i < job->batch * job->kv_heads; ++i) {
    const struct decode_head head = {i / job->kv_heads, at->layer, i % job->kv_heads};
    PRISM_TRY(prism_photonic_queue_store(
        &context->photonic, (uint32_t)decode_head_index(layout, head), at->token / job->block_tokens,
        context->chain.signatures + i * layout->signature_bytes, 1, one(SIGNED)));
  }
  return PRISM_STATUS_OK;
}

/* The query sketches of `count` heads from `first` on, into the core's slots from 0 on. */
static enum prism_status add_sketches(struct decode_context* context, struct decode_head first,
                                      uint32_t count) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_compute_command command = {
      .opcode = COMPUTE_OP_SKETCH,
      .source = decode_new_queries(layout, first),
      .query = layout->projection,
      .destination = prism_photonic_query_address(&context->photonic),
      .bytes = PHOTONIC_QUERY_BYTES,
      .count = layout->group,
      .dimension = layout->job.head_dimension,
      .heads = count,
      .output_dimension = layout->job.signature_dimension,
      .purpose = PRISM_PURPOSE_OTHER,
      .signal = SEMAPHORES_OPERAND(QUERIED, count)};
  return add_command(context, &command);
}

/* A head on its way through the engines. */
struct passage {
  struct decode_context* context;
  struct decode_head head;
  uint32_t attended; /* ATTEND commands so far */
};

static enum prism_status add_attention(struct passage* passage, uint64_t source, uint32_t tokens,
                                       uint32_t block_tokens, uint32_t flags, uint32_t wait,
                                       uint32_t signal) {
  const struct decode_layout* layout = &passage->context->layout;
  const struct prism_compute_command command = {
      .opcode = COMPUTE_OP_ATTEND,
      .flags = flags | (passage->attended++ == 0 ? COMPUTE_FLAG_FIRST : 0),
      .source = source,
      .query = decode_new_queries(layout, passage->head),
      .destination = decode_output(layout, passage->head),
      .count = tokens,
      .dimension = layout->job.head_dimension,
      .heads = layout->group,
      .block_tokens = block_tokens,
      .purpose = PRISM_PURPOSE_OTHER,
      .wait = wait,
      .signal = signal};
  return add_command(passage->context, &command);
}

/* Fetches a piece with `descriptor` into the next buffer of the fetcher whose turn it is, and attends it
 * there. */
static enum prism_status add_piece(struct passage* passage, struct dma_descriptor* descriptor,
                                   uint32_t tokens) {
  struct decode_context* context = passage->context;
  struct decode_chain* chain = &context->chain;
  const uint32_t turn = chain->turn;
  struct decode_fetcher* fetcher = &chain->fetchers[turn];
  chain->turn = (turn + 1) % chain->fetcher_count;
  descriptor->purpose = PRISM_PURPOSE_KV_READ;
  descriptor->destination = fetcher->buffers[fetcher->pieces++ % 2];
  descriptor->wait = one(FREED(turn));
  descriptor->signal = one(FETCHED(turn));
  PRISM_TRY(add_descriptor(context, fetcher, descriptor));
  return add_attention(passage, descriptor->destination, tokens, context->layout.job.block_tokens, 0,
                       one(FETCHED(turn)), one(FREED(turn)));
}

static enum prism_status add_listed(struct passage* passage, uint64_t list, uint32_t count, uint32_t blocks) {
  const struct decode_layout* layout = &passage->context->layout;
  for (uint32_t start = 0; start < count; start += layout->job.chunk_blocks) {
    const uint32_t part = minimum(count - start, layout->job.chunk_blocks);
    struct dma_descriptor gather = {.opcode = DMA_OP_GATHER,
                                    .source = decode_block_address(layout, passage->head, 0),
                                    .bytes = layout->block_bytes,
                                    .list_address = list + (uint64_t)start * sizeof(uint32_t),
                                    .count = part,
                                    .index_limit = blocks,
                                    .stride = layout->block_bytes};
    PRISM_TRY(add_piece(passage, &gather, part * layout->job.block_tokens));
  }
  return PRISM_STATUS_OK;
}

static enum prism_status add_contiguous(struct passage* passage, uint32_t first, uint32_t count) {
  const struct decode_layout* layout = &passage->context->layout;
  for (uint32_t start = 0; start < count; start += layout->job.chunk_blocks) {
    const uint32_t part = minimum(count - start, layout->job.chunk_blocks);
    struct dma_descriptor copy = {.opcode = DMA_OP_COPY,
                                  .source = decode_block_address(layout, passage->head, first + start),
                                  .bytes = part * layout->block_bytes};
    PRISM_TRY(add_piece(passage, &copy, part * layout->job.block_tokens));
  }
  return PRISM_STATUS_OK;
}

/* The tokens of the last, incomplete block. */
static enum prism_status add_tail(struct passage* passage, uint32_t first, uint32_t tokens) {
  const struct decode_layout* layout = &passage->context->layout;
  const uint64_t plane = layout->job.block_tokens * layout->vector_bytes;
  struct dma_descriptor rows = {.opcode = DMA_OP_COPY_2D,
                                .source = decode_key_address(layout, passage->head, first),
                                .bytes = tokens * layout->vector_bytes,
                                .destination_stride = plane,
                                .count = 2,
                                .stride = plane};
  return tokens == 0 ? PRISM_STATUS_OK : add_piece(passage, &rows, tokens);
}

/* Ranks a head's blocks against query slot `slot`. The fetchers of its `pieces` go on when the list is there:
 * the core tells the first, which tells the next. */
static enum prism_status queue_ranking(struct passage* passage, uint32_t slot, uint32_t rankable, uint32_t k,
                                       uint64_t list) {
  struct decode_context* context = passage->context;
  struct decode_chain* chain = &context->chain;
  const struct decode_layout* layout = &context->layout;
  const uint32_t pieces = (k + layout->job.chunk_blocks - 1) / layout->job.chunk_blocks;
  const uint32_t fetchers = minimum(pieces, chain->fetcher_count);
  if (!prism_photonic_has_room(&context->photonic, 2)) PRISM_TRY(flush(context));
  PRISM_TRY(prism_photonic_queue_load(&context->photonic, (uint32_t)decode_head_index(layout, passage->head),
                                      decode_signature_address(layout, passage->head, 0), rankable));
  PRISM_TRY(
      prism_photonic_queue_rank(&context->photonic, slot, k, list, one(QUERIED), one(RANKED(chain->turn))));
  for (uint32_t i = 0; i < fetchers; ++i) {
    const uint32_t turn = (chain->turn + i) % chain->fetcher_count;
    const uint32_t next = (turn + 1) % chain->fetcher_count;
    const struct dma_descriptor wait = {
        .opcode = DMA_OP_NOP, .wait = one(RANKED(turn)), .signal = i + 1 < fetchers ? one(RANKED(next)) : 0};
    PRISM_TRY(add_descriptor(context, &chain->fetchers[turn], &wait));
  }
  return PRISM_STATUS_OK;
}

static enum prism_status queue_head(struct decode_context* context, const struct position* at,
                                    struct decode_head head, uint32_t slot, uint32_t last_flags) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  const uint32_t number = head.sequence * job->kv_heads + head.kv_head;
  const uint32_t blocks = at->token / job->block_tokens;
  const uint64_t window_blocks = ((uint64_t)job->window_tokens + job->block_tokens - 1) / job->block_tokens;
  const uint32_t window = ranks(context) ? minimum(window_blocks, blocks) : blocks;
  const uint32_t rankable = blocks - window;
  const uint32_t listed = minimum(job->k, rankable);
  const uint64_t list = context->chain.lists + number * context->chain.list_bytes;
  struct passage passage = {.context = context, .head = head};
  context->blocks_ranked = rankable;
  context->blocks_selected = listed + window;

  if (listed > 0) PRISM_TRY(queue_ranking(&passage, slot, rankable, listed, list));
  PRISM_TRY(add_listed(&passage, list, listed, rankable));
  PRISM_TRY(add_contiguous(&passage, rankable, window));
  PRISM_TRY(add_tail(&passage, blocks * job->block_tokens, at->token % job->block_tokens));
  /* The new token, straight from the projection's results, as decode_attend_layer() does. */
  return add_attention(&passage, decode_new_key(layout, head), 1, job->kv_heads,
                       COMPUTE_FLAG_LAST | last_flags, 0, 0);
}

/* Heads in waves that share the core's query slots. The sketches of a wave follow the attention of the wave
 * before, whose rankings have ended by then. `*attended`: ticket of the layer's last ATTEND, which
 * interrupts. */
static enum prism_status queue_layer(struct decode_context* context, const struct position* at,
                                     uint32_t* attended) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  const uint64_t window_blocks = ((uint64_t)job->window_tokens + job->block_tokens - 1) / job->block_tokens;
  const int sketches = ranks(context) && at->token / job->block_tokens > window_blocks;
  PRISM_TRY(add_projection(context, at));
  for (uint32_t i = 0; i < job->batch * job->kv_heads; ++i) {
    const struct decode_head head = {i / job->kv_heads, at->layer, i % job->kv_heads};
    const uint32_t slot = head.kv_head % PHOTONIC_QUERY_SLOT_COUNT;
    if (sketches && slot == 0) {
      PRISM_TRY(
          add_sketches(context, head, minimum(job->kv_heads - head.kv_head, PHOTONIC_QUERY_SLOT_COUNT)));
    }
    const int last = i + 1 == job->batch * job->kv_heads;
    PRISM_TRY(queue_head(context, at, head, slot, last ? COMPUTE_FLAG_INTERRUPT : 0));
  }
  PRISM_TRY(add_weights(context, decode_layer_weights(layout, at->layer) + job->qkv_weight_bytes,
                        job->layer_weight_bytes, 0));
  PRISM_TRY(flush(context));
  *attended = context->chain.ticket - 1;
  PRISM_TRY(queue_append(context, at));
  return queue_stores(context, at);
}

/* Until the ticket's command has finished, or any engine has failed. */
static enum prism_status wait_for(struct decode_context* context, uint32_t ticket) {
  struct prism_compute* compute = &context->compute;
  const uint64_t deadline = prism_deadline_after(context->hal, context->layout.job.recovery.timeout_ns);
  while (!prism_has_reached(compute->completed, ticket)) {
    if (context->dma.failed != 0) return PRISM_STATUS_DMA_ERROR;
    if (ranks(context) && (context->photonic.events & PHOTONIC_IRQ_ERROR) != 0) {
      return PRISM_STATUS_PHOTONIC_ERROR;
    }
    if (compute->events == 0) PRISM_TRY(prism_interrupts_wait(&context->interrupts, deadline));
    if (compute->events != 0) PRISM_TRY(prism_compute_check(compute));
  }
  return PRISM_STATUS_OK;
}

static enum prism_status run_step(struct decode_context* context, uint32_t step) {
  const struct prism_job* job = &context->layout.job;
  struct position at = {.step = step, .token = job->context_tokens + step};
  for (; at.layer < job->layers; ++at.layer) {
    uint32_t attended;
    PRISM_TRY(queue_layer(context, &at, &attended));
    PRISM_TRY(wait_for(context, attended));
  }
  PRISM_TRY(add_weights(context, decode_layer_weights(&context->layout, job->layers), job->final_weight_bytes,
                        COMPUTE_FLAG_INTERRUPT));
  PRISM_TRY(flush(context));
  PRISM_TRY(wait_for(context, context->chain.ticket));
  return prism_dma_drain(context->append_channel); /* the next step loads the signatures */
}

/* Stops every engine, so that nothing moves after a failed run; the first error is the one to report. */
static void stop(struct decode_context* context) {
  (void)prism_compute_reset(&context->compute);
  if (ranks(context)) (void)prism_photonic_reset(&context->photonic);
  for (uint32_t i = 0; i < context->chain.fetcher_count; ++i) {
    (void)prism_dma_abort(context->chain.fetchers[i].channel);
  }
  (void)prism_dma_abort(context->append_channel);
}

enum prism_status decode_chain_step(struct decode_context* context, uint32_t step) {
  const enum prism_status status = run_step(context, step);
  if (status != PRISM_STATUS_OK) stop(context);
  return status;
}
