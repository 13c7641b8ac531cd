/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/hbm.h"

#include "prism/drivers/common.h"
#include "prism/hw/hbm.h"

enum prism_status prism_hbm_init(struct prism_hbm* hbm, struct hal* hal, uint64_t base) {
  hbm->hal = hal;
  hbm->base = base;
  return prism_check_identity(hal, base + HBM_ID, HBM_ID_VALUE);
}

enum prism_status prism_hbm_capacity(struct prism_hbm* hbm, uint64_t* bytes) {
  *bytes = hal_read64(hbm->hal, hbm->base + HBM_CAPACITY);
  return prism_check_fault(hbm->hal);
}

enum prism_status prism_hbm_read_counters(struct prism_hbm* hbm, struct prism_hbm_counters* counters) {
  hal_driver_call(hbm->hal, "hbm_read_counters");
  counters->bytes_read = hal_read64(hbm->hal, hbm->base + HBM_BYTES_READ);
  counters->bytes_written = hal_read64(hbm->hal, hbm->base + HBM_BYTES_WRITTEN);
  counters->row_hits = hal_read64(hbm->hal, hbm->base + HBM_ROW_HITS);
  counters->row_misses = hal_read64(hbm->hal, hbm->base + HBM_ROW_MISSES);
  counters->refreshes = hal_read64(hbm->hal, hbm->base + HBM_REFRESHES);
  return prism_check_fault(hbm->hal);
}

enum prism_status prism_hbm_clear_counters(struct prism_hbm* hbm) {
  hal_driver_call(hbm->hal, "hbm_clear_counters");
  hal_write32(hbm->hal, hbm->base + HBM_CONTROL, HBM_CONTROL_CLEAR);
  return prism_check_fault(hbm->hal);
}

enum prism_status prism_hbm_read_temperature(struct prism_hbm* hbm, int32_t* celsius,
                                             uint32_t* refresh_rate) {
  hal_driver_call(hbm->hal, "hbm_read_temperature");
  *celsius = (int32_t)hal_read32(hbm->hal, hbm->base + HBM_TEMPERATURE);
  *refresh_rate = hal_read32(hbm->hal, hbm->base + HBM_REFRESH_RATE);
  return prism_check_fault(hbm->hal);
}

static void read_error(struct prism_hbm* hbm, uint32_t kind, uint32_t address, uint32_t initiator,
                       struct prism_hbm_error* error) {
  error->kind = hal_read32(hbm->hal, hbm->base + kind);
  error->address = hal_read64(hbm->hal, hbm->base + address);
  uint64_t text = hal_read64(hbm->hal, hbm->base + initiator);
  for (uint32_t i = 0; i < 8; ++i) error->initiator[i] = (char)(text >> 8 * i);
  error->initiator[8] = 0;
}

enum prism_status prism_hbm_read_ecc(struct prism_hbm* hbm, struct prism_hbm_ecc* ecc) {
  hal_driver_call(hbm->hal, "hbm_read_ecc");
  ecc->corrected = hal_read64(hbm->hal, hbm->base + HBM_ECC_CORRECTED);
  ecc->uncorrectable = hal_read64(hbm->hal, hbm->base + HBM_ECC_UNCORRECTABLE);
  ecc->scrubbed = hal_read64(hbm->hal, hbm->base + HBM_SCRUBBED);
  ecc->scrub_corrected = hal_read64(hbm->hal, hbm->base + HBM_SCRUB_CORRECTED);
  ecc->scrub_uncorrectable = hal_read64(hbm->hal, hbm->base + HBM_SCRUB_UNCORRECTABLE);
  read_error(hbm, HBM_ECC_FIRST_KIND, HBM_ECC_FIRST_ADDRESS, HBM_ECC_FIRST_INITIATOR, &ecc->first);
  read_error(hbm, HBM_ECC_LAST_KIND, HBM_ECC_LAST_ADDRESS, HBM_ECC_LAST_INITIATOR, &ecc->last);
  return prism_check_fault(hbm->hal);
}

enum prism_status prism_hbm_clear_ecc(struct prism_hbm* hbm) {
  hal_driver_call(hbm->hal, "hbm_clear_ecc");
  hal_write32(hbm->hal, hbm->base + HBM_CONTROL, HBM_CONTROL_CLEAR_ECC);
  return prism_check_fault(hbm->hal);
}

enum prism_status prism_hbm_inject(struct prism_hbm* hbm, uint64_t address, uint32_t kind) {
  hal_driver_call(hbm->hal, "hbm_inject");
  hal_write64(hbm->hal, hbm->base + HBM_INJECT_ADDRESS, address);
  hal_write32(hbm->hal, hbm->base + HBM_INJECT, kind);
  uint32_t outcome = hal_read32(hbm->hal, hbm->base + HBM_INJECT);
  enum prism_status status = prism_check_fault(hbm->hal);
  if (status != PRISM_STATUS_OK) return status;
  return outcome == HBM_INJECT_DONE ? PRISM_STATUS_OK : PRISM_STATUS_ARGUMENT;
}

enum prism_status prism_hbm_inject_temperature(struct prism_hbm* hbm, int32_t celsius) {
  hal_driver_call(hbm->hal, "hbm_inject_temperature");
  hal_write32(hbm->hal, hbm->base + HBM_INJECT_TEMPERATURE, (uint32_t)celsius);
  return prism_check_fault(hbm->hal);
}
