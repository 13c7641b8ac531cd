# SPDX-License-Identifier: Apache-2.0
# Zifencei: code that changes is seen after fence.i.
#include "isa.inc"

  begin_case
  la s0, place
  call place
  expect a2, 1
  la a0, other
  lw a1, 0(a0)
  sw a1, 0(s0)
  fence.i
  call place
  expect a2, 2
  begin_case                    # again and again
  li s1, 0
1:
  lw a1, 0(s0)
  li t0, 0x100000               # the immediate's lowest bit
  xor a1, a1, t0
  sw a1, 0(s0)
  fence.i
  call place
  andi t0, s1, 1
  xori t0, t0, 3
  bne a2, t0, fail
  addi s1, s1, 1
  li t0, 50
  bne s1, t0, 1b
  begin_case                    # code in a data page
  la s1, data_code
  la a0, other
  lw a1, 0(a0)
  sw a1, 0(s1)
  lw a1, 4(a0)
  sw a1, 4(s1)
  fence.i
  jalr s1
  expect a2, 2
  begin_case                    # a half of an instruction
  la a0, place
  lhu a1, 2(a0)
  li t0, 0x7f0
  or a1, a1, t0
  sh a1, 2(a0)
  fence.i
  call place
  lw t0, 0(a0)
  srai t0, t0, 20
  bne a2, t0, fail
  j pass

  .option norvc
  .balign 8
place:
  addi a2, zero, 1
  jalr zero, 0(ra)
other:
  addi a2, zero, 2
  jalr zero, 0(ra)

  .data
  .balign 8
data_code:
  .word 0, 0
