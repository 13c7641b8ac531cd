/* SPDX-License-Identifier: Apache-2.0 */
/* KV-cache DMA engine: registers, descriptors, completion records. */
#ifndef PRISM_HW_DMA_H
#define PRISM_HW_DMA_H

#include <stdint.h>

/* Global registers; 32-bit. */
#define DMA_ID 0x000u           /* RO: DMA_ID_VALUE */
#define DMA_CHANNELS 0x004u     /* RO: number of channels */
#define DMA_IRQ_COMPLETE 0x008u /* W1C: bit c: channel c completed a descriptor that asked for an interrupt \
                                 */
#define DMA_IRQ_ERROR 0x00Cu    /* W1C: bit c: channel c halted */
#define DMA_IRQ_ENABLE 0x010u   /* RW: bit c: channel c may raise the interrupt line */

/* Channel registers, from DMA_CHANNEL(c). */
#define DMA_CHANNEL_BASE 0x1000u
#define DMA_CHANNEL_STRIDE 0x100u
#define DMA_CHANNEL(c) (DMA_CHANNEL_BASE + (c)*DMA_CHANNEL_STRIDE)
#define DMA_RING_ADDRESS 0x00u /* RW 64: descriptor ring, 64-byte aligned */
#define DMA_RING_ENTRIES 0x08u /* RW: power of two, 2 to 65536 */
#define DMA_CONTROL 0x0Cu      /* RW: DMA_CONTROL_* */
#define DMA_PRODUCER 0x10u     /* RW: free-running count of descriptors written; writing rings the doorbell */
#define DMA_CONSUMER 0x14u     /* RO: free-running count of descriptors finished */
#define DMA_COMPLETION_ADDRESS 0x18u /* RW 64: completion ring, as many entries; 0: no records */
#define DMA_STATUS 0x20u             /* RO: DMA_STATUS_* */
#define DMA_ERROR 0x24u              /* RO: DMA_ERROR_* of the halt */
#define DMA_ERROR_DESCRIPTOR 0x28u   /* RO 64: bus address of the descriptor that failed */
#define DMA_ERROR_ADDRESS 0x30u      /* RO 64: faulting bus address; 0 when none */
#define DMA_ERROR_BYTES 0x38u        /* RO 64: bytes that the failed descriptor had written before */

#define DMA_ID_VALUE 0x444D4131u /* "DMA1" */

#define DMA_CONTROL_ENABLE 0x1u
#define DMA_CONTROL_RESUME 0x2u /* WO bit: leave the halt, skipping the failed descriptor */
#define DMA_CONTROL_RESET 0x4u  /* WO bit: leave the halt or idle, producer = consumer = 0 */

#define DMA_STATUS_BUSY 0x1u
#define DMA_STATUS_HALTED 0x2u

#define DMA_ERROR_NONE 0u
#define DMA_ERROR_OPCODE 1u    /* unknown opcode, flag or purpose */
#define DMA_ERROR_LENGTH 2u    /* zero, or above DMA_MAX_BYTES */
#define DMA_ERROR_ALIGNMENT 3u /* index list not 4-byte aligned */
#define DMA_ERROR_BUS 4u       /* bus error on a descriptor, list, source or destination */
#define DMA_ERROR_RING 5u      /* ring size or alignment invalid, or producer more than a ring ahead */

#define DMA_OP_COPY 1u /* bytes from source to destination */
#define DMA_OP_GATHER \
  2u /* for i in 0..count-1: bytes from source + list[i] * stride to destination + i * bytes */

#define DMA_FLAG_INTERRUPT 0x1u

#define DMA_MAX_BYTES 0x100000000ull /* of one descriptor, all elements together */

struct dma_descriptor {
  uint8_t opcode;  /* DMA_OP_* */
  uint8_t flags;   /* DMA_FLAG_* */
  uint8_t purpose; /* PRISM_PURPOSE_*: what the data are moved for */
  uint8_t reserved0;
  uint32_t tag; /* copied into the completion record */
  uint64_t source;
  uint64_t destination;
  uint64_t bytes;        /* COPY: all; GATHER: of one element */
  uint64_t list_address; /* GATHER: u32 indices, 4-byte aligned */
  uint32_t count;        /* GATHER: indices */
  uint32_t reserved1;
  uint64_t stride; /* GATHER: distance of elements at the source, bytes */
  uint64_t reserved2;
};

struct dma_completion {
  uint32_t tag;
  uint32_t error; /* DMA_ERROR_* */
  uint64_t bytes; /* written to the destination */
};

#endif
