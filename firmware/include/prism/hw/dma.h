/* SPDX-License-Identifier: Apache-2.0 */
/* KV-cache DMA engine: registers, descriptors, completion records.
 *
 * A channel executes the descriptors of its ring in order: it takes what `wait` names from a semaphore, moves
 * the bytes, writes the completion record, adds what `signal` names, and counts the descriptor as finished.
 * An error halts that channel alone at the failed descriptor, which signals nothing. */
#ifndef PRISM_HW_DMA_H
#define PRISM_HW_DMA_H

#include <stdint.h>

/* Global registers; 32-bit. */
#define DMA_ID 0x000u           /* RO: DMA_ID_VALUE */
#define DMA_CHANNELS 0x004u     /* RO: number of channels */
#define DMA_IRQ_COMPLETE 0x008u /* W1C: bit c: channel c completed what asked for an interrupt */
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
#define DMA_PRIORITY 0x40u           /* RW: 0 to 255; the highest goes first */
#define DMA_WEIGHT 0x44u         /* RW: 1 to 255; share of the port among channels of one priority; 0 as 1 */
#define DMA_BANDWIDTH 0x48u      /* RW: limit of the bytes that the channel reads or fills, MB/s; 0: none */
#define DMA_OUTSTANDING 0x4Cu    /* RW: limit of the channel's outstanding bursts; 0: the port's */
#define DMA_COALESCE_COUNT 0x50u /* RW: completions to collect for one interrupt; 0 as 1 */
#define DMA_COALESCE_NS 0x54u    /* RW: longest wait of a collected completion, ns; 0: no limit */

/* A ring can be executed several times over. In lap n, counted from 0 since the last RESET, n times these are
 * added to a descriptor's source and destination. */
#define DMA_LAPS 0x58u            /* RW: rings that PRODUCER may be ahead; 0 as 1 */
#define DMA_LAP_SOURCE 0x60u      /* RW 64 */
#define DMA_LAP_DESTINATION 0x68u /* RW 64 */

#define DMA_ID_VALUE 0x444D4131u /* "DMA1" */

#define DMA_CONTROL_ENABLE 0x1u
#define DMA_CONTROL_RESUME 0x2u /* WO bit: leave the halt, skipping the failed descriptor */
#define DMA_CONTROL_RESET 0x4u  /* WO bit: leave the halt or idle, producer = consumer = 0 */
/* WO bit: halt with DMA_ERROR_ABORTED, once outstanding bursts have ended; a waiting descriptor at once */
#define DMA_CONTROL_ABORT 0x8u

#define DMA_STATUS_BUSY 0x1u
#define DMA_STATUS_HALTED 0x2u
#define DMA_STATUS_WAITING 0x4u /* for a semaphore */

#define DMA_ERROR_NONE 0u
#define DMA_ERROR_OPCODE 1u    /* unknown opcode, flag or purpose */
#define DMA_ERROR_LENGTH 2u    /* zero, above DMA_MAX_BYTES, or past the top of the address space */
#define DMA_ERROR_ALIGNMENT 3u /* index list not 4-byte aligned, or 16-bit elements not 2-byte aligned */
#define DMA_ERROR_BUS 4u       /* error response on a descriptor, record, list, source or destination */
#define DMA_ERROR_RING 5u      /* ring size or alignment invalid, or producer more than a ring ahead */
#define DMA_ERROR_UNMAPPED 6u  /* as BUS, where nothing is mapped or a burst leaves a region */
#define DMA_ERROR_INDEX 7u     /* a list entry not below index_limit; ERROR_ADDRESS: of the entry */
#define DMA_ERROR_SEMAPHORE 8u /* wait or signal names a semaphore that does not exist */
#define DMA_ERROR_STRIDE 9u    /* elements would overlap at the destination */
#define DMA_ERROR_ABORTED 10u  /* by DMA_CONTROL_ABORT */

#define DMA_OP_COPY 1u /* bytes from source to destination */
/* For i in 0..count-1: bytes from source + list[i] * stride to destination + i * bytes. Neighbours become one
 * transfer; an element listed again, within one fetch of the list, is read once and written to each place. */
#define DMA_OP_GATHER 2u
/* For i in 0..count-1: bytes from source + i * bytes to destination + list[i] * stride. Which of two elements
 * with one index remains is not defined. */
#define DMA_OP_SCATTER 3u
/* For i in 0..count-1: bytes from source + i * stride to destination + i * destination_stride. */
#define DMA_OP_COPY_2D 4u
#define DMA_OP_FILL 5u /* bytes at destination, repeating the 8 bytes of `source` */
/* The new token's keys of count heads, then their values, bytes each, contiguous at the source. Keys to
 * destination + i * stride, values to destination + destination_stride + i * stride. */
#define DMA_OP_APPEND 6u
/* The mean of count keys of bytes each, contiguous at source, times the matrix at list_address
 * [output_dimension][bytes / 2], as 16-bit floats to destination. What COMPUTE_OP_SKETCH computes. */
#define DMA_OP_SIGNATURE 7u

#define DMA_OP_NOP 8u /* waits and signals; moves nothing */

#define DMA_FLAG_INTERRUPT 0x1u
#define DMA_FLAG_FP16 0x2u /* SIGNATURE: keys, matrix and result are IEEE binary16, not bfloat16 */

#define DMA_MAX_BYTES 0x100000000ull /* of one descriptor, all elements together */
#define DMA_MAX_DIMENSION 1024u      /* SIGNATURE: of a key, and of the result */

/* The comments below are the reference: docs/registers.md is generated from them. */
struct dma_descriptor {
  uint8_t opcode;    /* DMA_OP_* */
  uint8_t flags;     /* DMA_FLAG_* */
  uint8_t purpose;   /* PRISM_PURPOSE_*: what the data are moved for */
  uint8_t reserved0; /* 0 */
  uint32_t tag;      /* copied into the completion record */
  uint64_t source;   /* FILL: the pattern */
  uint64_t destination;
  uint64_t bytes; /* COPY, FILL: all; others: of one element */
  union {
    uint64_t list_address;       /* GATHER, SCATTER: u32 indices; SIGNATURE: the matrix */
    uint64_t destination_stride; /* COPY_2D: of the rows; APPEND: from keys to values */
  };
  uint32_t count; /* elements: indices, rows, heads, keys */
  union {
    uint32_t index_limit;      /* GATHER, SCATTER: every index is below; 0: any (GATHER alone) */
    uint32_t output_dimension; /* SIGNATURE */
  };
  uint64_t
      stride;    /* distance of elements: GATHER, COPY_2D at the source; SCATTER, APPEND at the destination */
  uint32_t wait; /* SEMAPHORES_OPERAND, before anything moves; 0: none */
  uint32_t signal; /* SEMAPHORES_OPERAND, after the completion record; 0: none */
};

struct dma_completion {
  uint32_t tag;   /* the descriptor's */
  uint32_t error; /* DMA_ERROR_* */
  uint64_t bytes; /* written to the destination */
};

#endif
