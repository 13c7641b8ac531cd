/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/photonic.h"

#include "prism/drivers/common.h"

static void handle_interrupt(void* device) {
  struct prism_photonic* photonic = device;
  const uint32_t events = hal_read32(photonic->hal, photonic->base + PHOTONIC_IRQ_STATUS);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_IRQ_STATUS, events);
  photonic->events |= events;
}

enum prism_status prism_photonic_init(struct prism_photonic* photonic, struct hal* hal, uint64_t base,
                                      struct prism_interrupts* interrupts, uint32_t source,
                                      uint64_t timeout_ns) {
  *photonic =
      (struct prism_photonic){.hal = hal, .base = base, .interrupts = interrupts, .timeout_ns = timeout_ns};
  const uint32_t all = PHOTONIC_IRQ_LOADED | PHOTONIC_IRQ_RANKED | PHOTONIC_IRQ_ERROR;
  PRISM_TRY(prism_check_identity(hal, base + PHOTONIC_ID, PHOTONIC_ID_VALUE));
  hal_write32(hal, base + PHOTONIC_CONTROL, PHOTONIC_CONTROL_RESET);
  photonic->wavelengths = hal_read32(hal, base + PHOTONIC_WAVELENGTHS);
  photonic->max_blocks = hal_read32(hal, base + PHOTONIC_MAX_BLOCKS);
  hal_write32(hal, base + PHOTONIC_IRQ_STATUS, all);
  hal_write32(hal, base + PHOTONIC_IRQ_ENABLE, all);
  PRISM_TRY(prism_check_fault(hal));
  return prism_interrupts_attach(interrupts, source, handle_interrupt, photonic);
}

static void start(struct prism_photonic* photonic, uint32_t command) {
  photonic->events = 0;
  hal_write32(photonic->hal, photonic->base + PHOTONIC_CONTROL, command);
}

static enum prism_status wait_for(struct prism_photonic* photonic, uint32_t event) {
  const uint64_t deadline = prism_deadline_after(photonic->hal, photonic->timeout_ns);
  while ((photonic->events & (event | PHOTONIC_IRQ_ERROR)) == 0) {
    PRISM_TRY(prism_interrupts_wait(photonic->interrupts, deadline));
  }
  if ((photonic->events & PHOTONIC_IRQ_ERROR) == 0) return PRISM_STATUS_OK;
  photonic->error = hal_read32(photonic->hal, photonic->base + PHOTONIC_ERROR);
  PRISM_TRY(prism_check_fault(photonic->hal));
  return PRISM_STATUS_PHOTONIC_ERROR;
}

enum prism_status prism_photonic_start_load(struct prism_photonic* photonic, uint32_t context,
                                            uint64_t address, uint32_t count) {
  hal_driver_call(photonic->hal, "photonic_start_load");
  if (count == 0 || count > photonic->max_blocks) return PRISM_STATUS_ARGUMENT;
  hal_write64(photonic->hal, photonic->base + PHOTONIC_SIGNATURE_ADDRESS, address);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_SIGNATURE_COUNT, count);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_BANK_CONTEXT, context);
  start(photonic, PHOTONIC_CONTROL_LOAD);
  return prism_check_fault(photonic->hal);
}

enum prism_status prism_photonic_wait_load(struct prism_photonic* photonic) {
  hal_driver_call(photonic->hal, "photonic_wait_load");
  return wait_for(photonic, PHOTONIC_IRQ_LOADED);
}

enum prism_status prism_photonic_rank(struct prism_photonic* photonic, uint32_t k, uint64_t result_address) {
  hal_driver_call(photonic->hal, "photonic_rank");
  hal_write32(photonic->hal, photonic->base + PHOTONIC_K, k);
  hal_write64(photonic->hal, photonic->base + PHOTONIC_RESULT_ADDRESS, result_address);
  start(photonic, PHOTONIC_CONTROL_RANK);
  PRISM_TRY(prism_check_fault(photonic->hal));
  return wait_for(photonic, PHOTONIC_IRQ_RANKED);
}

uint64_t prism_photonic_query_address(const struct prism_photonic* photonic) {
  return photonic->base + PHOTONIC_QUERY;
}
