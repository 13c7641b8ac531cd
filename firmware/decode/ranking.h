/* SPDX-License-Identifier: Apache-2.0 */
/* What the policies that rank blocks have in common: which blocks may be ranked, one ranking for a KV head or
 * one for each of its query heads, and the commands of the compute engine. */
#ifndef DECODE_RANKING_H
#define DECODE_RANKING_H

#include <stdint.h>

#include "decode/context.h"
#include "decode/layout.h"
#include "decode/policy.h"
#include "prism/status.h"

/* One ranking: the best `k` of blocks first .. first + count - 1 for `queries` of the head's query heads,
 * from `first_query`. The list, relative to `first`, goes to `list_address`. */
struct decode_ranking {
  struct decode_head head;
  uint32_t first;
  uint32_t count;
  uint32_t first_query;
  uint32_t queries;
  uint32_t k;
  uint64_t list_address;
};

/* Blocks that are always attended: the first ones (sinks) and the last ones (window), and those between. */
void decode_always_attended(const struct decode_layout* layout, uint32_t blocks,
                            struct decode_selection* selection);

/* Selects by the policy's `rank`: the sinks, the window, and the best k of the blocks between; with selection
 * by query head, the union of every query head's best k. */
enum prism_status decode_select_ranked(struct decode_context* context, struct decode_head head,
                                       uint32_t blocks, uint64_t list_address,
                                       struct decode_selection* selection);

/* Room for signatures or bounds of every block; k; the lists of a union. */
enum prism_status decode_prepare_ranking(struct decode_context* context);

/* Copies the projection to the scratchpad, where sketches read it. */
enum prism_status decode_load_projection(struct decode_context* context);

/* Projects the ranking's queries: their mean, or with pooling by maximum each of them, to the scratchpad. */
enum prism_status decode_sketch_queries(struct decode_context* context, const struct decode_ranking* ranking,
                                        uint64_t destination);

/* Runs a RANK command over rows at `source` (with a flag: as the flag says) with the queries at `query`. */
enum prism_status decode_run_rank(struct decode_context* context, const struct decode_ranking* ranking,
                                  uint32_t flags, uint64_t source, uint64_t query, uint32_t dimension);

#endif
