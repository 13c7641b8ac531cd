/* SPDX-License-Identifier: Apache-2.0 */
/* Register accesses of prism/hal.h (a0: hal, ignored; a1: address; a2: value). A load that faults is skipped by the trap
 * handler and leaves the zero that a0 holds by then. */
#define LOAD(name, instruction) \
  .globl name;                  \
  .type name, @function;        \
  name:                         \
  li a0, 0;                     \
  instruction a0, 0(a1);        \
  ret

#define STORE(name, instruction) \
  .globl name;                   \
  .type name, @function;         \
  name:                          \
  instruction a2, 0(a1);         \
  ret

  .section .hal_access, "ax"
  .globl __hal_access_start
__hal_access_start:
  LOAD(hal_read8, lbu)
  LOAD(hal_read32, lw)
  LOAD(hal_read64, ld)
  STORE(hal_write8, sb)
  STORE(hal_write32, sw)
  STORE(hal_write64, sd)

/* void hal_read_block(hal, address, data, bytes): eight bytes at a time where both sides are aligned. */
  .globl hal_read_block
  .type hal_read_block, @function
hal_read_block:
  mv t3, a1
  mv t4, a2
  j copy

/* void hal_write_block(hal, address, data, bytes) */
  .globl hal_write_block
  .type hal_write_block, @function
hal_write_block:
  mv t3, a2
  mv t4, a1
copy: /* a3 bytes from t3 to t4 */
  or t0, t3, t4
  andi t0, t0, 7
  bnez t0, 2f
  li t1, 32
4:
  bltu a3, t1, 5f
  li t0, 0
  li t2, 0
  li t5, 0
  li t6, 0
  ld t0, 0(t3)
  ld t2, 8(t3)
  ld t5, 16(t3)
  ld t6, 24(t3)
  sd t0, 0(t4)
  sd t2, 8(t4)
  sd t5, 16(t4)
  sd t6, 24(t4)
  addi t3, t3, 32
  addi t4, t4, 32
  addi a3, a3, -32
  j 4b
5:
  li t1, 8
1:
  bltu a3, t1, 2f
  li t2, 0
  ld t2, 0(t3)
  sd t2, 0(t4)
  addi t3, t3, 8
  addi t4, t4, 8
  addi a3, a3, -8
  j 1b
2:
  beqz a3, 3f
  li t2, 0
  lbu t2, 0(t3)
  sb t2, 0(t4)
  addi t3, t3, 1
  addi t4, t4, 1
  addi a3, a3, -1
  j 2b
3:
  ret
  .globl __hal_access_end
__hal_access_end:
