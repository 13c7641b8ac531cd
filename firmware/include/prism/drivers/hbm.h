/* SPDX-License-Identifier: Apache-2.0 */
/* HBM controller: counters, temperature, ECC, error injection. */
#ifndef PRISM_DRIVERS_HBM_H
#define PRISM_DRIVERS_HBM_H

#include <stdint.h>

#include "prism/hal.h"
#include "prism/status.h"

struct prism_hbm {
  struct hal* hal;
  uint64_t base;
};

struct prism_hbm_counters {
  uint64_t bytes_read;
  uint64_t bytes_written;
  uint64_t row_hits;
  uint64_t row_misses;
  uint64_t refreshes;
};

struct prism_hbm_error {
  uint32_t kind;     /* HBM_ERROR_*; none: the rest means nothing */
  uint64_t address;  /* of the burst, from the start of HBM */
  char initiator[9]; /* who read it */
};

struct prism_hbm_ecc {
  uint64_t corrected; /* bursts */
  uint64_t uncorrectable;
  uint64_t scrubbed; /* by the patrol scrubber */
  uint64_t scrub_corrected;
  uint64_t scrub_uncorrectable;
  struct prism_hbm_error first, last;
};

/* Checks the identity. */
enum prism_status prism_hbm_init(struct prism_hbm* hbm, struct hal* hal, uint64_t base);

enum prism_status prism_hbm_capacity(struct prism_hbm* hbm, uint64_t* bytes);

/* Counts since reset or the last clear. */
enum prism_status prism_hbm_read_counters(struct prism_hbm* hbm, struct prism_hbm_counters* counters);
enum prism_status prism_hbm_clear_counters(struct prism_hbm* hbm);

enum prism_status prism_hbm_read_temperature(struct prism_hbm* hbm, int32_t* celsius, uint32_t* refresh_rate);

/* Errors since reset or the last clear. */
enum prism_status prism_hbm_read_ecc(struct prism_hbm* hbm, struct prism_hbm_ecc* ecc);
enum prism_status prism_hbm_clear_ecc(struct prism_hbm* hbm);

/* For tests of software: an error (HBM_ERROR_*) in the burst at `address`, counted from the start of HBM
 * (PRISM_STATUS_ARGUMENT: no such kind or address); another temperature. */
enum prism_status prism_hbm_inject(struct prism_hbm* hbm, uint64_t address, uint32_t kind);
enum prism_status prism_hbm_inject_temperature(struct prism_hbm* hbm, int32_t celsius);

#endif
