# SPDX-License-Identifier: Apache-2.0
# RV64C: every instruction, the edges of its immediates, hints, and encodings that are none.
#include "isa.inc"
  .option rvc

  begin_case
  li a0, 5
  c.addi a0, -32
  expect a0, -27
  c.addi a0, 31
  expect a0, 4
  c.addiw a0, -5
  expect a0, -1
  begin_case
  li a0, 0x17fffffff
  c.addiw a0, 1
  expect a0, 0xffffffff80000000
  li a0, 0x180000000
  c.addiw a0, 0
  expect a0, 0xffffffff80000000
  begin_case
  c.li a0, -32
  expect a0, -32
  c.li a0, 31
  expect a0, 31
  c.lui a0, 0xfffe0             # the least and the greatest immediate
  expect a0, 0xfffffffffffe0000
  c.lui a0, 0x1f
  expect a0, 0x1f000
  begin_case
  mv s0, sp
  la sp, stack
  mv s1, sp
  c.addi16sp sp, -512
  sub a0, s1, sp
  expect a0, 512
  c.addi16sp sp, 496
  sub a0, s1, sp
  expect a0, 16
  mv sp, s1
  c.addi4spn a0, sp, 1020
  sub a0, a0, s1
  expect a0, 1020
  c.addi4spn a5, sp, 4
  sub a5, a5, s1
  expect a5, 4
  mv sp, s0

  begin_case
  li a0, 1
  c.slli a0, 63
  expect a0, 0x8000000000000000
  c.srai a0, 32
  expect a0, 0xffffffff80000000
  c.srli a0, 1
  expect a0, 0x7fffffffc0000000
  c.srli a0, 62
  expect a0, 1
  begin_case
  li a0, 0xff
  c.andi a0, -32
  expect a0, 0xe0
  c.andi a0, 31
  expect a0, 0
  begin_case
  li a0, 0x100000003
  li a1, 5
  c.sub a0, a1
  expect a0, 0xfffffffe
  c.xor a0, a1
  expect a0, 0xfffffffb
  c.or a0, a1
  expect a0, 0xffffffff
  c.and a0, a1
  expect a0, 5
  li a0, 0x7fffffff
  c.addw a0, a1
  expect a0, 0xffffffff80000004
  c.subw a0, a1
  expect a0, 0x7fffffff
  c.mv a2, a0
  c.add a2, a0
  expect a2, 0xfffffffe

# Loads and stores, with the greatest offsets.
  begin_case
  la s0, memory
  li a0, 0x1122334488776655
  c.sd a0, 248(s0)
  c.ld a1, 248(s0)
  bne a0, a1, fail
  c.lw a1, 124(s0)
  bnez a1, fail
  c.sw a0, 124(s0)
  c.lw a1, 124(s0)
  expect a1, 0xffffffff88776655
  ld a1, 124 - 4(s0)
  expect a1, 0x8877665500000000
  begin_case
  mv s1, sp
  mv sp, s0
  c.sdsp a0, 504(sp)
  c.ldsp a1, 504(sp)
  bne a0, a1, fail
  c.swsp a0, 252(sp)
  c.lwsp a1, 252(sp)
  expect a1, 0xffffffff88776655
  mv sp, s1

# Jumps and branches.
  begin_case
  c.j 1f
  j fail
1:
  li a0, 0
  c.beqz a0, 1f
  j fail
1:
  c.bnez a0, fail_near
  li a0, 1
  c.slli a0, 32                 # all 64 bits count
  c.bnez a0, 1f
fail_near:
  j fail
1:
  c.beqz a0, fail_near
  begin_case
  la a0, 1f
  c.jr a0
  j fail
1:
  la a0, 1f + 1                 # the lowest bit is cleared
  la a1, 2f
  c.jalr a0
2:
  j fail
1:
  bne ra, a1, fail
  begin_case                    # a link through ra from ra
  la ra, 1f
  la a1, 2f
  c.jalr ra
2:
  j fail
1:
  bne ra, a1, fail
  begin_case                    # a long instruction at an odd half-word
  .balign 4
  c.nop
  .option norvc
  li a0, 0x12345
  .option rvc
  expect a0, 0x12345

# Hints do nothing.
  begin_case
  li a0, 7
  .half 0x0005                  # c.nop 1
  .half 0x4005                  # c.li x0, 1
  .half 0x6005                  # c.lui x0, 1
  .half 0x802a                  # c.mv x0, a0
  .half 0x902a                  # c.add x0, a0
  .half 0x0006                  # c.slli x0, 1
  .half 0x0502                  # c.slli a0, 0
  .half 0x8101                  # c.srli a0, 0
  .half 0x0501                  # c.addi a0, 0
  bnez zero, fail
  expect a0, 7

# No instructions.
  li s11, 0
  traps 2, .half 0x0000
  li s11, 0x8002
  traps 2, .half 0x8002         # c.jr x0
  li s11, 0x4002
  traps 2, .half 0x4002         # c.lwsp x0
  li s11, 0x6002
  traps 2, .half 0x6002         # c.ldsp x0
  li s11, 0x2001
  traps 2, .half 0x2001         # c.addiw x0
  li s11, 0x6101
  traps 2, .half 0x6101         # c.addi16sp 0
  li s11, 0x8000
  traps 2, .half 0x8000         # reserved
  li s11, 0x9c41
  traps 2, .half 0x9c41         # reserved
  li s11, 0
  traps 3, c.ebreak
  j pass

  .data
  .balign 16
memory:
  .zero 1024
stack:
