/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/token.h"

#include "prism/hw/purpose.h"

enum prism_status decode_project(struct decode_context* context, uint32_t layer, uint32_t step) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_compute_command command = {.opcode = COMPUTE_OP_PROJECT_QKV,
                                                .source = decode_layer_weights(layout, layer),
                                                .destination = layout->activations,
                                                .bytes = layout->job.qkv_weight_bytes,
                                                .count = layout->job.batch,
                                                .dimension = layout->job.head_dimension,
                                                .layer = layer,
                                                .step = step,
                                                .purpose = PRISM_PURPOSE_WEIGHTS};
  uint32_t ticket;
  PRISM_TRY(prism_compute_submit(&context->compute, &command, &ticket));
  return prism_compute_wait(&context->compute, ticket);
}

enum prism_status decode_append(struct decode_context* context, struct decode_head head, uint32_t token,
                                uint32_t* ticket) {
  const struct decode_layout* layout = &context->layout;
  struct dma_descriptor copies[] = {
      {.opcode = DMA_OP_COPY,
       .purpose = PRISM_PURPOSE_KV_APPEND,
       .source = decode_new_key(layout, head),
       .destination = decode_key_address(layout, head, token),
       .bytes = layout->vector_bytes},
      {.opcode = DMA_OP_COPY,
       .purpose = PRISM_PURPOSE_KV_APPEND,
       .source = decode_new_value(layout, head),
       .destination = decode_value_address(layout, head, token),
       .bytes = layout->vector_bytes},
  };
  return prism_dma_submit(context->append_channel, copies, layout->job.shared_kv != 0 ? 1 : 2, ticket);
}

enum prism_status decode_sketch(struct decode_context* context, uint32_t purpose, uint64_t source,
                                uint32_t count, uint64_t destination, uint32_t* ticket) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_compute_command command = {.opcode = COMPUTE_OP_SKETCH,
                                                .source = source,
                                                .query = layout->projection,
                                                .destination = destination,
                                                .count = count,
                                                .dimension = layout->job.head_dimension,
                                                .output_dimension = layout->job.signature_dimension,
                                                .purpose = purpose};
  return prism_compute_submit(&context->compute, &command, ticket);
}
