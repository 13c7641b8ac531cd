/* SPDX-License-Identifier: Apache-2.0 */
/* Attention of one layer's heads: select blocks, fetch them, attend. */
#ifndef DECODE_ATTENTION_H
#define DECODE_ATTENTION_H

#include <stdint.h>

#include "decode/context.h"
#include "prism/status.h"

/* Attends every (sequence, KV head) of `layer` over the sequence's cached tokens and the new one. The outputs
 * are in the scratchpad once the last queued compute command has finished; it is not waited for. */
enum prism_status decode_attend_layer(struct decode_context* context, uint32_t layer);

#endif
