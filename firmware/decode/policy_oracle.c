/* SPDX-License-Identifier: Apache-2.0 */
/* oracle: the best k blocks by exact attention mass, at no cost but a command: the bound of every selection.
 */
#include "decode/ranking.h"

static enum prism_status rank(struct decode_context* context, const struct decode_ranking* ranking) {
  return decode_run_rank(context, ranking, COMPUTE_RANK_EXACT,
                         decode_head_index(&context->layout, ranking->head), 0, 0);
}

const struct decode_policy decode_policy_oracle = {"oracle", decode_prepare_ranking, decode_select_ranked,
                                                   decode_keep_nothing, rank};
