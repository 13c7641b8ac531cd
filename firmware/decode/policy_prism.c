/* SPDX-License-Identifier: Apache-2.0 */
/* prism: the photonic core ranks the blocks before the window by their signatures; the best k are fetched. */
#include "decode/photonic_recovery.h"
#include "decode/ranking.h"
#include "decode/token.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/purpose.h"

static enum prism_status prepare(struct decode_context* context) {
  const struct prism_job* job = &context->layout.job;
  PRISM_TRY(decode_prepare_ranking(context));
  PRISM_TRY(prism_photonic_init(&context->photonic, context->hal, job->photonic_base, &context->interrupts,
                                PRISM_IRQ_PHOTONIC, job->recovery.timeout_ns));
  if (context->photonic.wavelengths != job->signature_dimension) return PRISM_STATUS_BAD_JOB;
  const uint64_t heads = (uint64_t)job->batch * job->layers * job->kv_heads;
  if (context->photonic.placement != PHOTONIC_PLACEMENT_HBM && context->photonic.contexts < heads) {
    return PRISM_STATUS_BAD_JOB;
  }
  PRISM_TRY(decode_photonic_recovery_init(context));
  return decode_load_projection(context);
}

/* The bank loads while the query is projected, straight into the core's query window; the group's further
 * query heads find it loaded. */
static enum prism_status rank(struct decode_context* context, const struct decode_ranking* ranking) {
  struct prism_photonic* photonic = &context->photonic;
  const int loads = ranking->first_query == 0 || !prism_photonic_is_loaded(photonic);
  if (loads) PRISM_TRY(decode_photonic_load(context, ranking));
  PRISM_TRY(decode_sketch_queries(context, ranking, prism_photonic_query_address(photonic)));
  PRISM_TRY(prism_compute_wait(&context->compute, context->compute.submitted));
  if (loads) {
    PRISM_TRY(prism_photonic_wait_load(photonic));
    PRISM_TRY(decode_photonic_check(context, ranking));
  }
  return prism_photonic_rank(photonic, ranking->k, ranking->list_address);
}

static enum prism_status rank_somehow(struct decode_context* context, const struct decode_ranking* ranking) {
  return decode_photonic_rank(context, ranking, rank);
}

static enum prism_status select_blocks(struct decode_context* context, struct decode_head head,
                                       uint32_t blocks, uint64_t list_address,
                                       struct decode_selection* selection) {
  const enum prism_status status = decode_select_ranked(context, head, blocks, list_address, selection);
  if (status != PRISM_STATUS_UNHEALTHY) return status;
  /* Nothing could rank: every block. */
  *selection = (struct decode_selection){.contiguous = blocks, .ranked = selection->ranked};
  return PRISM_STATUS_OK;
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

const struct decode_policy decode_policy_prism = {"prism", prepare, select_blocks, close_block, rank_somehow};
