/* SPDX-License-Identifier: Apache-2.0 */
/* HBM controller: counters, readable by firmware. 64-bit unless said otherwise. */
#ifndef PRISM_HW_HBM_H
#define PRISM_HW_HBM_H

#define HBM_ID 0x000u         /* RO 32: HBM_ID_VALUE */
#define HBM_STACKS 0x004u     /* RO 32 */
#define HBM_CHANNELS 0x008u   /* RO 32: of one stack */
#define HBM_CONTROL 0x00Cu    /* WO 32: HBM_CONTROL_CLEAR restarts the counters below (never the report's) */
#define HBM_CAPACITY 0x010u   /* RO: bytes */
#define HBM_BYTES_READ 0x018u /* RO */
#define HBM_BYTES_WRITTEN 0x020u /* RO */
#define HBM_ROW_HITS 0x028u      /* RO */
#define HBM_ROW_MISSES 0x030u    /* RO */

#define HBM_ID_VALUE 0x48424D31u /* "HBM1" */
#define HBM_CONTROL_CLEAR 0x1u

#endif
