/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/plic.h"

#include "prism/drivers/common.h"
#include "prism/hw/plic.h"

#define CONTEXT 0u

enum prism_status prism_plic_init(struct prism_plic* plic, struct hal* hal, uint64_t base) {
  plic->hal = hal;
  plic->base = base;
  hal_write32(hal, base + PLIC_THRESHOLD(CONTEXT), 0);
  return prism_check_fault(hal);
}

enum prism_status prism_plic_enable(struct prism_plic* plic, uint32_t source, uint32_t priority) {
  const uint64_t enable = plic->base + PLIC_ENABLE(CONTEXT, source);
  hal_write32(plic->hal, plic->base + PLIC_PRIORITY(source), priority);
  hal_write32(plic->hal, enable, hal_read32(plic->hal, enable) | (1u << (source % 32u)));
  return prism_check_fault(plic->hal);
}

uint32_t prism_plic_claim(struct prism_plic* plic) {
  return hal_read32(plic->hal, plic->base + PLIC_CLAIM(CONTEXT));
}

void prism_plic_complete(struct prism_plic* plic, uint32_t source) {
  hal_write32(plic->hal, plic->base + PLIC_CLAIM(CONTEXT), source);
}
