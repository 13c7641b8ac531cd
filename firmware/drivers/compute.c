/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/compute.h"

#include <stddef.h>
#include <string.h>

#include "prism/drivers/common.h"

static int handle_interrupt(void* device) {
  struct prism_compute* compute = device;
  const uint32_t events = hal_read32(compute->hal, compute->base + COMPUTE_IRQ_STATUS);
  hal_write32(compute->hal, compute->base + COMPUTE_IRQ_STATUS, events);
  compute->events |= events;
  return events != 0;
}

/* The argument registers and the command's fields that they hold. */
struct argument {
  uint32_t offset;
  uint32_t bytes;
  size_t field;
};

#define FIELD(name) offsetof(struct prism_compute_command, name)
static const struct argument arguments[] = {
    {COMPUTE_OPCODE, 4, FIELD(opcode)},
    {COMPUTE_FLAGS, 4, FIELD(flags)},
    {COMPUTE_SOURCE, 8, FIELD(source)},
    {COMPUTE_QUERY, 8, FIELD(query)},
    {COMPUTE_DESTINATION, 8, FIELD(destination)},
    {COMPUTE_BYTES, 8, FIELD(bytes)},
    {COMPUTE_COUNT, 4, FIELD(count)},
    {COMPUTE_DIMENSION, 4, FIELD(dimension)},
    {COMPUTE_HEADS, 4, FIELD(heads)},
    {COMPUTE_OUTPUT_DIMENSION, 4, FIELD(output_dimension)},
    {COMPUTE_BLOCK_TOKENS, 4, FIELD(block_tokens)},
    {COMPUTE_LAYER, 4, FIELD(layer)},
    {COMPUTE_STEP, 4, FIELD(step)},
    {COMPUTE_PURPOSE, 4, FIELD(purpose)},
};
#define ARGUMENTS (sizeof arguments / sizeof arguments[0])

static void write_argument(struct prism_compute* compute, const struct argument* argument,
                           const struct prism_compute_command* command) {
  const void* field = (const char*)command + argument->field;
  const uint64_t address = compute->base + argument->offset;
  if (argument->bytes == 8) {
    hal_write64(compute->hal, address, *(const uint64_t*)field);
  } else {
    hal_write32(compute->hal, address, *(const uint32_t*)field);
  }
}

/* Writes the arguments that changed. */
static void update_arguments(struct prism_compute* compute, const struct prism_compute_command* command) {
  for (size_t i = 0; i < ARGUMENTS; ++i) {
    const size_t field = arguments[i].field;
    const char* wanted = (const char*)command + field;
    if (memcmp((const char*)&compute->written + field, wanted, arguments[i].bytes) != 0) {
      write_argument(compute, &arguments[i], command);
    }
  }
  compute->written = *command;
}

enum prism_status prism_compute_init(struct prism_compute* compute, struct hal* hal, uint64_t base,
                                     struct prism_interrupts* interrupts, uint32_t source,
                                     uint64_t timeout_ns) {
  *compute =
      (struct prism_compute){.hal = hal, .base = base, .interrupts = interrupts, .timeout_ns = timeout_ns};
  PRISM_TRY(prism_check_identity(hal, base + COMPUTE_ID, COMPUTE_ID_VALUE));
  hal_write32(hal, base + COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
  compute->queue_depth = hal_read32(hal, base + COMPUTE_QUEUE_DEPTH);
  compute->completed = hal_read32(hal, base + COMPUTE_COMPLETED);
  compute->submitted = compute->completed;
  for (size_t i = 0; i < ARGUMENTS; ++i) write_argument(compute, &arguments[i], &compute->written);
  hal_write32(hal, base + COMPUTE_SEQUENCE, 0);
  hal_write32(hal, base + COMPUTE_IRQ_ENABLE, COMPUTE_IRQ_COMPLETE | COMPUTE_IRQ_ERROR);
  PRISM_TRY(prism_check_fault(hal));
  if (compute->queue_depth == 0) return PRISM_STATUS_PROTOCOL;
  return prism_interrupts_attach(interrupts, source, handle_interrupt, compute);
}

enum prism_status prism_compute_reset(struct prism_compute* compute) {
  hal_driver_call(compute->hal, "compute_reset");
  hal_write32(compute->hal, compute->base + COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
  compute->completed = hal_read32(compute->hal, compute->base + COMPUTE_COMPLETED);
  compute->submitted = compute->completed;
  compute->events = 0;
  return prism_check_fault(compute->hal);
}

enum prism_status prism_compute_submit(struct prism_compute* compute,
                                       const struct prism_compute_command* command, uint32_t* ticket) {
  if (compute->submitted - compute->completed >= compute->queue_depth) {
    PRISM_TRY(prism_compute_wait(compute, compute->submitted + 1 - compute->queue_depth));
  }
  hal_driver_call(compute->hal, "compute_submit");
  struct prism_compute_command wanted = *command;
  wanted.flags |= COMPUTE_FLAG_INTERRUPT;
  update_arguments(compute, &wanted);
  hal_write32(compute->hal, compute->base + COMPUTE_DOORBELL, 1);
  ++compute->submitted;
  *ticket = compute->submitted;
  return prism_check_fault(compute->hal);
}

static enum prism_status report_error(struct prism_compute* compute) {
  compute->error = hal_read32(compute->hal, compute->base + COMPUTE_ERROR);
  compute->error_command = hal_read32(compute->hal, compute->base + COMPUTE_ERROR_COMMAND);
  PRISM_TRY(prism_check_fault(compute->hal));
  return PRISM_STATUS_COMPUTE_ERROR;
}

enum prism_status prism_compute_wait(struct prism_compute* compute, uint32_t ticket) {
  hal_driver_call(compute->hal, "compute_wait");
  const uint64_t deadline = prism_deadline_after(compute->hal, compute->timeout_ns);
  while (!prism_has_reached(compute->completed, ticket)) {
    if (compute->events == 0) {
      PRISM_TRY(prism_interrupts_wait(compute->interrupts, deadline));
      continue;
    }
    if ((compute->events & COMPUTE_IRQ_ERROR) != 0) return report_error(compute);
    compute->events = 0;
    compute->completed = hal_read32(compute->hal, compute->base + COMPUTE_COMPLETED);
    PRISM_TRY(prism_check_fault(compute->hal));
    if (!prism_has_reached(compute->submitted, compute->completed)) return PRISM_STATUS_PROTOCOL;
  }
  return PRISM_STATUS_OK;
}
