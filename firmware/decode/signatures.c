/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/signatures.h"

#include "decode/token.h"
#include "prism/hw/purpose.h"

enum prism_status decode_prepare_signatures(struct decode_context* context) {
  PRISM_TRY(decode_prepare_ranking(context));
  return decode_load_projection(context);
}

enum prism_status decode_rank_signatures(struct decode_context* context, const struct decode_ranking* ranking,
                                         uint32_t flags) {
  const struct decode_layout* layout = &context->layout;
  const uint64_t sketches = layout->signature;
  const uint64_t source = (flags & COMPUTE_RANK_SRAM) != 0
                              ? decode_head_index(layout, ranking->head)
                              : decode_signature_address(layout, ranking->head, ranking->first);
  PRISM_TRY(decode_sketch_queries(context, ranking, sketches));
  return decode_run_rank(context, ranking, flags, source, sketches, layout->job.signature_dimension);
}

enum prism_status decode_write_signature(struct decode_context* context, struct decode_head head,
                                         uint32_t block) {
  const struct decode_layout* layout = &context->layout;
  uint32_t ticket;
  return decode_sketch(context, PRISM_PURPOSE_SIGNATURE_WRITE, decode_block_address(layout, head, block),
                       layout->job.block_tokens, decode_signature_address(layout, head, block), &ticket);
}
