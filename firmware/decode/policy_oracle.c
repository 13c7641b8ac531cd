/* SPDX-License-Identifier: Apache-2.0 */
/* oracle: the best k blocks by exact attention mass, at no cost but a command: the bound of every selection.
 */
#include "decode/ranking.h"

static enum prism_status rank(struct decode_context* context, const struct decode_ranking* ranking) {
  return decode_run_rank(context, ranking, COMPUTE_RANK_EXACT,
                         decode_head_index(&context->layout, ranking->head), 0, 0);
}

static enum prism_status select_blocks(struct decode_context* context, struct decode_head head,
                                       uint32_t blocks, uint64_t list_address,
                                       struct decode_selection* selection) {
  return decode_select_ranked(context, head, blocks, list_address, selection, rank);
}

const struct decode_policy decode_policy_oracle = {"oracle", decode_prepare_ranking, select_blocks,
                                                   decode_keep_nothing};
