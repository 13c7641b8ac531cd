/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the drivers and their callers: faults as a status, identities, deadlines, free-running counts. */
#ifndef PRISM_DRIVERS_COMMON_H
#define PRISM_DRIVERS_COMMON_H

#include <stdint.h>

#include "prism/hal.h"
#include "prism/status.h"

/* BUS_FAULT when an access since the last check has failed. */
static inline enum prism_status prism_check_fault(struct hal* hal) {
  uint64_t address;
  return hal_take_fault(hal, &address) != 0 ? PRISM_STATUS_BUS_FAULT : PRISM_STATUS_OK;
}

static inline enum prism_status prism_check_identity(struct hal* hal, uint64_t address, uint32_t expected) {
  const uint32_t identity = hal_read32(hal, address);
  PRISM_TRY(prism_check_fault(hal));
  return identity == expected ? PRISM_STATUS_OK : PRISM_STATUS_NO_DEVICE;
}

static inline uint64_t prism_deadline_after(struct hal* hal, uint64_t timeout_ns) {
  return hal_time_ns(hal) + timeout_ns;
}

/* Whether a free-running count has come to `ticket`. */
static inline int prism_has_reached(uint32_t count, uint32_t ticket) {
  return (int32_t)(count - ticket) >= 0;
}

#endif
