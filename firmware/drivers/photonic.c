/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/photonic.h"

#include "prism/drivers/common.h"

#define ALL_INTERRUPTS (PHOTONIC_IRQ_LOADED | PHOTONIC_IRQ_RANKED | PHOTONIC_IRQ_ERROR | PHOTONIC_IRQ_DONE)

static int handle_interrupt(void* device) {
  struct prism_photonic* photonic = device;
  const uint32_t status = hal_read32(photonic->hal, photonic->base + PHOTONIC_IRQ_STATUS);
  const uint32_t events = status & photonic->enabled;
  if (events != 0) hal_write32(photonic->hal, photonic->base + PHOTONIC_IRQ_STATUS, events);
  photonic->events |= events;
  return events != 0;
}

/* Two registers side by side, in one access. */
static void write_pair(struct hal* hal, uint64_t address, uint32_t first, uint32_t second) {
  hal_write64(hal, address, first | (uint64_t)second << 32);
}

/* From now on these events interrupt; what has been is forgotten. */
static void enable(struct prism_photonic* photonic, uint32_t events) {
  photonic->enabled = events;
  hal_write32(photonic->hal, photonic->base + PHOTONIC_IRQ_STATUS, ALL_INTERRUPTS);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_IRQ_ENABLE, events);
}

enum prism_status prism_photonic_init(struct prism_photonic* photonic, struct hal* hal, uint64_t base,
                                      struct prism_interrupts* interrupts, uint32_t source,
                                      uint64_t timeout_ns) {
  *photonic =
      (struct prism_photonic){.hal = hal, .base = base, .interrupts = interrupts, .timeout_ns = timeout_ns};
  PRISM_TRY(prism_check_identity(hal, base + PHOTONIC_ID, PHOTONIC_ID_VALUE));
  hal_write32(hal, base + PHOTONIC_CONTROL, PHOTONIC_CONTROL_RESET);
  photonic->wavelengths = hal_read32(hal, base + PHOTONIC_WAVELENGTHS);
  photonic->max_blocks = hal_read32(hal, base + PHOTONIC_MAX_BLOCKS);
  photonic->rows = hal_read32(hal, base + PHOTONIC_ROWS);
  photonic->physical_rows = hal_read32(hal, base + PHOTONIC_PHYSICAL_ROWS);
  photonic->placement = hal_read32(hal, base + PHOTONIC_PLACEMENT);
  photonic->contexts = hal_read32(hal, base + PHOTONIC_CONTEXTS);
  photonic->queue_depth = hal_read32(hal, base + PHOTONIC_QUEUE_DEPTH);
  enable(photonic, ALL_INTERRUPTS);
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

static enum prism_status run(struct prism_photonic* photonic, uint32_t command, uint32_t event) {
  start(photonic, command);
  PRISM_TRY(prism_check_fault(photonic->hal));
  return wait_for(photonic, event);
}

/* A command that acts at once: what it did wrong is there to be read. */
static enum prism_status run_now(struct prism_photonic* photonic, uint32_t command) {
  start(photonic, command);
  const uint32_t events = hal_read32(photonic->hal, photonic->base + PHOTONIC_IRQ_STATUS);
  PRISM_TRY(prism_check_fault(photonic->hal));
  if ((events & PHOTONIC_IRQ_ERROR) == 0 && (photonic->events & PHOTONIC_IRQ_ERROR) == 0)
    return PRISM_STATUS_OK;
  return wait_for(photonic, PHOTONIC_IRQ_ERROR);
}

enum prism_status prism_photonic_reset(struct prism_photonic* photonic) {
  hal_driver_call(photonic->hal, "photonic_reset");
  start(photonic, PHOTONIC_CONTROL_RESET);
  if (photonic->enabled != ALL_INTERRUPTS) { /* queued commands have left their arguments */
    enable(photonic, ALL_INTERRUPTS);
    hal_write32(photonic->hal, photonic->base + PHOTONIC_QUERY_SLOT, 0);
    write_pair(photonic->hal, photonic->base + PHOTONIC_WAIT, 0, 0);
  }
  return prism_check_fault(photonic->hal);
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

int prism_photonic_is_loaded(struct prism_photonic* photonic) {
  return (hal_read32(photonic->hal, photonic->base + PHOTONIC_STATUS) & PHOTONIC_STATUS_LOADED) != 0;
}

enum prism_status prism_photonic_rank(struct prism_photonic* photonic, uint32_t k, uint64_t result_address) {
  hal_driver_call(photonic->hal, "photonic_rank");
  hal_write32(photonic->hal, photonic->base + PHOTONIC_K, k);
  hal_write64(photonic->hal, photonic->base + PHOTONIC_RESULT_ADDRESS, result_address);
  return run(photonic, PHOTONIC_CONTROL_RANK, PHOTONIC_IRQ_RANKED);
}

enum prism_status prism_photonic_quiet(struct prism_photonic* photonic) {
  enable(photonic, PHOTONIC_IRQ_ERROR);
  photonic->events = 0;
  photonic->submitted = hal_read32(photonic->hal, photonic->base + PHOTONIC_SUBMITTED);
  photonic->completed = hal_read32(photonic->hal, photonic->base + PHOTONIC_COMPLETED);
  return prism_check_fault(photonic->hal);
}

/* Polls until another command fits into the queue. */
static enum prism_status poll_for_room(struct prism_photonic* photonic) {
  if (prism_photonic_has_room(photonic, 1)) return PRISM_STATUS_OK;
  struct hal* hal = photonic->hal;
  const uint64_t deadline = prism_deadline_after(hal, photonic->timeout_ns);
  while (1) {
    photonic->completed = hal_read32(hal, photonic->base + PHOTONIC_COMPLETED);
    PRISM_TRY(prism_check_fault(hal));
    if (prism_photonic_has_room(photonic, 1)) return PRISM_STATUS_OK;
    if ((photonic->events & PHOTONIC_IRQ_ERROR) != 0) return wait_for(photonic, PHOTONIC_IRQ_ERROR);
    PRISM_TRY(prism_interrupts_poll(photonic->interrupts, deadline));
  }
}

/* Queues the command whose other arguments are in the registers; there is room. */
static void push(struct prism_photonic* photonic, uint32_t command, uint32_t wait, uint32_t signal) {
  write_pair(photonic->hal, photonic->base + PHOTONIC_WAIT, wait, signal);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_CONTROL, command);
  ++photonic->submitted;
}

enum prism_status prism_photonic_queue_ranking(struct prism_photonic* photonic,
                                               const struct prism_photonic_ranking* ranking) {
  struct hal* hal = photonic->hal;
  const uint64_t base = photonic->base;
  hal_driver_call(hal, "photonic_queue_ranking");
  if (ranking->count == 0 || ranking->count > photonic->max_blocks) return PRISM_STATUS_ARGUMENT;
  PRISM_TRY(poll_for_room(photonic));
  hal_write64(hal, base + PHOTONIC_SIGNATURE_ADDRESS, ranking->address);
  write_pair(hal, base + PHOTONIC_SIGNATURE_COUNT, ranking->count, ranking->context);
  push(photonic, PHOTONIC_CONTROL_LOAD, 0, 0);
  PRISM_TRY(poll_for_room(photonic));
  hal_write32(hal, base + PHOTONIC_K, ranking->k);
  hal_write32(hal, base + PHOTONIC_QUERY_SLOT, ranking->slot);
  hal_write64(hal, base + PHOTONIC_RESULT_ADDRESS, ranking->result_address);
  push(photonic, PHOTONIC_CONTROL_RANK, ranking->wait, ranking->signal);
  return prism_check_fault(hal);
}

enum prism_status prism_photonic_queue_store(struct prism_photonic* photonic, uint32_t context,
                                             uint32_t first, uint64_t address, uint32_t count,
                                             uint32_t wait) {
  hal_driver_call(photonic->hal, "photonic_queue_store");
  if (context >= photonic->contexts || count == 0) return PRISM_STATUS_ARGUMENT;
  PRISM_TRY(poll_for_room(photonic));
  hal_write64(photonic->hal, photonic->base + PHOTONIC_SIGNATURE_ADDRESS, address);
  write_pair(photonic->hal, photonic->base + PHOTONIC_SIGNATURE_COUNT, count, context);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_FIRST_BLOCK, first);
  push(photonic, PHOTONIC_CONTROL_STORE, wait, 0);
  return prism_check_fault(photonic->hal);
}

enum prism_status prism_photonic_read_results(struct prism_photonic* photonic,
                                              struct prism_ranked_block* blocks, uint32_t count,
                                              uint32_t* found) {
  hal_driver_call(photonic->hal, "photonic_read_results");
  const uint32_t valid = hal_read32(photonic->hal, photonic->base + PHOTONIC_RESULT_COUNT);
  *found = valid < count ? valid : count;
  if (*found > 0) {
    hal_read_block(photonic->hal, photonic->base + PHOTONIC_RESULTS, blocks, *found * sizeof *blocks);
  }
  return prism_check_fault(photonic->hal);
}

enum prism_status prism_photonic_store(struct prism_photonic* photonic, uint32_t context, uint32_t first,
                                       uint64_t address, uint32_t count) {
  hal_driver_call(photonic->hal, "photonic_store");
  if (context >= photonic->contexts || count == 0) return PRISM_STATUS_ARGUMENT;
  hal_write64(photonic->hal, photonic->base + PHOTONIC_SIGNATURE_ADDRESS, address);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_SIGNATURE_COUNT, count);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_FIRST_BLOCK, first);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_BANK_CONTEXT, context);
  return run(photonic, PHOTONIC_CONTROL_STORE, PHOTONIC_IRQ_DONE);
}

enum prism_status prism_photonic_calibrate(struct prism_photonic* photonic) {
  hal_driver_call(photonic->hal, "photonic_calibrate");
  return run(photonic, PHOTONIC_CONTROL_CALIBRATE, PHOTONIC_IRQ_DONE);
}

enum prism_status prism_photonic_monitor(struct prism_photonic* photonic, uint32_t limit,
                                         struct prism_photonic_health* health) {
  hal_driver_call(photonic->hal, "photonic_monitor");
  hal_write32(photonic->hal, photonic->base + PHOTONIC_HEALTH_LIMIT, limit);
  PRISM_TRY(run(photonic, PHOTONIC_CONTROL_MONITOR, PHOTONIC_IRQ_DONE));
  health->bad_rows = hal_read32(photonic->hal, photonic->base + PHOTONIC_BAD_ROWS);
  health->worst_row = hal_read32(photonic->hal, photonic->base + PHOTONIC_WORST_ROW);
  const uint64_t worst = photonic->base + PHOTONIC_HEALTH + health->worst_row * sizeof(int32_t);
  health->worst_error = (int32_t)hal_read32(photonic->hal, worst);
  return prism_check_fault(photonic->hal);
}

enum prism_status prism_photonic_row_errors(struct prism_photonic* photonic, uint32_t first, int32_t* errors,
                                            uint32_t count) {
  hal_driver_call(photonic->hal, "photonic_row_errors");
  if (first > photonic->rows || count > photonic->rows - first) return PRISM_STATUS_ARGUMENT;
  const uint64_t address = photonic->base + PHOTONIC_HEALTH + (uint64_t)first * sizeof *errors;
  hal_read_block(photonic->hal, address, errors, count * sizeof *errors);
  return prism_check_fault(photonic->hal);
}

enum prism_status prism_photonic_map_row(struct prism_photonic* photonic, uint32_t context, uint32_t logical,
                                         uint32_t physical) {
  hal_driver_call(photonic->hal, "photonic_map_row");
  if (logical >= photonic->rows || physical >= photonic->physical_rows) return PRISM_STATUS_ARGUMENT;
  hal_write32(photonic->hal, photonic->base + PHOTONIC_BANK_CONTEXT, context);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_ROW_LOGICAL, logical);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_ROW_PHYSICAL, physical);
  return run_now(photonic, PHOTONIC_CONTROL_MAP_ROW);
}

enum prism_status prism_photonic_temperature(struct prism_photonic* photonic, int32_t* millikelvin) {
  *millikelvin = (int32_t)hal_read32(photonic->hal, photonic->base + PHOTONIC_TEMPERATURE);
  return prism_check_fault(photonic->hal);
}

enum prism_status prism_photonic_inject(struct prism_photonic* photonic, uint32_t kind, uint32_t row,
                                        uint32_t ring, int32_t weight) {
  hal_driver_call(photonic->hal, "photonic_inject");
  hal_write32(photonic->hal, photonic->base + PHOTONIC_FAULT_KIND, kind);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_FAULT_ROW, row);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_FAULT_RING, ring);
  hal_write32(photonic->hal, photonic->base + PHOTONIC_FAULT_WEIGHT, (uint32_t)weight);
  return run_now(photonic, PHOTONIC_CONTROL_INJECT);
}

uint64_t prism_photonic_query_address(const struct prism_photonic* photonic) {
  return photonic->base + PHOTONIC_QUERY;
}
