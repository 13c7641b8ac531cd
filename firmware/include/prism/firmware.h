/* SPDX-License-Identifier: Apache-2.0 */
/* The firmware's entry points. */
#ifndef PRISM_FIRMWARE_H
#define PRISM_FIRMWARE_H

#include <stdint.h>

#include "prism/hal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the job (prism/job.h) to its end: every step, layer and head. Returns enum prism_status, 0 when all is
 * done. */
int decode_run(struct hal* hal, uint64_t job_address);

/* What start-up code calls: decode_run(), one console line if it failed, and the finisher. Returns as
 * decode_run(). */
int prism_firmware_main(struct hal* hal, uint64_t job_address);

#ifdef __cplusplus
}
#endif

#endif
