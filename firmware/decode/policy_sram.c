/* SPDX-License-Identifier: Apache-2.0 */
/* sram: the compute engine ranks signatures that it keeps in an on-chip SRAM. */
#include "decode/signatures.h"
#include "prism/hw/purpose.h"

static enum prism_status rank(struct decode_context* context, const struct decode_ranking* ranking) {
  return decode_rank_signatures(context, ranking, COMPUTE_RANK_SRAM);
}

static enum prism_status close_block(struct decode_context* context, struct decode_head head,
                                     uint32_t block) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_compute_command command = {.opcode = COMPUTE_OP_SKETCH,
                                                .flags = COMPUTE_SKETCH_TO_SRAM,
                                                .source = decode_block_address(layout, head, block),
                                                .query = layout->projection,
                                                .destination = decode_head_index(layout, head),
                                                .bytes = block,
                                                .count = layout->job.block_tokens,
                                                .dimension = layout->job.head_dimension,
                                                .output_dimension = layout->job.signature_dimension,
                                                .purpose = PRISM_PURPOSE_SIGNATURE_WRITE};
  uint32_t ticket;
  return prism_compute_submit(&context->compute, &command, &ticket);
}

const struct decode_policy decode_policy_sram = {"sram", decode_prepare_signatures, decode_select_ranked,
                                                 close_block, rank};
