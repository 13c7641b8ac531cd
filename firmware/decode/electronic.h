/* SPDX-License-Identifier: Apache-2.0 */
/* Ranking without the photonic core: the CPU reads the head's signatures in HBM and does what the core's
 * ideal does. */
#ifndef DECODE_ELECTRONIC_H
#define DECODE_ELECTRONIC_H

#include "decode/layout.h"
#include "decode/policy.h"
#include "prism/status.h"

struct decode_context;

/* Writes the selection's best `listed` of the first `ranked` blocks to its list, best first, the lower index
 * first among equals. The scores are the ideal photonic core's, bit for bit. ARGUMENT: more blocks or a
 * longer signature than this has room for. */
enum prism_status decode_rank_electronically(struct decode_context* context, struct decode_head head,
                                             const struct decode_selection* selection);

#endif
