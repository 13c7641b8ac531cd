/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/dma.h"

#include "prism/drivers/common.h"

#define RING_ALIGNMENT 64u
#define MIN_ENTRIES 2u
#define MAX_ENTRIES 65536u

static uint64_t channel_register(const struct prism_dma_channel* channel, uint64_t offset) {
  return channel->dma->base + DMA_CHANNEL(channel->index) + offset;
}

static uint32_t channel_bit(const struct prism_dma_channel* channel) {
  return 1u << channel->index;
}

static int handle_interrupt(void* device) {
  struct prism_dma* dma = device;
  const uint32_t completed = hal_read32(dma->hal, dma->base + DMA_IRQ_COMPLETE);
  const uint32_t failed = hal_read32(dma->hal, dma->base + DMA_IRQ_ERROR);
  if (completed != 0) hal_write32(dma->hal, dma->base + DMA_IRQ_COMPLETE, completed);
  if (failed != 0) hal_write32(dma->hal, dma->base + DMA_IRQ_ERROR, failed);
  dma->completed |= completed;
  dma->failed |= failed;
  return (completed | failed) != 0;
}

enum prism_status prism_dma_init(struct prism_dma* dma, struct hal* hal, uint64_t base,
                                 struct prism_interrupts* interrupts, uint32_t source, uint64_t timeout_ns) {
  *dma = (struct prism_dma){.hal = hal, .base = base, .interrupts = interrupts, .timeout_ns = timeout_ns};
  PRISM_TRY(prism_check_identity(hal, base + DMA_ID, DMA_ID_VALUE));
  dma->channels = hal_read32(hal, base + DMA_CHANNELS);
  hal_write32(hal, base + DMA_IRQ_ENABLE, 0);
  PRISM_TRY(prism_check_fault(hal));
  return prism_interrupts_attach(interrupts, source, handle_interrupt, dma);
}

/* Resets the channel in hardware and here, with its whole ring; `control` goes on after the reset. */
static void restart(struct prism_dma_channel* channel, uint32_t control) {
  struct prism_dma* dma = channel->dma;
  hal_write32(dma->hal, channel_register(channel, DMA_CONTROL), DMA_CONTROL_RESET | control);
  hal_write32(dma->hal, dma->base + DMA_IRQ_COMPLETE, channel_bit(channel));
  hal_write32(dma->hal, dma->base + DMA_IRQ_ERROR, channel_bit(channel));
  dma->completed &= ~channel_bit(channel);
  dma->failed &= ~channel_bit(channel);
  if (channel->laps != 0) {
    channel->laps = 0;
    channel->entries = channel->capacity;
    hal_write32(dma->hal, channel_register(channel, DMA_LAPS), 0);
    hal_write64(dma->hal, channel_register(channel, DMA_LAP_SOURCE), 0);
    hal_write64(dma->hal, channel_register(channel, DMA_LAP_DESTINATION), 0);
    hal_write32(dma->hal, channel_register(channel, DMA_RING_ENTRIES), channel->entries);
  }
  channel->producer = 0;
  channel->consumer = 0;
  channel->fault = (struct prism_dma_fault){0};
}

enum prism_status prism_dma_open(struct prism_dma_channel* channel, struct prism_dma* dma, uint32_t index,
                                 struct prism_heap* heap, uint32_t entries) {
  const int power_of_two = (entries & (entries - 1)) == 0;
  if (index >= dma->channels || entries < MIN_ENTRIES || entries > MAX_ENTRIES || !power_of_two) {
    return PRISM_STATUS_ARGUMENT;
  }
  *channel = (struct prism_dma_channel){.dma = dma, .index = index, .capacity = entries, .entries = entries};
  PRISM_TRY(prism_heap_allocate(heap, (uint64_t)entries * sizeof(struct dma_descriptor), RING_ALIGNMENT,
                                &channel->ring));
  PRISM_TRY(prism_heap_allocate(heap, (uint64_t)entries * sizeof(struct dma_completion), RING_ALIGNMENT,
                                &channel->completions));

  struct hal* hal = dma->hal;
  restart(channel, 0);
  hal_write64(hal, channel_register(channel, DMA_RING_ADDRESS), channel->ring);
  hal_write32(hal, channel_register(channel, DMA_RING_ENTRIES), entries);
  hal_write64(hal, channel_register(channel, DMA_COMPLETION_ADDRESS), channel->completions);
  hal_write32(hal, channel_register(channel, DMA_CONTROL), DMA_CONTROL_ENABLE);
  const uint32_t enabled = hal_read32(hal, dma->base + DMA_IRQ_ENABLE);
  hal_write32(hal, dma->base + DMA_IRQ_ENABLE, enabled | channel_bit(channel));
  return prism_check_fault(hal);
}

enum prism_status prism_dma_drop_records(struct prism_dma_channel* channel) {
  channel->completions = 0;
  hal_write64(channel->dma->hal, channel_register(channel, DMA_COMPLETION_ADDRESS), 0);
  return prism_check_fault(channel->dma->hal);
}

enum prism_status prism_dma_reset(struct prism_dma_channel* channel) {
  hal_driver_call(channel->dma->hal, "dma_reset");
  restart(channel, DMA_CONTROL_ENABLE);
  return prism_check_fault(channel->dma->hal);
}

enum prism_status prism_dma_status(struct prism_dma_channel* channel, uint32_t* status) {
  *status = hal_read32(channel->dma->hal, channel_register(channel, DMA_STATUS));
  return prism_check_fault(channel->dma->hal);
}

enum prism_status prism_dma_close(struct prism_dma_channel* channel) {
  struct hal* hal = channel->dma->hal;
  hal_driver_call(hal, "dma_close");
  hal_write32(hal, channel_register(channel, DMA_CONTROL), 0);
  const struct dma_descriptor none = {0};
  for (uint32_t i = 0; i < channel->entries; ++i) {
    hal_write_block(hal, channel->ring + i * sizeof none, &none, sizeof none);
  }
  const uint32_t enabled = hal_read32(hal, channel->dma->base + DMA_IRQ_ENABLE);
  hal_write32(hal, channel->dma->base + DMA_IRQ_ENABLE, enabled & ~channel_bit(channel));
  return prism_check_fault(hal);
}

static uint64_t entry_address(const struct prism_dma_channel* channel, uint32_t number) {
  const uint64_t slot = number & (channel->entries - 1);
  return channel->ring + slot * sizeof(struct dma_descriptor);
}

static enum prism_status ring_doorbell(struct prism_dma_channel* channel) {
  hal_write32(channel->dma->hal, channel_register(channel, DMA_PRODUCER), channel->producer);
  return prism_check_fault(channel->dma->hal);
}

/* Writes descriptors to the ring, which has room, and rings the doorbell. */
static enum prism_status push(struct prism_dma_channel* channel, struct dma_descriptor* descriptors,
                              uint32_t count) {
  struct hal* hal = channel->dma->hal;
  for (uint32_t i = 0; i < count; ++i) descriptors[i].tag = channel->producer + i + 1;
  for (uint32_t done = 0; done < count;) {
    const uint32_t slot = channel->producer & (channel->entries - 1);
    const uint32_t to_end = channel->entries - slot;
    const uint32_t part = count - done < to_end ? count - done : to_end;
    hal_write_block(hal, entry_address(channel, slot), descriptors + done, part * sizeof *descriptors);
    channel->producer += part;
    done += part;
  }
  return ring_doorbell(channel);
}

static int has_room(const struct prism_dma_channel* channel, uint32_t count) {
  return channel->producer - channel->consumer <= channel->entries - count;
}

enum prism_status prism_dma_submit(struct prism_dma_channel* channel, struct dma_descriptor* descriptors,
                                   uint32_t count, uint32_t* ticket) {
  if (count == 0 || count > channel->entries) return PRISM_STATUS_ARGUMENT;
  if (!has_room(channel, count)) {
    PRISM_TRY(prism_dma_wait(channel, channel->producer + count - channel->entries));
  }
  hal_driver_call(channel->dma->hal, "dma_submit");
  for (uint32_t i = 0; i < count; ++i) descriptors[i].flags = i + 1 == count ? DMA_FLAG_INTERRUPT : 0;
  *ticket = channel->producer + count;
  return push(channel, descriptors, count);
}

enum prism_status prism_dma_copy(struct prism_dma_channel* channel, uint8_t purpose, uint64_t source,
                                 uint64_t destination, uint64_t bytes, uint32_t* ticket) {
  struct dma_descriptor descriptor = {.opcode = DMA_OP_COPY,
                                      .purpose = purpose,
                                      .source = source,
                                      .destination = destination,
                                      .bytes = bytes};
  return prism_dma_submit(channel, &descriptor, 1, ticket);
}

enum prism_status prism_dma_gather(struct prism_dma_channel* channel, uint8_t purpose, uint64_t source,
                                   uint64_t list_address, uint32_t count, uint64_t destination,
                                   uint64_t bytes, uint32_t* ticket) {
  struct dma_descriptor descriptor = {.opcode = DMA_OP_GATHER,
                                      .purpose = purpose,
                                      .source = source,
                                      .destination = destination,
                                      .bytes = bytes,
                                      .list_address = list_address,
                                      .count = count,
                                      .stride = bytes};
  return prism_dma_submit(channel, &descriptor, 1, ticket);
}

/* Takes note of the descriptors finished since the last call. */
static enum prism_status collect(struct prism_dma_channel* channel) {
  struct hal* hal = channel->dma->hal;
  const uint32_t consumer = hal_read32(hal, channel_register(channel, DMA_CONSUMER));
  PRISM_TRY(prism_check_fault(hal));
  if (consumer - channel->consumer > channel->producer - channel->consumer) return PRISM_STATUS_PROTOCOL;
  if (channel->completions == 0) channel->consumer = consumer;
  while (channel->consumer != consumer) {
    struct dma_completion record;
    const uint64_t slot = channel->consumer & (channel->entries - 1);
    hal_read_block(hal, channel->completions + slot * sizeof record, &record, sizeof record);
    PRISM_TRY(prism_check_fault(hal));
    ++channel->consumer;
    if (record.tag != channel->consumer || record.error != DMA_ERROR_NONE) return PRISM_STATUS_PROTOCOL;
  }
  return PRISM_STATUS_OK;
}

/* Reads the error record of a halted channel. */
static enum prism_status report_fault(struct prism_dma_channel* channel) {
  struct hal* hal = channel->dma->hal;
  channel->fault.error = hal_read32(hal, channel_register(channel, DMA_ERROR));
  channel->fault.descriptor = hal_read64(hal, channel_register(channel, DMA_ERROR_DESCRIPTOR));
  channel->fault.address = hal_read64(hal, channel_register(channel, DMA_ERROR_ADDRESS));
  channel->fault.bytes = hal_read64(hal, channel_register(channel, DMA_ERROR_BYTES));
  PRISM_TRY(prism_check_fault(hal));
  return PRISM_STATUS_DMA_ERROR;
}

enum prism_status prism_dma_wait(struct prism_dma_channel* channel, uint32_t ticket) {
  struct prism_dma* dma = channel->dma;
  hal_driver_call(dma->hal, "dma_wait");
  const uint32_t bit = channel_bit(channel);
  const uint64_t deadline = prism_deadline_after(dma->hal, dma->timeout_ns);
  while (!prism_has_reached(channel->consumer, ticket)) {
    if (((dma->completed | dma->failed) & bit) == 0) {
      PRISM_TRY(prism_interrupts_wait(dma->interrupts, deadline));
      continue;
    }
    dma->completed &= ~bit;
    PRISM_TRY(collect(channel));
    if (!prism_has_reached(channel->consumer, ticket) && (dma->failed & bit) != 0)
      return report_fault(channel);
  }
  return PRISM_STATUS_OK;
}

enum prism_status prism_dma_check(struct prism_dma_channel* channel) {
  return (channel->dma->failed & channel_bit(channel)) != 0 ? report_fault(channel) : PRISM_STATUS_OK;
}

/* Polls until `count` more descriptors fit. */
static enum prism_status poll_for_room(struct prism_dma_channel* channel, uint32_t count) {
  if (count == 0 || count > channel->entries) return PRISM_STATUS_ARGUMENT;
  if (has_room(channel, count)) return PRISM_STATUS_OK;
  struct prism_dma* dma = channel->dma;
  const uint64_t deadline = prism_deadline_after(dma->hal, dma->timeout_ns);
  while (1) {
    PRISM_TRY(collect(channel));
    if (has_room(channel, count)) return PRISM_STATUS_OK;
    PRISM_TRY(prism_dma_check(channel));
    PRISM_TRY(prism_interrupts_poll(dma->interrupts, deadline));
  }
}

enum prism_status prism_dma_queue(struct prism_dma_channel* channel, struct dma_descriptor* descriptors,
                                  uint32_t count) {
  hal_driver_call(channel->dma->hal, "dma_queue");
  PRISM_TRY(poll_for_room(channel, count));
  return push(channel, descriptors, count);
}

enum prism_status prism_dma_queue_laps(struct prism_dma_channel* channel,
                                       const struct dma_descriptor* descriptors, uint32_t count,
                                       uint32_t laps, uint64_t source, uint64_t destination) {
  struct hal* hal = channel->dma->hal;
  const int is_new = channel->producer == 0 && channel->completions == 0;
  hal_driver_call(hal, "dma_queue_laps");
  if (!is_new || count < MIN_ENTRIES || count > channel->capacity || (count & (count - 1)) != 0 ||
      laps == 0) {
    return PRISM_STATUS_ARGUMENT;
  }
  channel->entries = count;
  channel->laps = laps;
  channel->producer = count * laps;
  hal_write_block(hal, channel->ring, descriptors, count * sizeof *descriptors);
  hal_write32(hal, channel_register(channel, DMA_RING_ENTRIES), count);
  hal_write32(hal, channel_register(channel, DMA_LAPS), laps);
  hal_write64(hal, channel_register(channel, DMA_LAP_SOURCE), source);
  hal_write64(hal, channel_register(channel, DMA_LAP_DESTINATION), destination);
  return ring_doorbell(channel);
}

enum prism_status prism_dma_drain(struct prism_dma_channel* channel) {
  hal_driver_call(channel->dma->hal, "dma_drain");
  return poll_for_room(channel, channel->entries);
}

enum prism_status prism_dma_abort(struct prism_dma_channel* channel) {
  struct prism_dma* dma = channel->dma;
  struct hal* hal = dma->hal;
  hal_driver_call(hal, "dma_abort");
  const uint64_t deadline = prism_deadline_after(hal, dma->timeout_ns);
  const uint64_t status = channel_register(channel, DMA_STATUS);
  if ((hal_read32(hal, status) & DMA_STATUS_BUSY) != 0) {
    hal_write32(hal, channel_register(channel, DMA_CONTROL), DMA_CONTROL_ENABLE | DMA_CONTROL_ABORT);
  }
  while ((hal_read32(hal, status) & DMA_STATUS_BUSY) != 0) {
    PRISM_TRY(prism_interrupts_poll(dma->interrupts, deadline));
  }
  restart(channel, DMA_CONTROL_ENABLE);
  return prism_check_fault(hal);
}
