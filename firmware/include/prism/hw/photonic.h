/* SPDX-License-Identifier: Apache-2.0 */
/* Photonic ranking core. 32-bit registers unless said otherwise.
 *
 * A write to CONTROL latches the arguments and queues a command; commands run in order, one at a time. A
 * command first takes what WAIT names from a semaphore, and adds what SIGNAL names when it has ended well. A
 * command that fails, or is refused, raises PHOTONIC_IRQ_ERROR and empties the queue behind it. RESET,
 * MAP_ROW, INJECT and CLEAR_FAULTS act at once, past the queue. */
#ifndef PRISM_HW_PHOTONIC_H
#define PRISM_HW_PHOTONIC_H

/* Geometry. */
#define PHOTONIC_ID 0x000u            /* RO: PHOTONIC_ID_VALUE */
#define PHOTONIC_VERSION 0x004u       /* RO */
#define PHOTONIC_ROWS 0x008u          /* RO: logical rows, one block each and pass */
#define PHOTONIC_WAVELENGTHS 0x00Cu   /* RO: signature dimension d */
#define PHOTONIC_MAX_BLOCKS 0x010u    /* RO: blocks that one bank context can hold (paged over the rows) */
#define PHOTONIC_PHYSICAL_ROWS 0x068u /* RO: logical rows and spares */
#define PHOTONIC_PLACEMENT 0x06Cu     /* RO: PHOTONIC_PLACEMENT_*, where signatures live */
#define PHOTONIC_CONTEXTS 0x070u      /* RO: bank contexts kept on the chip; 0 with PHOTONIC_PLACEMENT_HBM */
#define PHOTONIC_QUEUE_DEPTH 0x074u   /* RO: commands that can wait or run */
#define PHOTONIC_QUERY_SLOTS 0x078u   /* RO: queries that the query window holds */

/* Commands. */
#define PHOTONIC_CONTROL 0x014u /* WO: PHOTONIC_CONTROL_* */
#define PHOTONIC_STATUS 0x018u  /* RO: PHOTONIC_STATUS_* */
#define PHOTONIC_ERROR 0x01Cu   /* RO: PHOTONIC_ERROR_*, cleared by RESET and by the next accepted command */
#define PHOTONIC_ERROR_NUMBER 0x07Cu      /* RO: number of the command that failed; 0: it was refused */
#define PHOTONIC_SUBMITTED 0x080u         /* RO: number of the last accepted command, counted from 1 */
#define PHOTONIC_COMPLETED 0x084u         /* RO: number of the last command that ended, well or not */
#define PHOTONIC_SIGNATURE_ADDRESS 0x020u /* RW 64: first signature, d bf16 values a block, contiguous */
#define PHOTONIC_SIGNATURE_COUNT 0x028u   /* RW: blocks to load, to rank or to store */
#define PHOTONIC_FIRST_BLOCK 0x088u       /* RW: STORE: the first block to write */
#define PHOTONIC_BANK_CONTEXT 0x02Cu      /* RW: bank to load or to store to; with PLACEMENT_HBM a mere tag */
#define PHOTONIC_LOADED_CONTEXT 0x030u    /* RO: the bank that RANK uses; PHOTONIC_NO_CONTEXT when none */
#define PHOTONIC_K 0x034u                 /* RW: blocks to return; at most SIGNATURE_COUNT */
#define PHOTONIC_QUERY_SLOT 0x08Cu        /* RW: RANK: slot of the query, read when the command starts */
#define PHOTONIC_RESULT_ADDRESS 0x038u /* RW 64: write the indices (u32 each, best first) here; 0: do not */
#define PHOTONIC_SCORE_ADDRESS 0x090u  /* RW 64: write the scores (f32 each, best first) here; 0: do not */
#define PHOTONIC_RESULT_COUNT 0x040u   /* RO: valid entries in the result window, of the last RANK */
#define PHOTONIC_WAIT 0x098u           /* RW: SEMAPHORES_OPERAND(index, amount); 0: none */
#define PHOTONIC_SIGNAL 0x09Cu         /* RW: SEMAPHORES_OPERAND(index, amount); 0: none */
#define PHOTONIC_IRQ_STATUS 0x044u     /* W1C: PHOTONIC_IRQ_* */
#define PHOTONIC_IRQ_ENABLE 0x048u     /* RW */

/* Counters. */
#define PHOTONIC_EVALUATIONS 0x050u  /* RO 64: optical passes so far */
#define PHOTONIC_LOADS 0x058u        /* RO 64: bank loads so far */
#define PHOTONIC_BYTES_LOADED 0x060u /* RO 64: signature bytes brought to the rings */

/* Health. */
#define PHOTONIC_TEMPERATURE 0x0A0u  /* RO: i32, mK off the set point */
#define PHOTONIC_HEALTH_LIMIT 0x0A4u /* RW: a row is bad when its error exceeds this, in 1e-6 of a weight */
#define PHOTONIC_BAD_ROWS 0x0A8u     /* RO: bad rows found by the last MONITOR */
#define PHOTONIC_WORST_ROW 0x0ACu    /* RO: logical row with the largest error, by the last MONITOR */
#define PHOTONIC_ROW_LOGICAL 0x0B0u  /* RW: MAP_ROW: this row ... */
#define PHOTONIC_ROW_PHYSICAL 0x0B4u /* RW: ... uses these rings from the next LOAD on */

/* Fault injection, for tests: acts on the bank of BANK_CONTEXT when banks are resident. */
#define PHOTONIC_FAULT_KIND 0x0C0u   /* RW: PHOTONIC_FAULT_* */
#define PHOTONIC_FAULT_ROW 0x0C4u    /* RW: physical row */
#define PHOTONIC_FAULT_RING 0x0C8u   /* RW */
#define PHOTONIC_FAULT_WEIGHT 0x0CCu /* RW: i32, of a stuck ring, in 1e-6 of a weight */

/* Windows. */
#define PHOTONIC_QUERY 0x1000u /* slots of PHOTONIC_QUERY_BYTES: d bf16 values each */
#define PHOTONIC_QUERY_BYTES 0x0400u
#define PHOTONIC_QUERY_SLOT_COUNT 16u
#define PHOTONIC_RESULTS 0x10000u /* RO: {u32 index, f32 score} each, best first */
#define PHOTONIC_RESULTS_BYTES 0x8000u
#define PHOTONIC_HEALTH 0x20000u /* RO: i32 a logical row, error of the last MONITOR in 1e-6 of a weight */
#define PHOTONIC_HEALTH_BYTES 0x8000u

#define PHOTONIC_ID_VALUE 0x50484F31u /* "PHO1" */
#define PHOTONIC_NO_CONTEXT 0xFFFFFFFFu

#define PHOTONIC_CONTROL_LOAD \
  0x001u /* brings a bank to the rings: from memory, the on-chip store, or by selecting it */
#define PHOTONIC_CONTROL_RANK 0x002u      /* ranks the loaded bank against a query */
#define PHOTONIC_CONTROL_RESET 0x004u     /* abandons all commands, unloads the bank */
#define PHOTONIC_CONTROL_STORE 0x010u     /* copies signatures from memory into the on-chip context */
#define PHOTONIC_CONTROL_CALIBRATE 0x020u /* measures every resonance; used by the next LOAD */
#define PHOTONIC_CONTROL_MONITOR 0x040u   /* compares every row of the loaded bank with what it should be */
#define PHOTONIC_CONTROL_MAP_ROW 0x080u   /* at once */
#define PHOTONIC_CONTROL_INJECT 0x100u    /* at once */
#define PHOTONIC_CONTROL_CLEAR_FAULTS 0x200u /* at once */

#define PHOTONIC_STATUS_LOADING 0x01u
#define PHOTONIC_STATUS_RANKING 0x02u
#define PHOTONIC_STATUS_LOADED 0x04u
#define PHOTONIC_STATUS_ERROR 0x08u
#define PHOTONIC_STATUS_BUSY 0x10u /* a command waits or runs */

#define PHOTONIC_IRQ_LOADED 0x1u
#define PHOTONIC_IRQ_RANKED 0x2u
#define PHOTONIC_IRQ_ERROR 0x4u
#define PHOTONIC_IRQ_DONE 0x8u /* STORE, CALIBRATE or MONITOR */

#define PHOTONIC_PLACEMENT_HBM 0u      /* LOAD reads SIGNATURE_ADDRESS */
#define PHOTONIC_PLACEMENT_SRAM 1u     /* LOAD reads the on-chip store */
#define PHOTONIC_PLACEMENT_RESIDENT 2u /* every context has rings of its own */

#define PHOTONIC_FAULT_DEAD_ROW 0u
#define PHOTONIC_FAULT_DEAD_RING 1u
#define PHOTONIC_FAULT_STUCK_RING 2u

#define PHOTONIC_ERROR_NONE 0u
#define PHOTONIC_ERROR_QUEUE_FULL 1u /* command while QUEUE_DEPTH others wait or run */
#define PHOTONIC_ERROR_COUNT \
  2u                        /* SIGNATURE_COUNT is 0, above MAX_BLOCKS, or above what is loaded or stored */
#define PHOTONIC_ERROR_K 3u /* K is 0, above SIGNATURE_COUNT or above the result window */
#define PHOTONIC_ERROR_NOT_LOADED 4u /* RANK or MONITOR without a loaded bank */
#define PHOTONIC_ERROR_BUS 5u        /* bus error while reading signatures or writing back */
#define PHOTONIC_ERROR_COMMAND 6u    /* unknown or several bits in CONTROL, or STORE with PLACEMENT_HBM */
#define PHOTONIC_ERROR_CONTEXT 7u    /* BANK_CONTEXT is not on the chip */
#define PHOTONIC_ERROR_ROW 8u        /* no such row, ring or kind of fault */
#define PHOTONIC_ERROR_SLOT 9u       /* no such query slot or semaphore */

#endif
