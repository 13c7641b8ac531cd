/* SPDX-License-Identifier: Apache-2.0 */
/* Compute engine: registers and commands. A command is written to the argument registers and pushed by
 * DOORBELL, or written to a ring in memory and counted by PRODUCER; the engine's queue takes both in order of
 * arrival. A command first takes what WAIT names from a semaphore, and adds what SIGNAL names when it has
 * ended well. Vectors are bf16, or fp16 with COMPUTE_FLAG_FP16; addresses are bus addresses. */
#ifndef PRISM_HW_COMPUTE_H
#define PRISM_HW_COMPUTE_H

#include <stdint.h>

#define COMPUTE_ID 0x000u            /* RO: COMPUTE_ID_VALUE */
#define COMPUTE_QUEUE_DEPTH 0x004u   /* RO: commands that may wait */
#define COMPUTE_STATUS 0x008u        /* RO: COMPUTE_STATUS_* */
#define COMPUTE_PENDING 0x00Cu       /* RO: commands accepted and not finished */
#define COMPUTE_COMPLETED 0x010u     /* RO: free-running count of commands finished */
#define COMPUTE_ERROR 0x014u         /* RO: COMPUTE_ERROR_* of the first failed command; cleared by RESET */
#define COMPUTE_ERROR_COMMAND 0x018u /* RO: its number, counted as COMPLETED counts */
#define COMPUTE_CONTROL 0x01Cu       /* WO: COMPUTE_CONTROL_RESET */
#define COMPUTE_IRQ_STATUS 0x020u    /* W1C: COMPUTE_IRQ_* */
#define COMPUTE_IRQ_ENABLE 0x024u    /* RW */

/* Arguments; not changed by the engine, so a following command writes only what differs. */
#define COMPUTE_OPCODE 0x040u      /* RW: COMPUTE_OP_* */
#define COMPUTE_FLAGS 0x044u       /* RW: COMPUTE_FLAG_* */
#define COMPUTE_SOURCE 0x048u      /* RW 64 */
#define COMPUTE_QUERY 0x050u       /* RW 64: ATTEND, RANK: query vectors; SKETCH: projection matrix */
#define COMPUTE_DESTINATION 0x058u /* RW 64 */
#define COMPUTE_BYTES 0x060u /* RW 64: GEMV, PROJECT_QKV: weight bytes; SKETCH: distance; RANK: first row */
#define COMPUTE_COUNT 0x068u /* RW: ATTEND: tokens; SKETCH: vectors to average; GEMV, PROJECT_QKV: batch */
#define COMPUTE_DIMENSION 0x06Cu /* RW: vector length (head dimension) */
#define COMPUTE_HEADS 0x070u     /* RW: ATTEND: query heads of these keys; SKETCH: groups; RANK: queries */
#define COMPUTE_OUTPUT_DIMENSION 0x074u /* RW: SKETCH: d; RANK: k */
#define COMPUTE_BLOCK_TOKENS 0x078u     /* RW: ATTEND: tokens a block of the K/V layout */
#define COMPUTE_SEQUENCE 0x07Cu         /* RW: PROJECT_QKV: unused, 0 */
#define COMPUTE_LAYER 0x080u            /* RW: PROJECT_QKV: layer */
#define COMPUTE_STEP 0x084u     /* RW: PROJECT_QKV: decode step; 2^32 - n: the n-th token before the first */
#define COMPUTE_PURPOSE 0x088u  /* RW: PRISM_PURPOSE_* of the command's HBM traffic */
#define COMPUTE_DOORBELL 0x08Cu /* WO: any value pushes the command */
#define COMPUTE_WAIT 0x090u     /* RW: SEMAPHORES_OPERAND(index, amount); 0: none */
#define COMPUTE_SIGNAL 0x094u   /* RW: SEMAPHORES_OPERAND(index, amount); 0: none */

/* The ring. RESET sets PRODUCER to 0 and forgets what was not fetched. */
#define COMPUTE_RING_ADDRESS 0x0A0u /* RW 64: struct prism_compute_command each, 32-byte aligned */
#define COMPUTE_RING_ENTRIES 0x0A8u /* RW: power of two, 2 to 4096 */
#define COMPUTE_PRODUCER 0x0ACu     /* RW: free-running count of commands written; writing is the doorbell */

/* A ring can be executed several times over: in lap n, counted from 0 since the last RESET, n times
 * lap_source and lap_layer are added to a command's source and layer. */
#define COMPUTE_RING_LAPS 0x0B0u /* RW: rings that PRODUCER may be ahead; 0 as 1 */
#define COMPUTE_COALESCE 0x0B4u  /* RW: completions with COMPUTE_FLAG_INTERRUPT for one interrupt; 0 as 1 */

#define COMPUTE_ID_VALUE 0x434D5031u /* "CMP1" */

#define COMPUTE_CONTROL_RESET 0x1u

#define COMPUTE_STATUS_BUSY 0x1u
#define COMPUTE_STATUS_FULL 0x2u
#define COMPUTE_STATUS_ERROR 0x4u

#define COMPUTE_IRQ_COMPLETE 0x1u /* a command with COMPUTE_FLAG_INTERRUPT has finished */
#define COMPUTE_IRQ_ERROR 0x2u

#define COMPUTE_FLAG_INTERRUPT 0x1u
#define COMPUTE_FLAG_FIRST 0x2u /* ATTEND: start a new softmax; without it, go on with the running one */
#define COMPUTE_FLAG_LAST 0x4u  /* ATTEND: divide by the softmax sum and write the outputs to DESTINATION */
#define COMPUTE_FLAG_FP16 0x8u  /* ATTEND, SKETCH: vectors are IEEE binary16, not bfloat16 */

/* GEMV: stream BYTES of weights from SOURCE and multiply them with COUNT vectors. Timing and traffic only. */
#define COMPUTE_OP_GEMV 1u
/* PROJECT_QKV: a GEMV whose results are the new token's vectors: for each of COUNT sequences, at DESTINATION,
 * queries [query head][dimension], then keys [KV head][dimension], then values. The workload supplies the
 * values. */
#define COMPUTE_OP_PROJECT_QKV 2u
/* ATTEND: online-softmax attention of HEADS queries (at QUERY, contiguous) over COUNT tokens at SOURCE.
 * Layout of K/V: blocks of BLOCK_TOKENS, each all keys [token][dimension] and then all values
 * [token][dimension]; the last block may be partly filled, its values still start after BLOCK_TOKENS keys.
 * Scores are scaled by 1/sqrt(DIMENSION). COUNT = 0 is allowed with LAST. Outputs: [head][dimension]. */
#define COMPUTE_OP_ATTEND 3u
#define COMPUTE_ATTEND_SHARED 0x400000u /* keys are the values too: a block is its keys alone */
/* SKETCH: mean of COUNT vectors of DIMENSION at SOURCE, times the matrix at QUERY
 * [OUTPUT_DIMENSION][DIMENSION], to OUTPUT_DIMENSION bf16 values at DESTINATION. Serves the query sketch
 * (mean over a group's heads) and the block signature (mean over a block's keys). HEADS > 1: as many groups
 * of COUNT vectors, one behind another; results BYTES apart. */
#define COMPUTE_OP_SKETCH 4u

/* RANK: scores COUNT rows against HEADS queries of DIMENSION at QUERY and writes the OUTPUT_DIMENSION best,
 * as 32-bit row numbers from 0, best first, equal scores by lower row, to DESTINATION. A row is a signature
 * of DIMENSION values, or with COMPUTE_RANK_BOUNDS a minimum and a maximum of DIMENSION values each. The rows
 * lie at SOURCE, and pass over the bus unless a flag says otherwise. */
#define COMPUTE_OP_RANK 0x10u
#define COMPUTE_RANK_BOUNDS 0x10000u
#define COMPUTE_RANK_MAX \
  0x20000u /* a row's score is the largest of all queries; without it, the mean query's */
#define COMPUTE_RANK_NEAR_MEMORY 0x40000u /* the HBM's base die scores the rows; only the list leaves it */
#define COMPUTE_RANK_SRAM \
  0x80000u /* rows of the signature SRAM: SOURCE is the head's number, BYTES the first row */
/* The exact order of blocks by attention mass, at no cost, for studies of the best possible selection: SOURCE
 * is the head's number, BYTES the first block; QUERY and DIMENSION are not used. */
#define COMPUTE_RANK_EXACT 0x100000u
/* BOUNDS: element-wise minimum and maximum of COUNT vectors of DIMENSION at SOURCE, to DESTINATION. */
#define COMPUTE_OP_BOUNDS 0x11u
#define COMPUTE_OP_NOP 0x12u /* waits and signals; does nothing */
/* SKETCH: the result goes to the signature SRAM: DESTINATION is the head's number, BYTES the row. */
#define COMPUTE_SKETCH_TO_SRAM 0x200000u

#define COMPUTE_ERROR_NONE 0u
#define COMPUTE_ERROR_OPCODE 1u
#define COMPUTE_ERROR_ARGUMENT 2u /* a count, dimension or purpose out of range */
#define COMPUTE_ERROR_BUS 3u
#define COMPUTE_ERROR_FULL 4u      /* doorbell with a full queue: the command is dropped */
#define COMPUTE_ERROR_SEMAPHORE 5u /* WAIT or SIGNAL names a semaphore that does not exist */
#define COMPUTE_ERROR_RING 6u      /* ring invalid, unreadable, or PRODUCER more than a ring ahead */

/* A command in the ring: the argument registers of the same names. Fields that an operation does not use are
 * 0. The comments are the reference: docs/registers.md is generated from them. */
struct prism_compute_command {
  uint32_t opcode; /* COMPUTE_OP_* */
  uint32_t flags;  /* COMPUTE_FLAG_* */
  uint64_t source;
  uint64_t query; /* ATTEND: query vectors; SKETCH: projection matrix */
  uint64_t destination;
  uint64_t bytes; /* GEMV, PROJECT_QKV: weight bytes; SKETCH: distance of results */
  uint32_t count; /* ATTEND: tokens; SKETCH: vectors to average; GEMV, PROJECT_QKV: batch */
  uint32_t dimension;
  uint32_t heads;            /* ATTEND: query heads; SKETCH: groups, 0 as 1 */
  uint32_t output_dimension; /* SKETCH */
  uint32_t block_tokens;     /* ATTEND */
  uint32_t layer;            /* PROJECT_QKV */
  uint32_t step;             /* PROJECT_QKV */
  uint32_t purpose;          /* PRISM_PURPOSE_* */
  uint32_t wait;             /* SEMAPHORES_OPERAND, before the command begins; 0: none */
  uint32_t signal;           /* SEMAPHORES_OPERAND, when it has ended well; 0: none */
  uint64_t lap_source;       /* from the ring: added to the source in every lap */
  uint32_t lap_layer;        /* the same for the layer */
  uint32_t reserved;         /* 0 */
};

#endif
