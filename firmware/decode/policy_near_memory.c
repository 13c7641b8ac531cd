/* SPDX-License-Identifier: Apache-2.0 */
/* near_memory: a ranker in the HBM's base die reads the signatures there; only the best k leave it. */
#include "decode/signatures.h"

static enum prism_status rank(struct decode_context* context, const struct decode_ranking* ranking) {
  return decode_rank_signatures(context, ranking, COMPUTE_RANK_NEAR_MEMORY);
}

const struct decode_policy decode_policy_near_memory = {"near_memory", decode_prepare_signatures,
                                                        decode_select_ranked, decode_write_signature, rank};
