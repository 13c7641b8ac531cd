/* SPDX-License-Identifier: Apache-2.0 */
/* mean_key: the compute engine reads every signature from HBM and ranks. */
#include "decode/signatures.h"

static enum prism_status rank(struct decode_context* context, const struct decode_ranking* ranking) {
  return decode_rank_signatures(context, ranking, 0);
}

const struct decode_policy decode_policy_mean_key = {"mean_key", decode_prepare_signatures,
                                                     decode_select_ranked, decode_write_signature, rank};
