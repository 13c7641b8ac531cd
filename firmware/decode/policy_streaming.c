/* SPDX-License-Identifier: Apache-2.0 */
/* streaming: the first blocks (sinks) and the window. */
#include <stddef.h>

#include "decode/ranking.h"

static enum prism_status select_blocks(struct decode_context* context, struct decode_head head,
                                       uint32_t blocks, uint64_t list_address,
                                       struct decode_selection* selection) {
  (void)head;
  (void)list_address;
  decode_always_attended(&context->layout, blocks, selection);
  return PRISM_STATUS_OK;
}

const struct decode_policy decode_policy_streaming = {"streaming", decode_prepare_nothing, select_blocks,
                                                      decode_keep_nothing, NULL};
