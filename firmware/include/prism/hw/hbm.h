/* SPDX-License-Identifier: Apache-2.0 */
/* HBM controller: counters, temperature, ECC, error injection. 64-bit unless said otherwise. Addresses count
 * from the start of HBM. */
#ifndef PRISM_HW_HBM_H
#define PRISM_HW_HBM_H

#define HBM_ID 0x000u            /* RO 32: HBM_ID_VALUE */
#define HBM_STACKS 0x004u        /* RO 32 */
#define HBM_CHANNELS 0x008u      /* RO 32: of one stack */
#define HBM_CONTROL 0x00Cu       /* WO 32: HBM_CONTROL_*; the report's counters are never cleared */
#define HBM_CAPACITY 0x010u      /* RO: bytes */
#define HBM_BYTES_READ 0x018u    /* RO: this and the next four since HBM_CONTROL_CLEAR */
#define HBM_BYTES_WRITTEN 0x020u /* RO */
#define HBM_ROW_HITS 0x028u      /* RO */
#define HBM_ROW_MISSES 0x030u    /* RO */
#define HBM_REFRESHES 0x038u     /* RO: all-bank and per-bank */
#define HBM_TEMPERATURE 0x040u   /* RO 32: degrees Celsius, signed */
#define HBM_REFRESH_RATE 0x044u  /* RO 32: times the nominal rate */

#define HBM_ECC_CONFIG 0x048u          /* RO 32: HBM_ECC_CONFIG_* */
#define HBM_ECC_STATUS 0x04Cu          /* RO 32: HBM_ECC_STATUS_*; all below since HBM_CONTROL_CLEAR_ECC */
#define HBM_ECC_CORRECTED 0x050u       /* RO: bursts */
#define HBM_ECC_UNCORRECTABLE 0x058u   /* RO: bursts */
#define HBM_SCRUBBED 0x060u            /* RO: bursts read by the patrol scrubber */
#define HBM_SCRUB_CORRECTED 0x068u     /* RO */
#define HBM_SCRUB_UNCORRECTABLE 0x070u /* RO */
#define HBM_ECC_FIRST_KIND 0x078u      /* RO 32: HBM_ERROR_*, of the first error found */
#define HBM_ECC_LAST_KIND 0x07Cu       /* RO 32: of the last */
#define HBM_ECC_FIRST_ADDRESS 0x080u   /* RO: of the burst */
#define HBM_ECC_LAST_ADDRESS 0x088u    /* RO */
#define HBM_ECC_FIRST_INITIATOR 0x090u /* RO: the reader's name, up to eight characters */
#define HBM_ECC_LAST_INITIATOR 0x098u  /* RO */

#define HBM_INJECT_ADDRESS 0x0A0u /* RW */
#define HBM_INJECT 0x0A8u         /* RW 32: HBM_ERROR_* injects at HBM_INJECT_ADDRESS; reads HBM_INJECT_* */
#define HBM_INJECT_TEMPERATURE 0x0ACu /* WO 32: degrees Celsius, signed */

#define HBM_ID_VALUE 0x48424D31u /* "HBM1" */

#define HBM_CONTROL_CLEAR 0x1u     /* traffic counters */
#define HBM_CONTROL_CLEAR_ECC 0x2u /* ECC and scrub counters, status and records */

#define HBM_ECC_CONFIG_ENABLED 0x1u
#define HBM_ECC_CONFIG_DEMAND_SCRUB 0x2u
#define HBM_ECC_CONFIG_PATROL_SCRUB 0x4u

#define HBM_ECC_STATUS_CORRECTED 0x1u
#define HBM_ECC_STATUS_UNCORRECTABLE 0x2u

#define HBM_ERROR_NONE 0u
#define HBM_ERROR_CORRECTABLE 1u
#define HBM_ERROR_UNCORRECTABLE 2u
#define HBM_ERROR_PERMANENT 0x100u /* added to the kind: a write does not clear it */

#define HBM_INJECT_DONE 0u
#define HBM_INJECT_REFUSED 0x80000000u /* no such kind, or the address is beyond the end */

#endif
