# SPDX-License-Identifier: Apache-2.0
# Start-up of test programs in C: main's result goes to the test finisher (0: pass).
  .section .text.start
  .globl _start
_start:
  la sp, stack_top
  la t0, bss_start
  la t1, bss_end
1:
  bgeu t0, t1, 2f
  sd zero, 0(t0)
  addi t0, t0, 8
  j 1b
2:
  call main
  li t0, 0x100000
  li t1, 0x5555
  beqz a0, 3f
  slli a0, a0, 16
  li t1, 0x3333
  or t1, t1, a0
3:
  sw t1, 0(t0)
4:
  j 4b
