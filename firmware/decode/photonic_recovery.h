/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the photonic core in order, and ranks without it when that fails: rows that drifted are calibrated,
 * rows that stay bad move to spare ones, a failed command is tried again; after that the head is ranked
 * electronically. */
#ifndef DECODE_PHOTONIC_RECOVERY_H
#define DECODE_PHOTONIC_RECOVERY_H

#include <stdint.h>

#include "decode/layout.h"
#include "decode/policy.h"
#include "prism/status.h"

struct decode_context;

/* Once, with the photonic core initialised. */
enum prism_status decode_photonic_recovery_init(struct decode_context* context);

/* Starts to load the head's first `blocks` signatures. */
enum prism_status decode_photonic_load(struct decode_context* context, struct decode_head head,
                                       uint32_t blocks);

/* Checks the rows of the loaded bank, in the steps in which that is due, and mends what it can; the bank is
 * loaded again on return. PRISM_STATUS_UNHEALTHY: it cannot. */
enum prism_status decode_photonic_check(struct decode_context* context, struct decode_head head,
                                        uint32_t blocks);

typedef enum prism_status (*decode_ranking)(struct decode_context* context, struct decode_head head,
                                            const struct decode_selection* selection);

/* Fills the selection's list by `ranking`, or, when that fails too often, without the photonic core: by the
 * same arithmetic on the CPU when the signatures are in HBM; else `selection` becomes all blocks. */
enum prism_status decode_rank(struct decode_context* context, struct decode_head head,
                              struct decode_selection* selection, decode_ranking ranking);

#endif
