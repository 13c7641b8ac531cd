/* SPDX-License-Identifier: Apache-2.0 */
/* Electronic rankings of mean-key signatures, wherever these are kept. */
#ifndef DECODE_SIGNATURES_H
#define DECODE_SIGNATURES_H

#include <stdint.h>

#include "decode/ranking.h"

enum prism_status decode_prepare_signatures(struct decode_context* context);

/* Ranks by signatures in HBM; `flags` of the RANK command. */
enum prism_status decode_rank_signatures(struct decode_context* context, const struct decode_ranking* ranking,
                                         uint32_t flags);

/* The signature of a block that has just been completed, to HBM. */
enum prism_status decode_write_signature(struct decode_context* context, struct decode_head head,
                                         uint32_t block);

#endif
