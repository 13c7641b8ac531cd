/* SPDX-License-Identifier: Apache-2.0 */
/* mean_key: the compute engine reads every signature from HBM and ranks. */
#include "decode/signatures.h"

static enum prism_status rank(struct decode_context* context, const struct decode_ranking* ranking) {
  return decode_rank_signatures(context, ranking, 0);
}

static enum prism_status select_blocks(struct decode_context* context, struct decode_head head,
                                       uint32_t blocks, uint64_t list_address,
                                       struct decode_selection* selection) {
  return decode_select_ranked(context, head, blocks, list_address, selection, rank);
}

const struct decode_policy decode_policy_mean_key = {"mean_key", decode_prepare_signatures, select_blocks,
                                                     decode_write_signature};
