/* SPDX-License-Identifier: Apache-2.0 */
/* quest: a block is a page; the compute engine reads every page's bounds from HBM and ranks by the largest
 * score that a key of the page could have. */
#include "decode/ranking.h"
#include "prism/hw/purpose.h"

static enum prism_status rank(struct decode_context* context, const struct decode_ranking* ranking) {
  const struct decode_layout* layout = &context->layout;
  const uint64_t queries =
      decode_new_queries(layout, ranking->head) + ranking->first_query * layout->vector_bytes;
  return decode_run_rank(context, ranking, COMPUTE_RANK_BOUNDS,
                         decode_signature_address(layout, ranking->head, ranking->first), queries,
                         layout->job.head_dimension);
}

static enum prism_status close_block(struct decode_context* context, struct decode_head head,
                                     uint32_t block) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_compute_command command = {.opcode = COMPUTE_OP_BOUNDS,
                                                .source = decode_block_address(layout, head, block),
                                                .destination = decode_signature_address(layout, head, block),
                                                .count = layout->job.block_tokens,
                                                .dimension = layout->job.head_dimension,
                                                .purpose = PRISM_PURPOSE_SIGNATURE_WRITE};
  uint32_t ticket;
  return prism_compute_submit(&context->compute, &command, &ticket);
}

const struct decode_policy decode_policy_quest = {"quest", decode_prepare_ranking, decode_select_ranked,
                                                  close_block, rank};
