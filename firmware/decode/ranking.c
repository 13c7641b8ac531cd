/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/ranking.h"

#include <string.h>

#include "decode/token.h"
#include "prism/drivers/common.h"
#include "prism/hw/purpose.h"

#define LIST_ALIGNMENT 64u
#define PIECE 256u /* list entries that the CPU reads at a time */

void decode_always_attended(const struct decode_layout* layout, uint32_t blocks,
                            struct decode_selection* selection) {
  const struct prism_job* job = &layout->job;
  const uint32_t window = decode_minimum(decode_pieces(job->window_tokens, job->block_tokens), blocks);
  const uint32_t sinks = decode_minimum(decode_pieces(job->sink_tokens, job->block_tokens), blocks - window);
  *selection = (struct decode_selection){.sinks = sinks,
                                         .first = blocks - window,
                                         .contiguous = window,
                                         .ranked = blocks - window - sinks,
                                         .list_first = sinks};
}

/* Marks the list's blocks. */
static enum prism_status mark(struct decode_context* context, const struct decode_ranking* ranking) {
  uint32_t entries[PIECE];
  for (uint32_t done = 0; done < ranking->k;) {
    const uint32_t count = decode_minimum(PIECE, ranking->k - done);
    hal_read_block(context->hal, ranking->list_address + (uint64_t)done * sizeof(uint32_t), entries,
                   count * sizeof(uint32_t));
    PRISM_TRY(prism_check_fault(context->hal));
    for (uint32_t i = 0; i < count; ++i) {
      if (entries[i] >= ranking->count) return PRISM_STATUS_PROTOCOL;
      context->marks[entries[i] / 32] |= 1u << entries[i] % 32;
    }
    done += count;
  }
  return PRISM_STATUS_OK;
}

/* Writes the marked blocks as a list, in order. */
static enum prism_status write_marked(struct decode_context* context, uint32_t count, uint64_t list_address,
                                      uint32_t* listed) {
  uint32_t entries[PIECE];
  uint32_t pending = 0;
  *listed = 0;
  for (uint32_t block = 0; block < count; ++block) {
    if ((context->marks[block / 32] >> block % 32 & 1u) != 0) entries[pending++] = block;
    if (pending == PIECE || (block + 1 == count && pending > 0)) {
      hal_write_block(context->hal, list_address + (uint64_t)*listed * sizeof(uint32_t), entries,
                      pending * sizeof(uint32_t));
      *listed += pending;
      pending = 0;
    }
  }
  return prism_check_fault(context->hal);
}

static enum prism_status rank_union(struct decode_context* context, struct decode_ranking ranking,
                                    decode_rank rank, uint32_t* listed) {
  const uint64_t list_address = ranking.list_address;
  memset(context->marks, 0, DECODE_UNION_BLOCKS / 8);
  ranking.queries = 1;
  ranking.list_address = context->union_list;
  for (ranking.first_query = 0; ranking.first_query < context->layout.group; ++ranking.first_query) {
    PRISM_TRY(rank(context, &ranking));
    PRISM_TRY(mark(context, &ranking));
  }
  return write_marked(context, ranking.count, list_address, listed);
}

enum prism_status decode_select_ranked(struct decode_context* context, struct decode_head head,
                                       uint32_t blocks, uint64_t list_address,
                                       struct decode_selection* selection) {
  const struct decode_layout* layout = &context->layout;
  const decode_rank rank = decode_policy_of(context, head)->rank;
  decode_always_attended(layout, blocks, selection);
  if (selection->ranked == 0) return PRISM_STATUS_OK;
  const struct decode_ranking ranking = {.head = head,
                                         .first = selection->list_first,
                                         .count = selection->ranked,
                                         .queries = layout->group,
                                         .k = decode_minimum(layout->job.k, selection->ranked),
                                         .list_address = list_address};
  selection->list_address = list_address;
  selection->listed = ranking.k;
  if (layout->job.granularity == PRISM_GRANULARITY_KV_HEAD || layout->group == 1) {
    return rank(context, &ranking);
  }
  return rank_union(context, ranking, rank, &selection->listed);
}

enum prism_status decode_prepare_ranking(struct decode_context* context) {
  const struct prism_job* job = &context->layout.job;
  if (job->k == 0) return PRISM_STATUS_BAD_JOB;
  if (job->granularity == PRISM_GRANULARITY_KV_HEAD) return PRISM_STATUS_OK;
  if (job->max_blocks > DECODE_UNION_BLOCKS) return PRISM_STATUS_BAD_JOB;
  return prism_heap_allocate(&context->heap, (uint64_t)job->max_blocks * sizeof(uint32_t), LIST_ALIGNMENT,
                             &context->union_list);
}

enum prism_status decode_load_projection(struct decode_context* context) {
  uint32_t ticket;
  PRISM_TRY(prism_dma_copy(&context->fetches, PRISM_PURPOSE_OTHER, context->layout.job.projection_base,
                           context->layout.projection, context->layout.projection_bytes, &ticket));
  return prism_dma_wait(&context->fetches, ticket);
}

static uint64_t query_address(const struct decode_layout* layout, const struct decode_ranking* ranking) {
  return decode_new_queries(layout, ranking->head) + ranking->first_query * layout->vector_bytes;
}

enum prism_status decode_sketch_queries(struct decode_context* context, const struct decode_ranking* ranking,
                                        uint64_t destination) {
  const struct decode_layout* layout = &context->layout;
  const uint64_t source = query_address(layout, ranking);
  uint32_t ticket;
  if (layout->job.pooling == PRISM_POOLING_MEAN) {
    return decode_sketch(context, PRISM_PURPOSE_OTHER, source, ranking->queries, destination, &ticket);
  }
  for (uint32_t query = 0; query < ranking->queries; ++query) {
    PRISM_TRY(decode_sketch(context, PRISM_PURPOSE_OTHER, source + query * layout->vector_bytes, 1,
                            destination + query * layout->signature_bytes, &ticket));
  }
  return PRISM_STATUS_OK;
}

enum prism_status decode_run_rank(struct decode_context* context, const struct decode_ranking* ranking,
                                  uint32_t flags, uint64_t source, uint64_t query, uint32_t dimension) {
  const struct decode_layout* layout = &context->layout;
  const int is_max = layout->job.pooling == PRISM_POOLING_MAX;
  /* Signature sketches are pooled before they are projected; bounds are scored with the queries themselves.
   */
  const int is_pooled = !is_max && (flags & COMPUTE_RANK_BOUNDS) == 0;
  const struct prism_compute_command command = {.opcode = COMPUTE_OP_RANK,
                                                .flags = flags | (is_max ? COMPUTE_RANK_MAX : 0),
                                                .source = source,
                                                .query = query,
                                                .destination = ranking->list_address,
                                                .bytes = ranking->first,
                                                .count = ranking->count,
                                                .dimension = dimension,
                                                .heads = is_pooled ? 1 : ranking->queries,
                                                .output_dimension = ranking->k,
                                                .step = context->step,
                                                .purpose = PRISM_PURPOSE_SIGNATURE_SCAN};
  uint32_t ticket;
  PRISM_TRY(prism_compute_submit(&context->compute, &command, &ticket));
  return prism_compute_wait(&context->compute, ticket);
}
