/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the photonic core in order, and ranks without it when that fails: rows that drifted are calibrated,
 * rows that stay bad move to spare ones, a failed command is tried again; after that the head is ranked
 * electronically. */
#ifndef DECODE_PHOTONIC_RECOVERY_H
#define DECODE_PHOTONIC_RECOVERY_H

#include <stdint.h>

#include "decode/ranking.h"
#include "prism/status.h"

/* Once, with the photonic core initialised. */
enum prism_status decode_photonic_recovery_init(struct decode_context* context);

/* Starts to load the signatures that the ranking is about. */
enum prism_status decode_photonic_load(struct decode_context* context, const struct decode_ranking* ranking);

/* Whether rows are checked in the step under way. */
int decode_photonic_is_checked(const struct decode_context* context);

/* Checks the rows of the loaded bank, in the steps in which that is due, and mends what it can; the bank is
 * loaded again on return. PRISM_STATUS_UNHEALTHY: it cannot. */
enum prism_status decode_photonic_check(struct decode_context* context, const struct decode_ranking* ranking);

/* Makes the list by `rank`, or, when that fails too often, without the photonic core: the compute engine
 * ranks the same signatures when they are in HBM. PRISM_STATUS_UNHEALTHY: nothing can rank. */
enum prism_status decode_photonic_rank(struct decode_context* context, const struct decode_ranking* ranking,
                                       decode_rank rank);

#endif
