/* SPDX-License-Identifier: Apache-2.0 */
/* Photonic ranking core: registers. Offsets from the device's base; 32-bit unless said otherwise. */
#ifndef PRISM_HW_PHOTONIC_H
#define PRISM_HW_PHOTONIC_H

#define PHOTONIC_ID 0x000u          /* RO: PHOTONIC_ID_VALUE */
#define PHOTONIC_VERSION 0x004u     /* RO */
#define PHOTONIC_ROWS 0x008u        /* RO: physical rows, one block each and pass */
#define PHOTONIC_WAVELENGTHS 0x00Cu /* RO: signature dimension d */
#define PHOTONIC_MAX_BLOCKS 0x010u  /* RO: blocks that one bank context can hold (paged over the rows) */
#define PHOTONIC_CONTROL 0x014u     /* WO: PHOTONIC_CONTROL_* */
#define PHOTONIC_STATUS 0x018u      /* RO: PHOTONIC_STATUS_* */
#define PHOTONIC_ERROR 0x01Cu /* RO: PHOTONIC_ERROR_*, cleared by RESET and by the next accepted command */
#define PHOTONIC_SIGNATURE_ADDRESS 0x020u /* RW 64: first signature, d bf16 values a block, contiguous */
#define PHOTONIC_SIGNATURE_COUNT 0x028u   /* RW: blocks to load and to rank */
#define PHOTONIC_BANK_CONTEXT 0x02Cu      /* RW: firmware's tag of what is loaded; latched by LOAD */
#define PHOTONIC_LOADED_CONTEXT \
  0x030u                  /* RO: tag of the bank now in the rings; PHOTONIC_NO_CONTEXT when none */
#define PHOTONIC_K 0x034u /* RW: blocks to return; at most SIGNATURE_COUNT */
#define PHOTONIC_RESULT_ADDRESS \
  0x038u /* RW 64: write back the indices (u32 each, best first) here; 0: do not */
#define PHOTONIC_RESULT_COUNT 0x040u /* RO: valid entries in the result window */
#define PHOTONIC_IRQ_STATUS 0x044u   /* W1C: PHOTONIC_IRQ_* */
#define PHOTONIC_IRQ_ENABLE 0x048u   /* RW */
#define PHOTONIC_EVALUATIONS 0x050u  /* RO 64: optical passes so far */
#define PHOTONIC_LOADS 0x058u        /* RO 64: bank loads so far */
#define PHOTONIC_BYTES_LOADED 0x060u /* RO 64 */
#define PHOTONIC_QUERY 0x1000u       /* window: d bf16 values, written before START */
#define PHOTONIC_QUERY_BYTES 0x0400u
#define PHOTONIC_RESULTS 0x2000u /* window, RO: {u32 index, f32 score} each, best first */
#define PHOTONIC_RESULTS_BYTES 0x8000u

#define PHOTONIC_ID_VALUE 0x50484F31u /* "PHO1" */
#define PHOTONIC_NO_CONTEXT 0xFFFFFFFFu

#define PHOTONIC_CONTROL_LOAD 0x1u
#define PHOTONIC_CONTROL_RANK 0x2u
#define PHOTONIC_CONTROL_RESET 0x4u

#define PHOTONIC_STATUS_LOADING 0x1u
#define PHOTONIC_STATUS_RANKING 0x2u
#define PHOTONIC_STATUS_LOADED 0x4u
#define PHOTONIC_STATUS_ERROR 0x8u

#define PHOTONIC_IRQ_LOADED 0x1u
#define PHOTONIC_IRQ_RANKED 0x2u
#define PHOTONIC_IRQ_ERROR 0x4u

#define PHOTONIC_ERROR_NONE 0u
#define PHOTONIC_ERROR_BUSY 1u       /* command while another runs */
#define PHOTONIC_ERROR_COUNT 2u      /* SIGNATURE_COUNT is 0 or above MAX_BLOCKS */
#define PHOTONIC_ERROR_K 3u          /* K is 0 or above SIGNATURE_COUNT */
#define PHOTONIC_ERROR_NOT_LOADED 4u /* RANK without a loaded bank */
#define PHOTONIC_ERROR_BUS 5u        /* bus error while loading or writing back */
#define PHOTONIC_ERROR_COMMAND 6u    /* unknown bits in CONTROL */

#endif
