/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/finisher.h"

#include "prism/hw/finisher.h"

void prism_finisher_exit(struct hal* hal, uint64_t base, uint16_t code) {
  const uint32_t value = code == 0 ? FINISHER_PASS : ((uint32_t)code << 16) | FINISHER_FAIL;
  hal_write32(hal, base + FINISHER_CONTROL, value);
}
