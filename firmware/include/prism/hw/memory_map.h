/* SPDX-License-Identifier: Apache-2.0 */
/* Default places of everything on the system bus; the CPU subsystem follows QEMU's `virt` machine. The
 * accelerator bases may be moved by the configuration: firmware takes them from the job (prism/job.h), never
 * from here. */
#ifndef PRISM_HW_MEMORY_MAP_H
#define PRISM_HW_MEMORY_MAP_H

#define PRISM_BOOT_ROM_BASE 0x00001000ull
#define PRISM_BOOT_ROM_BYTES 0x0000F000ull
#define PRISM_FINISHER_BASE 0x00100000ull
#define PRISM_FINISHER_BYTES 0x00001000ull
#define PRISM_CLINT_BASE 0x02000000ull
#define PRISM_CLINT_BYTES 0x00010000ull
#define PRISM_PLIC_BASE 0x0C000000ull
#define PRISM_PLIC_BYTES 0x00600000ull
#define PRISM_UART_BASE 0x10000000ull
#define PRISM_UART_BYTES 0x00000100ull
#define PRISM_PHOTONIC_BASE 0x20000000ull
#define PRISM_DMA_BASE 0x20100000ull
#define PRISM_COMPUTE_BASE 0x20200000ull
#define PRISM_HBM_REGISTERS_BASE 0x20300000ull
#define PRISM_SEMAPHORES_BASE 0x20400000ull
#define PRISM_DEVICE_BYTES 0x00100000ull
#define PRISM_SCRATCHPAD_BASE 0x40000000ull
#define PRISM_RAM_BASE 0x80000000ull
#define PRISM_HBM_BASE 0x1000000000ull

/* PLIC interrupt sources. */
#define PRISM_IRQ_PHOTONIC 1u
#define PRISM_IRQ_DMA 2u
#define PRISM_IRQ_COMPUTE 3u
#define PRISM_IRQ_HBM 4u
#define PRISM_IRQ_UART 10u

/* The platform writes the job (prism/job.h) here before reset is released. */
#define PRISM_JOB_ADDRESS PRISM_RAM_BASE

#endif
