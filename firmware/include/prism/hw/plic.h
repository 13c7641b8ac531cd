/* SPDX-License-Identifier: Apache-2.0 */
/* Platform-level interrupt controller: SiFive's layout, as in QEMU's `virt` machine. 32-bit registers. */
#ifndef PRISM_HW_PLIC_H
#define PRISM_HW_PLIC_H

/* RW: 0: never interrupts. */
#define PLIC_PRIORITY(source) (0x000000u + 4u * (source))
/* RO: bit source % 32. */
#define PLIC_PENDING(source) (0x001000u + 4u * ((source) / 32u))
/* RW: bit source % 32. */
#define PLIC_ENABLE(context, source) (0x002000u + 0x80u * (context) + 4u * ((source) / 32u))
/* RW: interrupts of a higher priority are signalled. */
#define PLIC_THRESHOLD(context) (0x200000u + 0x1000u * (context))
/* Read: claim, 0 when there is nothing; write: complete. */
#define PLIC_CLAIM(context) (0x200004u + 0x1000u * (context))

#define PLIC_MAX_PRIORITY 7u

/* Context of a hart's machine mode; the one behind it would be of its supervisor mode. */
#define PLIC_MACHINE_CONTEXT(hart) (2u * (hart))

#endif
