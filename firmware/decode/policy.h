/* SPDX-License-Identifier: Apache-2.0 */
/* A policy chooses which blocks of a head the new token attends to. One file a policy. */
#ifndef DECODE_POLICY_H
#define DECODE_POLICY_H

#include <stdint.h>

#include "decode/layout.h"
#include "prism/status.h"

struct decode_context;

/* The complete blocks to fetch: blocks 0 .. sinks - 1, `listed` ones by an index list in RAM, relative to
 * block `list_first`, and `contiguous` ones from block `first`. */
struct decode_selection {
  uint64_t list_address;
  uint32_t sinks;
  uint32_t list_first;
  uint32_t listed;
  uint32_t first;
  uint32_t contiguous;
  uint32_t ranked; /* blocks that the policy chose from */
};

struct decode_ranking;
typedef enum prism_status (*decode_rank)(struct decode_context* context,
                                         const struct decode_ranking* ranking);

struct decode_policy {
  const char* name;

  /* Once, before the first step. */
  enum prism_status (*prepare)(struct decode_context* context);

  /* Chooses for `head` among blocks 0..blocks-1, all complete. `list_address` has room for an index list. */
  enum prism_status (*select)(struct decode_context* context, struct decode_head head, uint32_t blocks,
                              uint64_t list_address, struct decode_selection* selection);

  /* Block `block` has just been completed and is in HBM. May queue compute commands; need not wait for them.
   */
  enum prism_status (*close_block)(struct decode_context* context, struct decode_head head, uint32_t block);

  /* One ranking, for select by decode_select_ranked(); else null. */
  decode_rank rank;
};

extern const struct decode_policy decode_policy_dense;
extern const struct decode_policy decode_policy_mean_key;
extern const struct decode_policy decode_policy_near_memory;
extern const struct decode_policy decode_policy_oracle;
extern const struct decode_policy decode_policy_prism;
extern const struct decode_policy decode_policy_quest;
extern const struct decode_policy decode_policy_sram;
extern const struct decode_policy decode_policy_streaming;

/* The policy of a PRISM_POLICY_* number; NULL: there is none. */
const struct decode_policy* decode_find_policy(uint32_t number);

/* What selects for a head: the job's policy; dense in the first dense_layers; and streaming for a head that
 * is no retrieval head. */
const struct decode_policy* decode_policy_of(const struct decode_context* context, struct decode_head head);

/* For policies that need no preparation, or keep nothing of a completed block. */
enum prism_status decode_prepare_nothing(struct decode_context* context);
enum prism_status decode_keep_nothing(struct decode_context* context, struct decode_head head,
                                      uint32_t block);

#endif
