/* SPDX-License-Identifier: Apache-2.0 */
/* prism: the photonic core ranks the blocks before the window by their signatures; the best k are fetched. */
#include "decode/context.h"
#include "decode/photonic_recovery.h"
#include "decode/token.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/purpose.h"

static uint32_t minimum(uint64_t a, uint64_t b) {
  return (uint32_t)(a < b ? a : b);
}

static enum prism_status prepare(struct decode_context* context) {
  const struct prism_job* job = &context->layout.job;
  if (job->k == 0 || job->signature_head_stride / context->layout.signature_bytes < job->max_blocks) {
    return PRISM_STATUS_BAD_JOB;
  }
  PRISM_TRY(prism_photonic_init(&context->photonic, context->hal, job->photonic_base, &context->interrupts,
                                PRISM_IRQ_PHOTONIC, job->recovery.timeout_ns));
  if (context->photonic.wavelengths != job->signature_dimension) return PRISM_STATUS_BAD_JOB;
  const uint64_t heads = (uint64_t)job->batch * job->layers * job->kv_heads;
  if (context->photonic.placement != PHOTONIC_PLACEMENT_HBM && context->photonic.contexts < heads) {
    return PRISM_STATUS_BAD_JOB;
  }

  PRISM_TRY(decode_photonic_recovery_init(context));
  uint32_t ticket;
  PRISM_TRY(prism_dma_copy(&context->fetches, PRISM_PURPOSE_OTHER, job->projection_base,
                           context->layout.projection, context->layout.projection_bytes, &ticket));
  return prism_dma_wait(&context->fetches, ticket);
}

/* The bank loads while the query is projected, straight into the core's query window. */
static enum prism_status rank(struct decode_context* context, struct decode_head head,
                              const struct decode_selection* selection) {
  const struct decode_layout* layout = &context->layout;
  struct prism_photonic* photonic = &context->photonic;
  uint32_t ticket;
  PRISM_TRY(decode_photonic_load(context, head, selection->ranked));
  PRISM_TRY(decode_sketch(context, PRISM_PURPOSE_OTHER, decode_new_queries(layout, head), layout->group,
                          prism_photonic_query_address(photonic), &ticket));
  PRISM_TRY(prism_compute_wait(&context->compute, ticket));
  PRISM_TRY(prism_photonic_wait_load(photonic));
  PRISM_TRY(decode_photonic_check(context, head, selection->ranked));
  return prism_photonic_rank(photonic, selection->listed, selection->list_address);
}

static enum prism_status select_blocks(struct decode_context* context, struct decode_head head,
                                       uint32_t blocks, uint64_t list_address,
                                       struct decode_selection* selection) {
  const struct decode_layout* layout = &context->layout;
  const struct prism_job* job = &layout->job;
  const uint64_t window_blocks = ((uint64_t)job->window_tokens + job->block_tokens - 1) / job->block_tokens;
  const uint32_t window = minimum(window_blocks, blocks);
  const uint32_t rankable = blocks - window;
  *selection = (struct decode_selection){.list_address = list_address,
                                         .listed = minimum(job->k, rankable),
                                         .first = rankable,
                                         .contiguous = window,
                                         .ranked = rankable};
  if (rankable == 0) return PRISM_STATUS_OK;

  return decode_rank(context, head, selection, rank);
}

static enum prism_status close_block(struct decode_context* context, struct decode_head head,
                                     uint32_t block) {
  const struct decode_layout* layout = &context->layout;
  const int on_chip = context->photonic.placement != PHOTONIC_PLACEMENT_HBM;
  const uint64_t destination = on_chip ? layout->signature : decode_signature_address(layout, head, block);
  uint32_t ticket;
  PRISM_TRY(decode_sketch(context, PRISM_PURPOSE_SIGNATURE_WRITE, decode_block_address(layout, head, block),
                          layout->job.block_tokens, destination, &ticket));
  if (!on_chip) return PRISM_STATUS_OK;
  PRISM_TRY(prism_compute_wait(&context->compute, ticket));
  return prism_photonic_store(&context->photonic, (uint32_t)decode_head_index(layout, head), block,
                              destination, 1);
}

const struct decode_policy decode_policy_prism = {"prism", prepare, select_blocks, close_block};
