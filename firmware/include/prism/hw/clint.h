/* SPDX-License-Identifier: Apache-2.0 */
/* Core-local interruptor: SiFive's layout, as in QEMU's `virt` machine. */
#ifndef PRISM_HW_CLINT_H
#define PRISM_HW_CLINT_H

#define CLINT_MSIP(hart) (0x0000u + 4u * (hart))     /* RW 32: bit 0 raises the software interrupt */
#define CLINT_MTIMECMP(hart) (0x4000u + 8u * (hart)) /* RW 64: timer interrupt while MTIME >= MTIMECMP */
#define CLINT_MTIME 0xBFF8u                          /* RW 64: ticks since reset */

#endif
