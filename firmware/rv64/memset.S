/* SPDX-License-Identifier: Apache-2.0 */
/* void* memset(void* to, int value, size_t bytes): in place of the library's, which stores byte by byte. Every cleared
 * structure passes here. */
  .globl memset
  .type memset, @function
memset:
  mv t0, a0
  andi a1, a1, 0xff
  li t2, 8
1: /* bytes up to an aligned address */
  andi t1, t0, 7
  beqz t1, 2f
  beqz a2, 6f
  sb a1, 0(t0)
  addi t0, t0, 1
  addi a2, a2, -1
  j 1b
2:
  bltu a2, t2, 5f
  slli t1, a1, 8
  or t1, a1, t1
  slli t3, t1, 16
  or t1, t1, t3
  slli t3, t1, 32
  or t1, t1, t3
  li t3, 64
3:
  bltu a2, t3, 4f
  sd t1, 0(t0)
  sd t1, 8(t0)
  sd t1, 16(t0)
  sd t1, 24(t0)
  sd t1, 32(t0)
  sd t1, 40(t0)
  sd t1, 48(t0)
  sd t1, 56(t0)
  addi t0, t0, 64
  addi a2, a2, -64
  j 3b
4:
  bltu a2, t2, 5f
  sd t1, 0(t0)
  addi t0, t0, 8
  addi a2, a2, -8
  j 4b
5:
  beqz a2, 6f
  sb a1, 0(t0)
  addi t0, t0, 1
  addi a2, a2, -1
  j 5b
6:
  ret
  .size memset, . - memset
