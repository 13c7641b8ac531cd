/* SPDX-License-Identifier: Apache-2.0 */
/* KV-cache DMA engine. A channel owns a descriptor ring and a completion ring in RAM; submissions return a
 * ticket (a free-running count) to wait for. Descriptors of one channel finish in order, several may be
 * outstanding. */
#ifndef PRISM_DRIVERS_DMA_H
#define PRISM_DRIVERS_DMA_H

#include <stdint.h>

#include "prism/drivers/heap.h"
#include "prism/drivers/interrupts.h"
#include "prism/hal.h"
#include "prism/hw/dma.h"
#include "prism/status.h"

struct prism_dma {
  struct hal* hal;
  uint64_t base;
  struct prism_interrupts* interrupts;
  uint32_t channels;
  uint64_t timeout_ns;
  uint32_t completed; /* event flags, a bit a channel */
  uint32_t failed;
};

struct prism_dma_fault {
  uint32_t error;      /* DMA_ERROR_* */
  uint64_t descriptor; /* its bus address */
  uint64_t address;    /* faulting bus address, 0 when none */
  uint64_t bytes;      /* written before */
};

struct prism_dma_channel {
  struct prism_dma* dma;
  uint32_t index;
  uint32_t capacity; /* of its rings, entries */
  uint32_t entries;  /* of them in use */
  uint32_t laps;     /* 0: one */
  uint64_t ring;
  uint64_t completions;
  uint32_t producer; /* tickets given */
  uint32_t consumer; /* tickets known to be finished */
  struct prism_dma_fault fault;
};

/* Checks the identity, attaches interrupt `source`. `timeout_ns` holds for every wait. */
enum prism_status prism_dma_init(struct prism_dma* dma, struct hal* hal, uint64_t base,
                                 struct prism_interrupts* interrupts, uint32_t source, uint64_t timeout_ns);

/* Resets channel `index` and gives it rings of `entries` (a power of two, 2 to 65536) from the heap. */
enum prism_status prism_dma_open(struct prism_dma_channel* channel, struct prism_dma* dma, uint32_t index,
                                 struct prism_heap* heap, uint32_t entries);

/* Queues `count` descriptors with one doorbell, waiting for room in the ring; the last one interrupts. The
 * driver fills `flags` and `tag`. `ticket` is the last one's. */
enum prism_status prism_dma_submit(struct prism_dma_channel* channel, struct dma_descriptor* descriptors,
                                   uint32_t count, uint32_t* ticket);

/* The same without an interrupt, polling for room: prism_dma_drain() waits for the end. The driver fills
 * `tag`. */
enum prism_status prism_dma_queue(struct prism_dma_channel* channel, struct dma_descriptor* descriptors,
                                  uint32_t count);

/* Writes `count` descriptors (a power of two, at least 2) to the ring of a channel that has just been reset
 * and keeps no records, and has them executed `laps` times; in every lap, `source` and `destination` are
 * added to those of the descriptors. Until the next reset, the channel can do nothing else. */
enum prism_status prism_dma_queue_laps(struct prism_dma_channel* channel,
                                       const struct dma_descriptor* descriptors, uint32_t count,
                                       uint32_t laps, uint64_t source, uint64_t destination);

/* DMA_ERROR when the channel is known to have halted; `channel->fault` then says why. */
enum prism_status prism_dma_check(struct prism_dma_channel* channel);

/* No completion records from now on; the channel must be idle. */
enum prism_status prism_dma_drop_records(struct prism_dma_channel* channel);

/* Polls until everything queued has finished. */
enum prism_status prism_dma_drain(struct prism_dma_channel* channel);

/* Stops what executes or waits, and resets the channel: nothing moves any more on return. */
enum prism_status prism_dma_abort(struct prism_dma_channel* channel);

enum prism_status prism_dma_copy(struct prism_dma_channel* channel, uint8_t purpose, uint64_t source,
                                 uint64_t destination, uint64_t bytes, uint32_t* ticket);

/* Elements list[0..count-1] of `bytes` each, `bytes` apart at the source, contiguous at the destination. */
enum prism_status prism_dma_gather(struct prism_dma_channel* channel, uint8_t purpose, uint64_t source,
                                   uint64_t list_address, uint32_t count, uint64_t destination,
                                   uint64_t bytes, uint32_t* ticket);

/* Until the ticket's descriptor, and so every one before it, has finished. DMA_ERROR: the channel halted
 * before it; `channel->fault` says why. */
enum prism_status prism_dma_wait(struct prism_dma_channel* channel, uint32_t ticket);

/* Drops what is queued and leaves the halt. Tickets start again. A channel in the middle of a descriptor
 * refuses: it is DMA_STATUS_BUSY afterwards. */
enum prism_status prism_dma_reset(struct prism_dma_channel* channel);

/* DMA_STATUS_*. */
enum prism_status prism_dma_status(struct prism_dma_channel* channel, uint32_t* status);

/* Gives up a channel that hangs: no new descriptor, no interrupt; one that it still fetches is void. What it
 * has begun may yet reach its destination. The memory of its rings is not freed. */
enum prism_status prism_dma_close(struct prism_dma_channel* channel);

#endif
