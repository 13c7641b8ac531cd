/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/chained.h"

#include <stddef.h>

#include "decode/context.h"
#include "decode/photonic_recovery.h"
#include "decode/ranking.h"
#include "prism/drivers/common.h"
#include "prism/hw/purpose.h"
#include "prism/hw/semaphores.h"

#define COMMAND_RING_ENTRIES 128u
#define DESCRIPTOR_RING_ENTRIES 64u
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

/* Queues what is collected, which stays there. */
static enum prism_status queue_collected(struct decode_context* context) {
  struct decode_chain* chain = &context->chain;
  struct decode_queued* queued = chain->queued;
  if (chain->command_count > 0) {
    PRISM_TRY(prism_compute_queue(&context->compute, queued->commands, chain->command_count, &chain->ticket));
  }
  for (uint32_t i = 0; i < chain->fetcher_count; ++i) {
    const struct decode_fetcher* fetcher = &chain->fetchers[i];
    if (fetcher->count == 0) continue;
    PRISM_TRY(prism_dma_queue(fetcher->channel, queued->descriptors[i], fetcher->count));
  }
  return PRISM_STATUS_OK;
}

static void forget_collected(struct decode_context* context) {
  context->chain.command_count = 0;
  for (uint32_t i = 0; i < DECODE_FETCHERS; ++i) context->chain.fetchers[i].count = 0;
}

static enum prism_status flush(struct decode_context* context) {
  PRISM_TRY(queue_collected(context));
  forget_collected(context);
  return PRISM_STATUS_OK;
}

static enum prism_status add_command(struct decode_context* context,
                                     const struct prism_compute_command* command) {
  struct decode_chain* chain = &context->chain;
  if (chain->command_count == DECODE_COMMANDS) PRISM_TRY(flush(context));
  chain->queued->commands[chain->command_count++] = *command;
  return PRISM_STATUS_OK;
}

static enum prism_status add_descriptor(struct decode_context* context, uint32_t turn,
                                        const struct dma_descriptor* descriptor) {
  struct decode_fetcher* fetcher = &context->chain.fetchers[turn];
  if (fetcher->count == DECODE_DESCRIPTORS) PRISM_TRY(flush(context));
  context->chain.queued->descriptors[turn][fetcher->count++] = *descriptor;
  return PRISM_STATUS_OK;
}

/* What a head attends to. */

/* `tokens`: in the cache, before the new one. */
static enum prism_status plan_head(struct decode_context* context, struct decode_head head, uint32_t tokens,
                                   struct decode_plan* plan) {
  const struct prism_job* job = &context->layout.job;
  const struct decode_policy* policy = decode_policy_of(context, head);
  struct decode_selection* selection = &plan->selection;
  plan->blocks = tokens / job->block_tokens;
  plan->tail_tokens = tokens % job->block_tokens;
  if (policy->rank == NULL) {
    PRISM_TRY(policy->select(context, head, plan->blocks, 0, selection));
  } else {
    decode_always_attended(&context->layout, plan->blocks, selection);
    selection->listed = decode_minimum(job->k, selection->ranked);
  }
  plan->sink_pieces = decode_pieces(selection->sinks, job->chunk_blocks);
  plan->listed_pieces = decode_pieces(selection->listed, job->chunk_blocks);
  plan->pieces = plan->sink_pieces + plan->listed_pieces +
                 decode_pieces(selection->contiguous, job->chunk_blocks) + (plan->tail_tokens > 0 ? 1 : 0);
  plan->listed_turn = plan->sink_pieces % context->chain.fetcher_count;
  plan->next_turn = plan->pieces % context->chain.fetcher_count;
  return PRISM_STATUS_OK;
}

/* The plan of a head at the step under way; the one before serves where it is the same. */
static enum prism_status renew_plan(struct decode_context* context, struct decode_head head) {
  struct decode_chain* chain = &context->chain;
  if (chain->is_uniform && chain->planned_sequence == head.sequence + 1) return PRISM_STATUS_OK;
  chain->planned_sequence = head.sequence + 1;
  return plan_head(context, head, decode_cached_tokens(context, head.sequence), &chain->plan);
}

/* Who is `pieces` behind the fetcher whose turn it is; at most one round. */
static uint32_t next_turn(const struct decode_chain* chain, uint32_t pieces) {
  const uint32_t turn = chain->turn + pieces;
  return turn < chain->fetcher_count ? turn : turn - chain->fetcher_count;
}

/* Preparation. */

static uint32_t power_of_two(uint32_t value) {
  uint32_t power = 1;
  while (power < value) power *= 2;
  return power;
}

static uint32_t waves(const struct prism_job* job) {
  return decode_pieces(job->kv_heads, PHOTONIC_QUERY_SLOT_COUNT);
}

/* Whether layers repeat: all do the same, also in the last step, which attends to most, and a step fits into
 * the rings. */
static enum prism_status plan_repetition(struct decode_context* context) {
  struct decode_chain* chain = &context->chain;
  const struct prism_job* job = &context->layout.job;
  const uint32_t later_steps = job->steps > 0 ? job->steps - 1 : 0;
  uint64_t commands = 2; /* projection, weights */
  uint64_t pieces = 0;
  uint64_t rankings = 0;
  chain->is_uniform = job->dense_layers == 0 && job->retrieval_share_ppm == 1000000u;
  for (uint32_t sequence = 0; sequence < job->batch; ++sequence) {
    const uint32_t tokens = decode_cached_tokens(context, sequence) + later_steps;
    PRISM_TRY(plan_head(context, (struct decode_head){.sequence = sequence}, tokens, &chain->plan));
    const uint64_t most = chain->plan.pieces + (chain->plan.tail_tokens > 0 ? 0 : 1);
    pieces += job->kv_heads * most;
    commands += (ranks(context) ? waves(job) : 0) + job->kv_heads * (most + 1);
    rankings += chain->plan.selection.listed > 0 ? job->kv_heads : 0;
  }
  /* One more for the end of a layer. */
  const uint64_t descriptors = decode_pieces((uint32_t)pieces, chain->fetcher_count) + rankings + 1;
  /* With a single channel, appends come between the fetches. */
  chain->repeats = chain->is_uniform && context->append_channel != &context->fetches &&
                   commands <= DECODE_COMMANDS && descriptors <= DECODE_DESCRIPTORS;
  return PRISM_STATUS_OK;
}

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
  chain->list_bytes = (uint64_t)decode_minimum(job->k, job->max_blocks) * sizeof(uint32_t);
  chain->lists = next; /* nearer to the engines than RAM */
  next += aligned(job->batch * job->kv_heads * chain->list_bytes);
  if (next > end) return PRISM_STATUS_SCRATCHPAD_TOO_SMALL;

  chain->fetchers[0].channel = &context->fetches;
  chain->fetchers[0].buffers[0] = layout->buffers[0];
  chain->fetchers[0].buffers[1] = layout->buffers[1];
  chain->fetcher_count = 1;
  const uint32_t free_channels = context->dma.channels > context->recovery.next_channel
                                     ? context->dma.channels - context->recovery.next_channel
                                     : 0;
  const uint32_t most =
      decode_minimum(DECODE_FETCHERS, decode_minimum(job->fetch_channels, 1ull + free_channels));
  for (; chain->fetcher_count < most && next + 2 * buffer_bytes <= end; next += 2 * buffer_bytes) {
    struct decode_fetcher* fetcher = &chain->fetchers[chain->fetcher_count++];
    fetcher->channel = &fetcher->opened;
    fetcher->buffers[0] = next;
    fetcher->buffers[1] = next + buffer_bytes;
  }
  return PRISM_STATUS_OK;
}

/* The rings. Nobody looks at completion records. */
static enum prism_status open_rings(struct decode_context* context) {
  struct decode_chain* chain = &context->chain;
  for (uint32_t i = 0; i < chain->fetcher_count; ++i) {
    struct decode_fetcher* fetcher = &chain->fetchers[i];
    if (fetcher->channel == context->append_channel) continue;
    const uint32_t index = i == 0 ? context->fetches.index : context->recovery.next_channel++;
    PRISM_TRY(
        prism_dma_open(fetcher->channel, &context->dma, index, &context->heap, DESCRIPTOR_RING_ENTRIES));
    PRISM_TRY(prism_dma_drop_records(fetcher->channel));
  }
  if (chain->repeats) PRISM_TRY(prism_dma_drop_records(context->append_channel));
  return prism_compute_open_ring(&context->compute, &context->heap, COMMAND_RING_ENTRIES);
}

/* Whether this file knows how. */
static int can_be_chained(const struct prism_job* job) {
  const int known = job->policy == PRISM_POLICY_DENSE || job->policy == PRISM_POLICY_STREAMING ||
                    job->policy == PRISM_POLICY_PRISM;
  const int alone = job->query_heads == job->kv_heads;
  const int once = job->granularity == PRISM_GRANULARITY_KV_HEAD || alone;
  const int pooled = job->policy == PRISM_POLICY_PRISM && job->pooling != PRISM_POOLING_MEAN && !alone;
  return known && once && !pooled && job->shared_kv == 0 && job->fetch_channels > 0;
}

enum prism_status decode_chain_prepare(struct decode_context* context) {
  const uint64_t semaphores = context->layout.job.semaphores_base;
  if (!can_be_chained(&context->layout.job)) return PRISM_STATUS_BAD_JOB;
  PRISM_TRY(prism_check_identity(context->hal, semaphores + SEMAPHORES_ID, SEMAPHORES_ID_VALUE));
  if (hal_read32(context->hal, semaphores + SEMAPHORES_COUNT) < SEMAPHORES) return PRISM_STATUS_BAD_JOB;
  PRISM_TRY(place_fetchers(context));
  PRISM_TRY(plan_repetition(context));
  /* A whole step ahead, unless the core's queue is too short for its rankings. */
  const struct prism_job* job = &context->layout.job;
  context->chain.is_paced =
      ranks(context) && context->photonic.queue_depth < 2ull * job->batch * job->kv_heads * job->layers;
  return open_rings(context);
}

/* Before the first layer of a step, and when the CPU has driven the engines in between: all of them are idle.
 */
static enum prism_status begin_chain(struct decode_context* context) {
  struct decode_chain* chain = &context->chain;
  struct hal* hal = context->hal;
  const uint64_t base = context->layout.job.semaphores_base;
  for (uint32_t i = 0; i < SEMAPHORES; ++i) hal_write32(hal, base + SEMAPHORES_VALUE(i), 0);
  hal_write32(hal, base + SEMAPHORES_VALUE(APPENDED), context->layout.job.batch);
  for (uint32_t i = 0; i < chain->fetcher_count; ++i) {
    struct decode_fetcher* fetcher = &chain->fetchers[i];
    hal_write32(hal, base + SEMAPHORES_VALUE(FREED(i)), 2);
    fetcher->pieces = 0;
    PRISM_TRY(prism_dma_reset(fetcher->channel));
  }
  if (context->append_channel != &context->fetches) PRISM_TRY(prism_dma_reset(context->append_channel));
  PRISM_TRY(prism_compute_reset(&context->compute));
  if (ranks(context)) PRISM_TRY(prism_photonic_quiet(&context->photonic));
  forget_collected(context);
  chain->is_active = 1;
  return prism_check_fault(hal);
}

/* One layer. */

static enum prism_status add_projection(struct decode_context* context, const struct decode_position* at) {
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

static int is_last(const struct decode_context* context, const struct decode_position* at) {
  return at->layer + 1 == context->layout.job.layers;
}

/* The layer's other weights. */
static enum prism_status add_weights(struct decode_context* context, const struct decode_position* at) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_compute_command command = {
      .opcode = layout->job.layer_weight_bytes > 0 ? COMPUTE_OP_GEMV : COMPUTE_OP_NOP,
      .flags = is_last(context, at) ? COMPUTE_FLAG_INTERRUPT : 0,
      .source = decode_layer_weights(layout, at->layer) + layout->job.qkv_weight_bytes,
      .bytes = layout->job.layer_weight_bytes,
      .count = layout->job.batch,
      .dimension = layout->job.head_dimension,
      .purpose = PRISM_PURPOSE_WEIGHTS};
  return add_command(context, &command);
}

/* Whether the new token completes a block that will be ranked. */
static int is_to_sign(const struct decode_context* context) {
  return ranks(context) && context->chain.plan.tail_tokens + 1 == context->layout.job.block_tokens;
}

/* The new keys and values of all heads of a sequence, by the plan of its first. */
static struct dma_descriptor append_of(const struct decode_context* context, struct decode_head head) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  const struct decode_plan* plan = &context->chain.plan;
  const uint64_t block = decode_block_address(layout, head, plan->blocks);
  return (struct dma_descriptor){.opcode = DMA_OP_APPEND,
                                 .purpose = PRISM_PURPOSE_KV_APPEND,
                                 .source = decode_new_key(layout, head),
                                 .destination = block + plan->tail_tokens * layout->vector_bytes,
                                 .bytes = layout->vector_bytes,
                                 .destination_stride = job->block_tokens * layout->vector_bytes,
                                 .count = job->kv_heads,
                                 .stride = job->kv_head_stride,
                                 .wait = one(PROJECTED),
                                 .signal = one(APPENDED)};
}

/* Appends, and computes the signatures of the blocks that the new token completes. */
static enum prism_status queue_append(struct decode_context* context, struct decode_head head) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  const struct decode_plan* plan = &context->chain.plan;
  PRISM_TRY(renew_plan(context, head));
  struct dma_descriptor append = append_of(context, head);
  PRISM_TRY(prism_dma_queue(context->append_channel, &append, 1));
  if (!is_to_sign(context)) return PRISM_STATUS_OK;
  for (; head.kv_head < job->kv_heads; ++head.kv_head) {
    if (decode_policy_of(context, head)->rank == NULL) continue;
    const uint64_t slot = (uint64_t)head.sequence * job->kv_heads + head.kv_head;
    struct dma_descriptor signature = {
        .opcode = DMA_OP_SIGNATURE,
        .purpose = PRISM_PURPOSE_SIGNATURE_WRITE,
        .source = decode_block_address(layout, head, plan->blocks),
        .destination = on_chip(context) ? context->chain.signatures + slot * layout->signature_bytes
                                        : decode_signature_address(layout, head, plan->blocks),
        .bytes = layout->vector_bytes,
        .list_address = layout->projection,
        .count = job->block_tokens,
        .output_dimension = job->signature_dimension,
        .signal = on_chip(context) ? one(SIGNED) : 0};
    PRISM_TRY(prism_dma_queue(context->append_channel, &signature, 1));
  }
  return PRISM_STATUS_OK;
}

/* Behind the layer's rankings: a store waits for its signature. */
static enum prism_status queue_stores(struct decode_context* context, struct decode_head head) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  PRISM_TRY(renew_plan(context, head));
  if (!is_to_sign(context) || !on_chip(context)) return PRISM_STATUS_OK;
  const uint32_t block = context->chain.plan.blocks;
  for (; head.kv_head < job->kv_heads; ++head.kv_head) {
    if (decode_policy_of(context, head)->rank == NULL) continue;
    const uint64_t slot = (uint64_t)head.sequence * job->kv_heads + head.kv_head;
    PRISM_TRY(prism_photonic_queue_store(&context->photonic, (uint32_t)decode_head_index(layout, head), block,
                                         context->chain.signatures + slot * layout->signature_bytes, 1,
                                         one(SIGNED)));
  }
  return PRISM_STATUS_OK;
}

/* Beside the layer's attention. */
static enum prism_status queue_appends(struct decode_context* context, const struct decode_position* at) {
  struct decode_head head = {.layer = at->layer};
  for (; head.sequence < context->layout.job.batch; ++head.sequence) PRISM_TRY(queue_append(context, head));
  if (!ranks(context) || !on_chip(context)) return PRISM_STATUS_OK;
  for (head.sequence = 0; head.sequence < context->layout.job.batch; ++head.sequence) {
    PRISM_TRY(queue_stores(context, head));
  }
  return PRISM_STATUS_OK;
}

/* The query sketches of `count` heads from `first` on, into the core's slots from 0 on, for as many rankings
 * as they need. */
static enum prism_status add_sketches(struct decode_context* context, struct decode_head first,
                                      uint32_t count) {
  const struct decode_layout* layout = &context->layout;
  uint32_t rankings = 0;
  for (struct decode_head head = first; head.kv_head < first.kv_head + count; ++head.kv_head) {
    PRISM_TRY(renew_plan(context, head));
    rankings += context->chain.plan.selection.listed > 0 ? 1 : 0;
  }
  if (rankings == 0) return PRISM_STATUS_OK;
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
      .signal = SEMAPHORES_OPERAND(QUERIED, rankings)};
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
  chain->turn = next_turn(chain, 1);
  descriptor->purpose = PRISM_PURPOSE_KV_READ;
  descriptor->destination = fetcher->buffers[fetcher->pieces++ % 2];
  descriptor->wait = one(FREED(turn));
  descriptor->signal = one(FETCHED(turn));
  PRISM_TRY(add_descriptor(context, turn, descriptor));
  return add_attention(passage, descriptor->destination, tokens, context->layout.job.block_tokens, 0,
                       one(FETCHED(turn)), one(FREED(turn)));
}

static enum prism_status add_listed(struct passage* passage, uint64_t list,
                                    const struct decode_selection* selection) {
  const struct decode_layout* layout = &passage->context->layout;
  const uint32_t count = selection->listed;
  for (uint32_t start = 0; start < count; start += layout->job.chunk_blocks) {
    const uint32_t part = decode_minimum(count - start, layout->job.chunk_blocks);
    struct dma_descriptor gather = {
        .opcode = DMA_OP_GATHER,
        .source = decode_block_address(layout, passage->head, selection->list_first),
        .bytes = layout->block_bytes,
        .list_address = list + (uint64_t)start * sizeof(uint32_t),
        .count = part,
        .index_limit = selection->ranked,
        .stride = layout->block_bytes};
    PRISM_TRY(add_piece(passage, &gather, part * layout->job.block_tokens));
  }
  return PRISM_STATUS_OK;
}

static enum prism_status add_contiguous(struct passage* passage, uint32_t first, uint32_t count) {
  const struct decode_layout* layout = &passage->context->layout;
  for (uint32_t start = 0; start < count; start += layout->job.chunk_blocks) {
    const uint32_t part = decode_minimum(count - start, layout->job.chunk_blocks);
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

/* How the head is ranked; the fetcher whose turn is `turn` goes on when the list is there. */
static struct prism_photonic_ranking ranking_of(const struct decode_context* context, struct decode_head head,
                                                uint32_t turn) {
  const struct decode_layout* layout = &context->layout;
  const struct decode_chain* chain = &context->chain;
  const struct decode_selection* selection = &chain->plan.selection;
  const uint32_t number = head.sequence * layout->job.kv_heads + head.kv_head;
  return (struct prism_photonic_ranking){
      .address = decode_signature_address(layout, head, selection->list_first),
      .result_address = chain->lists + number * chain->list_bytes,
      .context = (uint32_t)decode_head_index(layout, head),
      .count = selection->ranked,
      .slot = head.kv_head % PHOTONIC_QUERY_SLOT_COUNT,
      .k = selection->listed,
      .wait = one(QUERIED),
      .signal = one(RANKED(turn))};
}

/* What the ranking waits for is queued before there may be no room for it. */
static enum prism_status queue_ranking(struct decode_context* context,
                                       const struct prism_photonic_ranking* ranking) {
  if (!prism_photonic_has_room(&context->photonic, 2)) PRISM_TRY(flush(context));
  return prism_photonic_queue_ranking(&context->photonic, ranking);
}

/* The fetchers of the listed pieces wait for the list: the core tells the first, which tells the next. */
static enum prism_status add_list_waits(struct decode_context* context) {
  struct decode_chain* chain = &context->chain;
  const uint32_t fetchers = decode_minimum(chain->plan.listed_pieces, chain->fetcher_count);
  for (uint32_t i = 0; i < fetchers; ++i) {
    const uint32_t turn = next_turn(chain, i);
    const uint32_t next = next_turn(chain, i + 1);
    const struct dma_descriptor wait = {.opcode = DMA_OP_NOP,
                                        .purpose = PRISM_PURPOSE_OTHER,
                                        .wait = one(RANKED(turn)),
                                        .signal = i + 1 < fetchers ? one(RANKED(next)) : 0};
    PRISM_TRY(add_descriptor(context, turn, &wait));
  }
  return PRISM_STATUS_OK;
}

static enum prism_status queue_head(struct decode_context* context, struct decode_head head,
                                    uint32_t last_flags) {
  struct decode_chain* chain = &context->chain;
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  const struct decode_plan* plan = &chain->plan;
  const struct decode_selection* selection = &plan->selection;
  struct passage passage = {.context = context, .head = head};
  PRISM_TRY(renew_plan(context, head));
  context->blocks_ranked = selection->ranked;
  context->blocks_selected = selection->sinks + selection->listed + selection->contiguous;

  PRISM_TRY(add_contiguous(&passage, 0, selection->sinks));
  if (selection->listed > 0) {
    const struct prism_photonic_ranking ranking = ranking_of(context, head, chain->turn);
    if (!chain->repeats) PRISM_TRY(queue_ranking(context, &ranking));
    PRISM_TRY(add_list_waits(context));
    PRISM_TRY(add_listed(&passage, ranking.result_address, selection));
  }
  PRISM_TRY(add_contiguous(&passage, selection->first, selection->contiguous));
  PRISM_TRY(add_tail(&passage, plan->blocks * job->block_tokens, plan->tail_tokens));
  /* The new token, straight from the projection's results, as decode_attend_layer() does. */
  return add_attention(&passage, decode_new_key(layout, head), 1, job->kv_heads,
                       COMPUTE_FLAG_LAST | last_flags, 0, 0);
}

/* Collects a layer. Heads in waves that share the core's query slots: the sketches of a wave follow the
 * attention of the wave before, whose rankings have ended by then. */
static enum prism_status build_layer(struct decode_context* context, const struct decode_position* at) {
  struct decode_chain* chain = &context->chain;
  const struct prism_job* job = &context->layout.job;
  const uint32_t heads = job->batch * job->kv_heads;
  const uint32_t interrupt = !chain->repeats || chain->is_paced ? COMPUTE_FLAG_INTERRUPT : 0;
  chain->turn = 0;
  PRISM_TRY(add_projection(context, at));
  for (uint32_t i = 0; i < heads; ++i) {
    const struct decode_head head = {i / job->kv_heads, at->layer, i % job->kv_heads};
    if (ranks(context) && head.kv_head % PHOTONIC_QUERY_SLOT_COUNT == 0) {
      PRISM_TRY(add_sketches(context, head,
                             decode_minimum(job->kv_heads - head.kv_head, PHOTONIC_QUERY_SLOT_COUNT)));
    }
    PRISM_TRY(queue_head(context, head, i + 1 == heads ? interrupt : 0));
  }
  return add_weights(context, at);
}

/* Rankings of a layer that lies in the rings. */
static enum prism_status queue_rankings(struct decode_context* context, uint32_t layer) {
  struct decode_chain* chain = &context->chain;
  const struct decode_plan* plan = &chain->plan;
  const struct prism_job* job = &context->layout.job;
  chain->turn = 0;
  for (struct decode_head head = {.layer = layer}; head.sequence < job->batch; ++head.sequence) {
    PRISM_TRY(renew_plan(context, head));
    struct prism_photonic_ranking ranking = ranking_of(context, head, 0);
    for (uint32_t i = 0; i < job->kv_heads; ++i) {
      if (i % PHOTONIC_QUERY_SLOT_COUNT == 0) ranking.slot = 0;
      ranking.signal = one(RANKED(next_turn(chain, plan->listed_turn)));
      if (plan->selection.listed > 0) {
        PRISM_TRY(prism_photonic_queue_ranking(&context->photonic, &ranking));
      }
      chain->turn = next_turn(chain, plan->next_turn);
      ++ranking.slot;
      ++ranking.context;
      ranking.address += job->signature_head_stride;
      ranking.result_address += chain->list_bytes;
    }
  }
  return PRISM_STATUS_OK;
}

/* Appends of all layers; where blocks are completed, layer by layer. */
static enum prism_status repeat_appends(struct decode_context* context, uint32_t layer, uint32_t laps) {
  struct decode_chain* chain = &context->chain;
  const struct prism_job* job = &context->layout.job;
  struct dma_descriptor* appends = chain->queued->descriptors[0]; /* which have been queued */
  const uint32_t count = power_of_two(job->batch > 1 ? job->batch : 2);
  const uint64_t stride = job->kv_heads * job->kv_head_stride;
  chain->appends_repeat = 0;
  if (count > DECODE_DESCRIPTORS) return PRISM_STATUS_OK;
  for (uint32_t i = 0; i < count; ++i) {
    const struct decode_head head = {.sequence = i, .layer = layer};
    appends[i] = (struct dma_descriptor){.opcode = DMA_OP_NOP};
    if (i >= job->batch) continue;
    PRISM_TRY(renew_plan(context, head));
    if (is_to_sign(context)) return PRISM_STATUS_OK;
    appends[i] = append_of(context, head);
  }
  chain->appends_repeat = 1;
  return prism_dma_queue_laps(context->append_channel, appends, count, laps, 0, stride);
}

/* Queues the layer that is collected, and those that follow, as laps of the rings. */
static enum prism_status queue_laps(struct decode_context* context, uint32_t laps) {
  const struct prism_compute_command idle = {.opcode = COMPUTE_OP_NOP};
  struct decode_chain* chain = &context->chain;
  struct decode_queued* queued = chain->queued;
  const struct prism_job* job = &context->layout.job;
  const uint64_t weights = job->qkv_weight_bytes + job->layer_weight_bytes;
  const uint64_t cache = job->kv_heads * job->kv_head_stride;
  const uint32_t commands = power_of_two(chain->command_count);
  chain->attended = chain->command_count - 1;
  queued->commands[0].lap_source = weights;
  queued->commands[0].lap_layer = 1;
  queued->commands[chain->command_count - 1].lap_source = weights;
  for (uint32_t i = chain->command_count; i < commands; ++i) queued->commands[i] = idle;
  queued->commands[commands - 1].flags = COMPUTE_FLAG_INTERRUPT;
  chain->command_count = commands;
  PRISM_TRY(prism_compute_queue_laps(&context->compute, queued->commands, commands, laps,
                                     chain->is_paced ? 1 : laps, &chain->ticket));
  for (uint32_t i = 0; i < chain->fetcher_count; ++i) {
    struct decode_fetcher* fetcher = &chain->fetchers[i];
    const uint32_t count = power_of_two(fetcher->count + 1);
    if (fetcher->count == 0) continue;
    /* Both buffers are empty again: the next layer begins with the same one. */
    const uint32_t both = SEMAPHORES_OPERAND(FREED(i), 2u);
    queued->descriptors[i][fetcher->count] =
        (struct dma_descriptor){.opcode = DMA_OP_NOP, .wait = both, .signal = both};
    for (uint32_t j = fetcher->count + 1; j < count; ++j) {
      queued->descriptors[i][j] = (struct dma_descriptor){.opcode = DMA_OP_NOP};
    }
    PRISM_TRY(prism_dma_queue_laps(fetcher->channel, queued->descriptors[i], count, laps, cache, 0));
  }
  return PRISM_STATUS_OK;
}

/* The error record of a channel that has halted. */
static enum prism_status check_channels(struct decode_context* context) {
  if (context->dma.failed == 0) return PRISM_STATUS_OK;
  PRISM_TRY(prism_dma_check(context->append_channel));
  for (uint32_t i = 0; i < context->chain.fetcher_count; ++i) {
    PRISM_TRY(prism_dma_check(context->chain.fetchers[i].channel));
  }
  return PRISM_STATUS_OK;
}

/* Until the ticket's command has finished, or any engine has failed. */
static enum prism_status wait_for(struct decode_context* context, uint32_t ticket) {
  struct prism_compute* compute = &context->compute;
  const uint64_t deadline = prism_deadline_after(context->hal, context->layout.job.recovery.timeout_ns);
  while (!prism_has_reached(compute->completed, ticket)) {
    PRISM_TRY(check_channels(context));
    if (ranks(context) && (context->photonic.events & PHOTONIC_IRQ_ERROR) != 0) {
      return PRISM_STATUS_PHOTONIC_ERROR;
    }
    if (compute->events == 0) PRISM_TRY(prism_interrupts_wait(&context->interrupts, deadline));
    if (compute->events != 0) PRISM_TRY(prism_compute_check(compute));
  }
  return PRISM_STATUS_OK;
}

/* Layers from `at` on, where they repeat: what they have in common is queued at once. */
static enum prism_status repeat_layers(struct decode_context* context, struct decode_position at) {
  struct decode_chain* chain = &context->chain;
  const uint32_t layers = context->layout.job.layers;
  PRISM_TRY(build_layer(context, &at));
  PRISM_TRY(queue_laps(context, layers - at.layer));
  PRISM_TRY(repeat_appends(context, at.layer, layers - at.layer));
  for (uint32_t lap = 0; at.layer < layers; ++at.layer, ++lap) {
    chain->queued_layer = at.layer;
    if (ranks(context)) PRISM_TRY(queue_rankings(context, at.layer));
    if (!chain->appends_repeat) PRISM_TRY(queue_appends(context, &at));
    if (chain->is_paced) PRISM_TRY(wait_for(context, lap * chain->command_count + chain->attended));
  }
  return wait_for(context, chain->ticket);
}

/* Layers from `at` on, each when the attention of the one before has ended. */
static enum prism_status queue_layers(struct decode_context* context, struct decode_position at) {
  struct decode_chain* chain = &context->chain;
  for (; at.layer < context->layout.job.layers; ++at.layer) {
    chain->queued_layer = at.layer;
    PRISM_TRY(build_layer(context, &at));
    PRISM_TRY(flush(context));
    PRISM_TRY(queue_appends(context, &at));
    PRISM_TRY(wait_for(context, chain->ticket - 1));
  }
  return wait_for(context, chain->ticket);
}

static enum prism_status chain_layers(struct decode_context* context, const struct decode_position* at) {
  const struct decode_position behind = {context->layout.job.layers, at->step};
  PRISM_TRY(begin_chain(context));
  PRISM_TRY(context->chain.repeats ? repeat_layers(context, *at) : queue_layers(context, *at));
  PRISM_TRY(prism_dma_drain(context->append_channel)); /* the next step loads the signatures */
  PRISM_TRY(prism_compute_reset(&context->compute));
  context->chain.queued_layer = behind.layer;
  return decode_stream_layer(context, &behind);
}

/* How far a chain from layer `first` on has come before it failed, by what the compute engine has finished.
 * The appends and signatures of the two layers before may have been under way. */
static void note_failure(struct decode_context* context, uint32_t first) {
  struct decode_chain* chain = &context->chain;
  const uint32_t finished = prism_compute_finished(&context->compute);
  (void)prism_compute_reset(&context->compute); /* or it would go on */
  chain->has_failed = 1;
  chain->is_active = 0;
  if (chain->queued_layer == context->layout.job.layers) { /* the final weights alone */
    chain->failed_layer = chain->next_layer = chain->queued_layer;
    return;
  }
  uint32_t reached = chain->queued_layer;
  int is_attended = prism_has_reached(finished, chain->ticket - 1);
  if (chain->repeats) {
    reached = decode_minimum(first + finished / chain->command_count, reached);
    is_attended = finished - (reached - first) * chain->command_count >= chain->attended;
  }
  chain->failed_layer = reached < first + 2 ? first : reached - 2;
  chain->next_layer = reached + 1;
  chain->attended_layers = reached + (is_attended ? 1 : 0);
}

/* Layers from `at` on, by the CPU. */
static enum prism_status drive_layers(struct decode_context* context, struct decode_position at) {
  struct decode_chain* chain = &context->chain;
  for (; at.layer < chain->next_layer; ++at.layer) {
    if (chain->has_failed && at.layer < chain->attended_layers) {
      PRISM_TRY(decode_append_layer(context, &at));
      if (at.layer + 1 == chain->next_layer) PRISM_TRY(decode_stream_layer(context, &at));
    } else {
      PRISM_TRY(decode_run_layer(context, &at));
    }
  }
  return at.layer == context->layout.job.layers ? decode_stream_layer(context, &at) : PRISM_STATUS_OK;
}

/* A phase, as decode/recovery.h has it: the step from a layer on. What has failed as a chain is done again by
 * the CPU, and what would fail because the photonic core is left alone is not tried. */
static enum prism_status run_layers(struct decode_context* context, const struct decode_position* at) {
  struct decode_chain* chain = &context->chain;
  const uint32_t layers = context->layout.job.layers;
  struct decode_position position = *at;
  if (chain->has_failed) {
    position.layer = chain->failed_layer;
  } else if (context->recovery.sick_step == at->step + 1) {
    chain->next_layer = layers;
  } else {
    const enum prism_status status = chain_layers(context, at);
    if (status == PRISM_STATUS_OK) {
      chain->next_layer = layers;
      return status;
    }
    note_failure(context, at->layer);
    return status;
  }
  PRISM_TRY(drive_layers(context, position));
  chain->has_failed = 0;
  return PRISM_STATUS_OK;
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

static enum prism_status run_step(struct decode_context* context, uint32_t step) {
  struct decode_chain* chain = &context->chain;
  struct decode_position at = {.step = step};
  chain->planned_sequence = 0;
  while (at.layer < context->layout.job.layers) {
    PRISM_TRY(decode_attempt(context, run_layers, &at));
    at.layer = chain->next_layer;
  }
  return PRISM_STATUS_OK;
}

enum prism_status decode_chain_step(struct decode_context* context, uint32_t step) {
  const enum prism_status status = run_step(context, step);
  if (status != PRISM_STATUS_OK) stop(context);
  return status;
}

int decode_chain_can_run(const struct decode_context* context) {
  return context->recovery.dropped_count == 0 && !(ranks(context) && decode_photonic_is_checked(context));
}

enum prism_status decode_chain_leave(struct decode_context* context) {
  if (!context->chain.is_active) return PRISM_STATUS_OK;
  context->chain.is_active = 0;
  return ranks(context) ? prism_photonic_reset(&context->photonic) : PRISM_STATUS_OK;
}
