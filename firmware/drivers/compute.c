/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/compute.h"

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
#define FOR_EACH_ARGUMENT(DO)                        \
  DO(32, COMPUTE_OPCODE, opcode)                     \
  DO(32, COMPUTE_FLAGS, flags)                       \
  DO(64, COMPUTE_SOURCE, source)                     \
  DO(64, COMPUTE_QUERY, query)                       \
  DO(64, COMPUTE_DESTINATION, destination)           \
  DO(64, COMPUTE_BYTES, bytes)                       \
  DO(32, COMPUTE_COUNT, count)                       \
  DO(32, COMPUTE_DIMENSION, dimension)               \
  DO(32, COMPUTE_HEADS, heads)                       \
  DO(32, COMPUTE_OUTPUT_DIMENSION, output_dimension) \
  DO(32, COMPUTE_BLOCK_TOKENS, block_tokens)         \
  DO(32, COMPUTE_LAYER, layer)                       \
  DO(32, COMPUTE_STEP, step)                         \
  DO(32, COMPUTE_PURPOSE, purpose)                   \
  DO(32, COMPUTE_WAIT, wait)                         \
  DO(32, COMPUTE_SIGNAL, signal)

#define CLEAR_ARGUMENT(bits, offset, field) hal_write##bits(hal, base + (offset), 0);
#define UPDATE_ARGUMENT(bits, offset, field)                        \
  if (written->field != command->field) {                           \
    written->field = command->field;                                \
    hal_write##bits(hal, compute->base + (offset), command->field); \
  }

/* Writes the arguments that changed. */
static void update_arguments(struct prism_compute* compute, const struct prism_compute_command* command) {
  struct hal* hal = compute->hal;
  struct prism_compute_command* written = &compute->written;
  FOR_EACH_ARGUMENT(UPDATE_ARGUMENT)
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
  FOR_EACH_ARGUMENT(CLEAR_ARGUMENT)
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
  compute->ring_capacity = entries;
  compute->ring_entries = entries;
  hal_write64(compute->hal, compute->base + COMPUTE_RING_ADDRESS, compute->ring);
  hal_write32(compute->hal, compute->base + COMPUTE_RING_ENTRIES, entries);
  return prism_check_fault(compute->hal);
}

static uint64_t entry_address(const struct prism_compute* compute, uint32_t number) {
  const uint64_t slot = number & (compute->ring_entries - 1);
  return compute->ring + slot * sizeof(struct prism_compute_command);
}

static int has_room(const struct prism_compute* compute, uint32_t count) {
  return compute->submitted - compute->completed <= compute->ring_entries - count;
}

/* Polls until `count` more commands fit into the ring. */
static enum prism_status poll_for_room(struct prism_compute* compute, uint32_t count) {
  if (count == 0 || count > compute->ring_entries) return PRISM_STATUS_ARGUMENT;
  if (has_room(compute, count)) return PRISM_STATUS_OK;
  const uint64_t deadline = prism_deadline_after(compute->hal, compute->timeout_ns);
  while (1) {
    PRISM_TRY(prism_compute_check(compute));
    if (has_room(compute, count)) return PRISM_STATUS_OK;
    PRISM_TRY(prism_interrupts_poll(compute->interrupts, deadline));
  }
}

/* Tells the engine of `count` commands that are in the ring. */
static enum prism_status ring_doorbell(struct prism_compute* compute, uint32_t count, uint32_t* ticket) {
  hal_write32(compute->hal, compute->base + COMPUTE_PRODUCER, compute->producer);
  compute->submitted += count;
  *ticket = compute->submitted;
  return prism_check_fault(compute->hal);
}

/* Copies commands to the next entries, up to the ring's end at most; returns how many. */
static uint32_t write_to_ring(struct prism_compute* compute, const struct prism_compute_command* commands,
                              uint32_t count) {
  const uint32_t slot = compute->producer & (compute->ring_entries - 1);
  const uint32_t to_end = compute->ring_entries - slot;
  const uint32_t written = count < to_end ? count : to_end;
  hal_write_block(compute->hal, entry_address(compute, slot), commands, written * sizeof *commands);
  compute->producer += written;
  return written;
}

enum prism_status prism_compute_queue(struct prism_compute* compute,
                                      const struct prism_compute_command* commands, uint32_t count,
                                      uint32_t* ticket) {
  hal_driver_call(compute->hal, "compute_queue");
  PRISM_TRY(poll_for_room(compute, count));
  for (uint32_t done = 0; done < count;) done += write_to_ring(compute, commands + done, count - done);
  return ring_doorbell(compute, count, ticket);
}

enum prism_status prism_compute_queue_laps(struct prism_compute* compute,
                                           const struct prism_compute_command* commands, uint32_t count,
                                           uint32_t laps, uint32_t coalesce, uint32_t* ticket) {
  struct hal* hal = compute->hal;
  hal_driver_call(hal, "compute_queue_laps");
  if (compute->producer != 0 || count < MIN_ENTRIES || count > compute->ring_capacity ||
      (count & (count - 1)) != 0 || laps == 0) {
    return PRISM_STATUS_ARGUMENT;
  }
  compute->ring_entries = count;
  compute->has_laps = 1;
  compute->producer = count * laps;
  hal_write_block(hal, compute->ring, commands, count * sizeof *commands);
  hal_write32(hal, compute->base + COMPUTE_RING_ENTRIES, count);
  hal_write32(hal, compute->base + COMPUTE_RING_LAPS, laps);
  hal_write32(hal, compute->base + COMPUTE_COALESCE, coalesce);
  return ring_doorbell(compute, compute->producer, ticket);
}

uint32_t prism_compute_finished(struct prism_compute* compute) {
  return hal_read32(compute->hal, compute->base + COMPUTE_COMPLETED);
}

enum prism_status prism_compute_reset(struct prism_compute* compute) {
  hal_driver_call(compute->hal, "compute_reset");
  hal_write32(compute->hal, compute->base + COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
  compute->events = 0;
  compute->submitted = 0;
  compute->completed = 0;
  compute->producer = 0;
  if (compute->has_laps) {
    compute->has_laps = 0;
    compute->ring_entries = compute->ring_capacity;
    hal_write32(compute->hal, compute->base + COMPUTE_RING_ENTRIES, compute->ring_entries);
    hal_write32(compute->hal, compute->base + COMPUTE_RING_LAPS, 0);
    hal_write32(compute->hal, compute->base + COMPUTE_COALESCE, 0);
  }
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
