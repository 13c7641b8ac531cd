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
  return prism_check_fault(hbm->hal);
}

enum prism_status prism_hbm_clear_counters(struct prism_hbm* hbm) {
  hal_driver_call(hbm->hal, "hbm_clear_counters");
  hal_write32(hbm->hal, hbm->base + HBM_CONTROL, HBM_CONTROL_CLEAR);
  return prism_check_fault(hbm->hal);
}
