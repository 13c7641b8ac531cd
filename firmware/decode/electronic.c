/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/electronic.h"

#include <string.h>

#include "decode/context.h"
#include "decode/token.h"
#include "prism/drivers/common.h"
#include "prism/hw/purpose.h"

#define MAX_DIMENSION 512u
#define MAX_BEST 1024u

struct ranked_block {
  float score;
  uint32_t block;
};

static double from_bf16(uint16_t value) {
  const uint32_t bits = (uint32_t)value << 16;
  float number;
  memcpy(&number, &bits, sizeof number);
  return (double)number;
}

static float score_of(const uint16_t* query, const uint16_t* signature, uint32_t dimension) {
  double sum = 0;
  for (uint32_t i = 0; i < dimension; ++i) sum += from_bf16(signature[i]) * from_bf16(query[i]);
  return (float)sum;
}

/* Keeps `best` sorted, best first; blocks come in ascending order. Returns how many it holds, at most
 * `limit`. */
static uint32_t keep(struct ranked_block* best, uint32_t count, uint32_t limit,
                     struct ranked_block candidate) {
  if (count == limit && candidate.score <= best[count - 1].score) return count;
  uint32_t place = count < limit ? count : limit - 1;
  const uint32_t kept = place + 1;
  for (; place > 0 && best[place - 1].score < candidate.score; --place) best[place] = best[place - 1];
  best[place] = candidate;
  return kept;
}

static enum prism_status read_sketch(struct decode_context* context, struct decode_head head,
                                     uint16_t* query) {
  const struct decode_layout* layout = &context->layout;
  const uint64_t address = context->recovery.sketch;
  uint32_t ticket;
  PRISM_TRY(decode_sketch(context, PRISM_PURPOSE_OTHER, decode_new_queries(layout, head), layout->group,
                          address, &ticket));
  PRISM_TRY(prism_compute_wait(&context->compute, ticket));
  hal_read_block(context->hal, address, query, layout->signature_bytes);
  return prism_check_fault(context->hal);
}

enum prism_status decode_rank_electronically(struct decode_context* context, struct decode_head head,
                                             const struct decode_selection* selection) {
  const struct decode_layout* layout = &context->layout;
  const uint32_t dimension = layout->job.signature_dimension;
  uint16_t query[MAX_DIMENSION];
  uint16_t signature[MAX_DIMENSION];
  struct ranked_block best[MAX_BEST];
  uint32_t count = 0;
  if (dimension > MAX_DIMENSION || selection->listed > MAX_BEST) return PRISM_STATUS_ARGUMENT;
  PRISM_TRY(read_sketch(context, head, query));
  for (uint32_t block = 0; block < selection->ranked; ++block) {
    hal_read_block(context->hal, decode_signature_address(layout, head, block), signature,
                   layout->signature_bytes);
    PRISM_TRY(prism_check_fault(context->hal));
    const struct ranked_block candidate = {score_of(query, signature, dimension), block};
    count = keep(best, count, selection->listed, candidate);
  }
  for (uint32_t i = 0; i < count; ++i) {
    hal_write_block(context->hal, selection->list_address + i * sizeof best[i].block, &best[i].block,
                    sizeof best[i].block);
  }
  return prism_check_fault(context->hal);
}
