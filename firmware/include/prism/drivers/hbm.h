/* SPDX-License-Identifier: Apache-2.0 */
/* HBM controller: its counters. */
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
};

/* Checks the identity. */
enum prism_status prism_hbm_init(struct prism_hbm* hbm, struct hal* hal, uint64_t base);

enum prism_status prism_hbm_capacity(struct prism_hbm* hbm, uint64_t* bytes);

/* Counts since reset or the last clear. */
enum prism_status prism_hbm_read_counters(struct prism_hbm* hbm, struct prism_hbm_counters* counters);
enum prism_status prism_hbm_clear_counters(struct prism_hbm* hbm);

#endif
