/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/attention.h"

#include "decode/recovery.h"
#include "prism/hw/purpose.h"

/* One head's keys and values come in pieces of at most chunk_blocks: first the sinks, then the listed blocks,
 * then the contiguous ones, then the tokens of the incomplete last block. Piece i goes through buffer i % 2:
 * while one buffer is attended, the other is being filled. */
struct head_attention {
  struct decode_context* context;
  struct decode_head head;
  struct decode_selection selection;
  uint32_t complete_blocks;
  uint32_t tail_tokens;
  uint32_t sink_pieces;
  uint32_t listed_pieces; /* sinks included */
  uint32_t contiguous_pieces;
  uint32_t pieces;
  uint32_t attended;   /* ATTEND commands so far */
  uint32_t tickets[2]; /* DMA ticket of the piece in each buffer */
};

static uint32_t piece_blocks(uint32_t blocks, uint32_t start, uint32_t chunk) {
  return decode_minimum(blocks - start, chunk);
}

static enum prism_status fetch_tail(struct head_attention* attention, uint64_t buffer, uint32_t* ticket) {
  const struct decode_layout* layout = &attention->context->layout;
  const uint32_t first_token = attention->complete_blocks * layout->job.block_tokens;
  const uint64_t bytes = attention->tail_tokens * layout->vector_bytes;
  struct dma_descriptor copies[] = {
      {.opcode = DMA_OP_COPY,
       .purpose = PRISM_PURPOSE_KV_READ,
       .source = decode_key_address(layout, attention->head, first_token),
       .destination = buffer,
       .bytes = bytes},
      {.opcode = DMA_OP_COPY,
       .purpose = PRISM_PURPOSE_KV_READ,
       .source = decode_value_address(layout, attention->head, first_token),
       .destination = buffer + layout->job.block_tokens * layout->vector_bytes,
       .bytes = bytes},
  };
  return prism_dma_submit(&attention->context->fetches, copies, layout->job.shared_kv != 0 ? 1 : 2, ticket);
}

/* Starts to fill the piece's buffer. */
static enum prism_status fetch(struct head_attention* attention, uint32_t piece) {
  struct decode_context* context = attention->context;
  const struct decode_layout* layout = &context->layout;
  const struct decode_selection* selection = &attention->selection;
  const uint32_t chunk = layout->job.chunk_blocks;
  const uint64_t buffer = layout->buffers[piece % 2];
  uint32_t* ticket = &attention->tickets[piece % 2];

  if (piece < attention->sink_pieces) {
    const uint32_t start = piece * chunk;
    return prism_dma_copy(&context->fetches, PRISM_PURPOSE_KV_READ,
                          decode_block_address(layout, attention->head, start), buffer,
                          piece_blocks(selection->sinks, start, chunk) * layout->block_bytes, ticket);
  }
  if (piece < attention->listed_pieces) {
    const uint32_t start = (piece - attention->sink_pieces) * chunk;
    return prism_dma_gather(&context->fetches, PRISM_PURPOSE_KV_READ,
                            decode_block_address(layout, attention->head, selection->list_first),
                            selection->list_address + (uint64_t)start * sizeof(uint32_t),
                            piece_blocks(selection->listed, start, chunk), buffer, layout->block_bytes,
                            ticket);
  }
  if (piece < attention->listed_pieces + attention->contiguous_pieces) {
    const uint32_t start = (piece - attention->listed_pieces) * chunk;
    return prism_dma_copy(&context->fetches, PRISM_PURPOSE_KV_READ,
                          decode_block_address(layout, attention->head, selection->first + start), buffer,
                          piece_blocks(selection->contiguous, start, chunk) * layout->block_bytes, ticket);
  }
  return fetch_tail(attention, buffer, ticket);
}

static uint32_t piece_tokens(const struct head_attention* attention, uint32_t piece) {
  const struct prism_job* job = &attention->context->layout.job;
  const uint32_t chunk = job->chunk_blocks;
  if (piece < attention->sink_pieces) {
    return piece_blocks(attention->selection.sinks, piece * chunk, chunk) * job->block_tokens;
  }
  if (piece < attention->listed_pieces) {
    const uint32_t start = (piece - attention->sink_pieces) * chunk;
    return piece_blocks(attention->selection.listed, start, chunk) * job->block_tokens;
  }
  if (piece < attention->listed_pieces + attention->contiguous_pieces) {
    const uint32_t start = (piece - attention->listed_pieces) * chunk;
    return piece_blocks(attention->selection.contiguous, start, chunk) * job->block_tokens;
  }
  return attention->tail_tokens;
}

/* Queues the attention over `tokens` at `source`, laid out in blocks of `block_tokens`. */
static enum prism_status attend(struct head_attention* attention, uint64_t source, uint32_t tokens,
                                uint32_t block_tokens, uint32_t flags, uint32_t* ticket) {
  struct decode_context* context = attention->context;
  const struct decode_layout* layout = &context->layout;
  const struct prism_compute_command command = {
      .opcode = COMPUTE_OP_ATTEND,
      .flags = flags | (attention->attended == 0 ? COMPUTE_FLAG_FIRST : 0) |
               (layout->job.shared_kv != 0 ? COMPUTE_ATTEND_SHARED : 0),
      .source = source,
      .query = decode_new_queries(layout, attention->head),
      .destination = decode_output(layout, attention->head),
      .count = tokens,
      .dimension = layout->job.head_dimension,
      .heads = layout->group,
      .block_tokens = block_tokens,
      .purpose = PRISM_PURPOSE_OTHER};
  ++attention->attended;
  return prism_compute_submit(&context->compute, &command, ticket);
}

/* Selects the head's blocks; `turn` alternates from head to head. */
static enum prism_status begin(struct head_attention* attention, struct decode_context* context,
                               struct decode_head head, uint32_t turn) {
  const struct prism_job* job = &context->layout.job;
  const uint32_t tokens = decode_cached_tokens(context, head.sequence);
  *attention = (struct head_attention){.context = context,
                                       .head = head,
                                       .complete_blocks = tokens / job->block_tokens,
                                       .tail_tokens = tokens % job->block_tokens};
  struct decode_selection* selection = &attention->selection;
  PRISM_TRY(decode_policy_of(context, head)
                ->select(context, head, attention->complete_blocks, context->lists[turn], selection));
  PRISM_TRY(decode_exclude_dropped(context, head, context->lists[turn], selection));
  attention->sink_pieces = decode_pieces(selection->sinks, job->chunk_blocks);
  attention->listed_pieces = attention->sink_pieces + decode_pieces(selection->listed, job->chunk_blocks);
  attention->contiguous_pieces = decode_pieces(selection->contiguous, job->chunk_blocks);
  attention->pieces =
      attention->listed_pieces + attention->contiguous_pieces + (attention->tail_tokens > 0 ? 1 : 0);
  context->blocks_ranked = selection->ranked;
  context->blocks_selected = selection->sinks + selection->listed + selection->contiguous;
  return PRISM_STATUS_OK;
}

/* Fills both buffers; they are free, since every fetched piece of the head before has been attended. */
static enum prism_status start_fetching(struct head_attention* attention) {
  for (uint32_t piece = 0; piece < attention->pieces && piece < 2; ++piece) {
    PRISM_TRY(fetch(attention, piece));
  }
  return PRISM_STATUS_OK;
}

static enum prism_status finish(struct head_attention* attention) {
  struct decode_context* context = attention->context;
  const struct decode_layout* layout = &context->layout;
  uint32_t ticket;
  for (uint32_t piece = 0; piece < attention->pieces; ++piece) {
    PRISM_TRY(prism_dma_wait(&context->fetches, attention->tickets[piece % 2]));
    PRISM_TRY(attend(attention, layout->buffers[piece % 2], piece_tokens(attention, piece),
                     layout->job.block_tokens, 0, &ticket));
    PRISM_TRY(prism_compute_wait(&context->compute, ticket));
    if (piece + 2 < attention->pieces) PRISM_TRY(fetch(attention, piece + 2));
  }
  /* The new token, straight from the projection's results: its value lies kv_heads vectors after its key, as
   * in a block of kv_heads tokens. */
  return attend(attention, decode_new_key(layout, attention->head), 1, layout->job.kv_heads,
                COMPUTE_FLAG_LAST, &ticket);
}

enum prism_status decode_attend_layer(struct decode_context* context, uint32_t layer) {
  const struct prism_job* job = &context->layout.job;
  const uint32_t heads = job->batch * job->kv_heads;
  struct head_attention attentions[2];
  PRISM_TRY(begin(&attentions[0], context, (struct decode_head){0, layer, 0}, 0));
  for (uint32_t i = 0; i < heads; ++i) {
    struct head_attention* current = &attentions[i % 2];
    const uint32_t next = i + 1;
    PRISM_TRY(start_fetching(current));
    if (next < heads) { /* the next head is ranked while this one's blocks are on their way */
      const struct decode_head head = {next / job->kv_heads, layer, next % job->kv_heads};
      PRISM_TRY(begin(&attentions[next % 2], context, head, next % 2));
    }
    PRISM_TRY(finish(current));
  }
  return PRISM_STATUS_OK;
}
