/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/photonic_recovery.h"

#include "decode/context.h"
#include "decode/signatures.h"
#include "prism/drivers/common.h"

#define ROWS_AT_ONCE 64u

static int is_shared(const struct decode_context* context) {
  return context->photonic.placement != PHOTONIC_PLACEMENT_RESIDENT;
}

/* Where it is noted how many spare rows the head's rings have used up. */
static uint64_t spares_address(const struct decode_context* context, struct decode_head head) {
  const uint64_t rings = is_shared(context) ? 0 : decode_head_index(&context->layout, head);
  return context->recovery.spares_used + rings * sizeof(uint32_t);
}

enum prism_status decode_photonic_recovery_init(struct decode_context* context) {
  const struct prism_photonic* photonic = &context->photonic;
  if (context->layout.job.recovery.attempts == 0) return PRISM_STATUS_OK;
  const uint32_t rings = is_shared(context) ? 1 : photonic->contexts;
  PRISM_TRY(prism_heap_allocate(&context->heap, rings * sizeof(uint32_t), sizeof(uint32_t),
                                &context->recovery.spares_used));
  const uint32_t none = 0;
  for (uint32_t i = 0; i < rings; ++i) {
    hal_write_block(context->hal, context->recovery.spares_used + i * sizeof none, &none, sizeof none);
  }
  return prism_check_fault(context->hal);
}

enum prism_status decode_photonic_load(struct decode_context* context, const struct decode_ranking* ranking) {
  return prism_photonic_start_load(
      &context->photonic, (uint32_t)decode_head_index(&context->layout, ranking->head),
      decode_signature_address(&context->layout, ranking->head, ranking->first), ranking->count);
}

/* Moves every bad row to a spare one; there are enough. */
static enum prism_status remap(struct decode_context* context, struct decode_head head, uint32_t used) {
  struct prism_photonic* photonic = &context->photonic;
  const uint32_t rings = (uint32_t)decode_head_index(&context->layout, head);
  const int32_t limit = (int32_t)context->layout.job.recovery.health_limit;
  for (uint32_t first = 0; first < photonic->rows; first += ROWS_AT_ONCE) {
    int32_t errors[ROWS_AT_ONCE];
    const uint32_t left = photonic->rows - first;
    const uint32_t count = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
    PRISM_TRY(prism_photonic_row_errors(photonic, first, errors, count));
    for (uint32_t i = 0; i < count; ++i) {
      if (errors[i] >= -limit && errors[i] <= limit) continue;
      PRISM_TRY(prism_photonic_map_row(photonic, rings, first + i, photonic->rows + used));
      ++used;
      decode_note_recovery(context, PRISM_RECOVERED_REMAPPED);
    }
  }
  hal_write_block(context->hal, spares_address(context, head), &used, sizeof used);
  return prism_check_fault(context->hal);
}

static enum prism_status mend(struct decode_context* context, const struct decode_ranking* ranking,
                              uint32_t bad_rows) {
  struct prism_photonic* photonic = &context->photonic;
  int calibrated = 0;
  while (bad_rows > 0) {
    uint32_t used;
    hal_read_block(context->hal, spares_address(context, ranking->head), &used, sizeof used);
    PRISM_TRY(prism_check_fault(context->hal));
    const int enough_spares = bad_rows <= photonic->physical_rows - photonic->rows - used;
    const uint32_t checked = ranking->count < photonic->rows ? ranking->count : photonic->rows;
    const int drifted = bad_rows >= checked - checked / 4 * 3; /* a quarter: no coincidence of stuck rows */
    decode_report_fault(context, drifted ? PRISM_FAULT_DRIFT : PRISM_FAULT_STUCK_ROW, 0);
    if (enough_spares && (!drifted || calibrated)) {
      PRISM_TRY(remap(context, ranking->head, used));
    } else if (!calibrated) {
      PRISM_TRY(prism_photonic_calibrate(photonic));
      decode_note_recovery(context, PRISM_RECOVERED_RECALIBRATED);
      calibrated = 1;
    } else {
      return PRISM_STATUS_UNHEALTHY;
    }
    PRISM_TRY(decode_photonic_load(context, ranking));
    PRISM_TRY(prism_photonic_wait_load(photonic));
    struct prism_photonic_health health;
    PRISM_TRY(prism_photonic_monitor(photonic, context->layout.job.recovery.health_limit, &health));
    bad_rows = health.bad_rows;
  }
  return PRISM_STATUS_OK;
}

int decode_photonic_is_checked(const struct decode_context* context) {
  const struct prism_recovery* policy = &context->layout.job.recovery;
  return policy->monitor_steps != 0 && policy->attempts != 0 && context->step % policy->monitor_steps == 0;
}

enum prism_status decode_photonic_check(struct decode_context* context,
                                        const struct decode_ranking* ranking) {
  if (!decode_photonic_is_checked(context)) return PRISM_STATUS_OK;
  const uint64_t started = hal_time_ns(context->hal);
  struct prism_photonic_health health;
  const uint32_t limit = context->layout.job.recovery.health_limit;
  PRISM_TRY(prism_photonic_monitor(&context->photonic, limit, &health));
  if (health.bad_rows == 0) return PRISM_STATUS_OK;
  PRISM_TRY(mend(context, ranking, health.bad_rows));
  decode_settle(context, started);
  return PRISM_STATUS_OK;
}

/* Without the photonic core. */
static enum prism_status rank_electronically(struct decode_context* context,
                                             const struct decode_ranking* ranking) {
  if (context->photonic.placement != PHOTONIC_PLACEMENT_HBM) {
    decode_note_recovery(context, PRISM_RECOVERED_ALL_BLOCKS);
    return PRISM_STATUS_UNHEALTHY;
  }
  /* The compute engine's failures are the layer's. */
  PRISM_TRY(decode_rank_signatures(context, ranking, 0));
  decode_note_recovery(context, PRISM_RECOVERED_ELECTRONIC);
  return PRISM_STATUS_OK;
}

/* Whether a ranking has failed because of the photonic core. */
static int is_photonic(const struct decode_context* context, enum prism_status status) {
  return status == PRISM_STATUS_PHOTONIC_ERROR || status == PRISM_STATUS_UNHEALTHY ||
         (status == PRISM_STATUS_TIMEOUT && context->compute.completed == context->compute.submitted);
}

/* Makes the core ready for another attempt. */
static enum prism_status recover(struct decode_context* context, enum prism_status status) {
  uint64_t address = 0;
  const int lost = decode_new_ecc_error(context, &address);
  if (lost) {
    decode_report_fault(context, PRISM_FAULT_UNCORRECTABLE_ECC, address);
  } else if (status != PRISM_STATUS_UNHEALTHY) { /* whose faults have been reported */
    decode_report_fault(context,
                        status == PRISM_STATUS_TIMEOUT ? PRISM_FAULT_TIMEOUT : PRISM_FAULT_PHOTONIC_ERROR, 0);
  }
  PRISM_TRY(prism_photonic_reset(&context->photonic));
  return lost ? decode_restore(context, address) : PRISM_STATUS_OK;
}

enum prism_status decode_photonic_rank(struct decode_context* context, const struct decode_ranking* ranking,
                                       decode_rank rank) {
  struct decode_recovery* recovery = &context->recovery;
  const uint64_t started = hal_time_ns(context->hal);
  uint64_t restarted = started;
  enum prism_status status = PRISM_STATUS_UNHEALTHY;
  for (uint32_t attempt = 0; recovery->sick_step != context->step + 1; ++attempt) {
    status = rank(context, ranking);
    if (status == PRISM_STATUS_OK) {
      if (attempt > 0) decode_settle(context, hal_time_ns(context->hal) - (restarted - started));
      return PRISM_STATUS_OK;
    }
    if (context->layout.job.recovery.attempts == 0 || !is_photonic(context, status)) return status;
    PRISM_TRY(recover(context, status));
    restarted = hal_time_ns(context->hal);
    if (status == PRISM_STATUS_UNHEALTHY || attempt == context->layout.job.recovery.attempts) break;
    decode_note_recovery(context, PRISM_RECOVERED_RETRIED);
  }
  /* The next heads of the step would fare no better on the same rings; a failed command may be the head's
   * own. */
  if (status != PRISM_STATUS_PHOTONIC_ERROR && is_shared(context)) recovery->sick_step = context->step + 1;
  status = rank_electronically(context, ranking);
  if (status == PRISM_STATUS_OK || status == PRISM_STATUS_UNHEALTHY) decode_settle(context, started);
  return status;
}
