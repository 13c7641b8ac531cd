/* SPDX-License-Identifier: Apache-2.0 */
/* dense: every complete block. */
#include <stddef.h>

#include "decode/policy.h"

static enum prism_status select_blocks(struct decode_context* context, struct decode_head head,
                                       uint32_t blocks, uint64_t list_address,
                                       struct decode_selection* selection) {
  (void)context;
  (void)head;
  (void)list_address;
  *selection = (struct decode_selection){.contiguous = blocks};
  return PRISM_STATUS_OK;
}

const struct decode_policy decode_policy_dense = {"dense", decode_prepare_nothing, select_blocks,
                                                  decode_keep_nothing, NULL};
