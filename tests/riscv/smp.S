# SPDX-License-Identifier: Apache-2.0
# Start-up of a program on several harts: each gets a stack and calls main_of(hart). Interrupts are never taken: harts
# wait for them in wfi and look at mip.
  .section .text.start, "ax"
  .globl _start
_start:
  csrr a0, mhartid
  la sp, stack_top
  slli t0, a0, 12
  sub sp, sp, t0
  call main_of
1:
  wfi
  j 1b
