/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/compute.h"

#include <stddef.h>

#include "prism/drivers/common.h"

#define RING_ALIGNMENT 64u
#define MIN_ENTRIES 2u
#define MAX_ENTRIES 4096u

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
    {COMPUTE_WAIT, 4, FIELD(wait)},
    {COMPUTE_SIGNAL, 4, FIELD(signal)},
};
#define ARGUMENTS (sizeof arguments / sizeof arguments[0])

static uint64_t value_of(const struct argument* argument, const struct prism_compute_command* command) {
  const void* field = (const char*)command + argument->field;
  return argument->bytes == 8 ? *(const uint64_t*)field : *(const uint32_t*)field;
}

static void write_argument(struct prism_compute* compute, const struct argument* argument, uint64_t value) {
  const uint64_t address = compute->base + argument->offset;
  if (argument->bytes == 8) {
    hal_write64(compute->hal, address, value);
  } else {
    hal_write32(compute->hal, address, (uint32_t)value);
  }
}

/* Writes the arguments that changed. */
static void update_arguments(struct prism_compute* compute, const struct prism_compute_command* command) {
  for (size_t i = 0; i < ARGUMENTS; ++i) {
    const uint64_t wanted = value_of(&arguments[i], command);
    if (value_of(&arguments[i], &compute->written) != wanted) write_argument(compute, &arguments[i], wanted);
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
  for (size_t i = 0; i < ARGUMENTS; ++i) write_argument(compute, &arguments[i], 0);
  hal_write32(hal, base + COMPUTE_SEQUENCE, 0);
  hal_write32(hal, base + COMPUTE_IRQ_ENABLE, COMPUTE_IRQ_COMPLETE | COMPUTE_IRQ_ERROR);
  PRISM_TRY(prism_check_fault(hal));
  if (compute->queue_depth == 0) return PRISM_STATUS_PROTOCOL;
  return prism_interrupts_attach(interrupts, source, handle_interrupt, compute);
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

enum prism_status prism_compute_open_ring(struct prism_compute* compute, struct prism_heap* heap,
                                          uint32_t entries) {
  const int power_of_two = (entries & (entries - 1)) == 0;
  if (entries < MIN_ENTRIES || entries > MAX_ENTRIES || !power_of_two) return PRISM_STATUS_ARGUMENT;
  PRISM_TRY(prism_heap_allocate(heap, (uint64_t)entries * sizeof(struct prism_compute_command),
                                RING_ALIGNMENT, &compute->ring));
  compute->ring_entries = entries;
  hal_write64(compute->hal, compute->base + COMPUTE_RING_ADDRESS, compute->ring);
  hal_write32(compute->hal, compute->base + COMPUTE_RING_ENTRIES, entries);
  return prism_check_fault(compute->hal);
}

/* Copies commands to the next entries, up to the ring's end at most; returns how many. */
static uint32_t write_to_ring(struct prism_compute* compute, const struct prism_compute_command* commands,
                              uint32_t count) {
  const uint32_t slot = compute->producer & (compute->ring_entries - 1);
  const uint32_t to_end = compute->ring_entries - slot;
  const uint32_t written = count < to_end ? count : to_end;
  hal_write_block(compute->hal, compute->ring + (uint64_t)slot * sizeof *commands, commands,
                  written * sizeof *commands);
  compute->producer += written;
  return written;
}

enum prism_status prism_compute_queue(struct prism_compute* compute,
                                      const struct prism_compute_command* commands, uint32_t count,
                                      uint32_t* ticket) {
  if (count == 0 || count > compute->ring_entries) return PRISM_STATUS_ARGUMENT;
  hal_driver_call(compute->hal, "compute_queue");
  const uint64_t deadline = prism_deadline_after(compute->hal, compute->timeout_ns);
  while (compute->submitted - compute->completed > compute->ring_entries - count) {
    PRISM_TRY(prism_compute_check(compute));
    if (compute->submitted - compute->completed <= compute->ring_entries - count) break;
    PRISM_TRY(prism_interrupts_poll(compute->interrupts, deadline));
  }
  for (uint32_t done = 0; done < count;) done += write_to_ring(compute, commands + done, count - done);
  hal_write32(compute->hal, compute->base + COMPUTE_PRODUCER, compute->producer);
  compute->submitted += count;
  *ticket = compute->submitted;
  return prism_check_fault(compute->hal);
}

enum prism_status prism_compute_reset(struct prism_compute* compute) {
  hal_driver_call(compute->hal, "compute_reset");
  hal_write32(compute->hal, compute->base + COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
  compute->events = 0;
  compute->submitted = 0;
  compute->completed = 0;
  compute->producer = 0;
  return prism_check_fault(compute->hal);
}

static enum prism_status report_error(struct prism_compute* compute) {
  compute->error = hal_read32(compute->hal, compute->base + COMPUTE_ERROR);
  compute->error_command = hal_read32(compute->hal, compute->base + COMPUTE_ERROR_COMMAND);
  PRISM_TRY(prism_check_fault(compute->hal));
  return PRISM_STATUS_COMPUTE_ERROR;
}

enum prism_status prism_compute_check(struct prism_compute* compute) {
  if ((compute->events & COMPUTE_IRQ_ERROR) != 0) return report_error(compute);
  compute->events = 0;
  compute->completed = hal_read32(compute->hal, compute->base + COMPUTE_COMPLETED);
  PRISM_TRY(prism_check_fault(compute->hal));
  return prism_has_reached(compute->submitted, compute->completed) ? PRISM_STATUS_OK : PRISM_STATUS_PROTOCOL;
}

enum prism_status prism_compute_wait(struct prism_compute* compute, uint32_t ticket) {
  hal_driver_call(compute->hal, "compute_wait");
  const uint64_t deadline = prism_deadline_after(compute->hal, compute->timeout_ns);
  while (!prism_has_reached(compute->completed, ticket)) {
    if (compute->events == 0) {
      PRISM_TRY(prism_interrupts_wait(compute->interrupts, deadline));
      continue;
    }
    PRISM_TRY(prism_compute_check(compute));
  }
  return PRISM_STATUS_OK;
}
