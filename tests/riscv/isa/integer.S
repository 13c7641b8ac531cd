# SPDX-License-Identifier: Apache-2.0
# RV64I: arithmetic, loads and stores, branches and jumps.
#include "isa.inc"

  binary add, 0x7fffffffffffffff, 1, 0x8000000000000000
  binary add, -1, 1, 0
  binary sub, 0x8000000000000000, 1, 0x7fffffffffffffff
  binary sub, 0, 0x8000000000000000, 0x8000000000000000
  binary addw, 0x7fffffff, 1, 0xffffffff80000000
  binary addw, 0x1234567800000001, 0x8765432100000002, 3
  binary addw, 0xffffffff, 1, 0
  binary subw, 0, 1, -1
  binary subw, 0x80000000, 1, 0x7fffffff
  binary subw, 0x100000000, 1, -1
  unary addi, 0x7fffffffffffffff, 1, 0x8000000000000000
  unary addi, 0, -2048, 0xfffffffffffff800
  unary addi, 5, 2047, 2052
  unary addiw, 0x7fffffff, 1, 0xffffffff80000000
  unary addiw, 0xffffffff00000000, -1, -1
  unary addiw, 0x1ffffffff, 0, -1

  binary slt, -1, 0, 1
  binary slt, 0x8000000000000000, 0x7fffffffffffffff, 1
  binary slt, 0x7fffffffffffffff, 0x8000000000000000, 0
  binary slt, 3, 3, 0
  binary sltu, -1, 0, 0
  binary sltu, 0, -1, 1
  binary sltu, 0x7fffffffffffffff, 0x8000000000000000, 1
  binary sltu, 0, 0, 0
  unary slti, -2049, -2048, 1
  unary slti, -2048, -2048, 0
  unary sltiu, 5, -1, 1
  unary sltiu, 0xfffffffffffff800, -2048, 0
  unary sltiu, 0xfffffffffffff7ff, -2048, 1
  unary sltiu, 0, 1, 1
  binary xor, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xf0f0f0f0f0f0f0f0
  binary or, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xfff0fff0fff0fff0
  binary and, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0x0f000f000f000f00
  unary xori, 0x00ff00ff, -1, 0xffffffffff00ff00
  unary ori, 0x100000000, -2048, 0xfffffffffffff800
  unary andi, 0xffffffffffffffff, -2048, 0xfffffffffffff800
  unary andi, 0x123456789abcdef0, 0x7ff, 0x6f0

# Only six bits of a shift's amount count, five for words; words take the lower half and extend the result's sign.
  binary sll, 1, 63, 0x8000000000000000
  binary sll, 1, 64, 1
  binary sll, 0x21, 0xffffffffffffffc1, 0x42
  binary srl, 0x8000000000000000, 63, 1
  binary srl, 0x8000000000000000, 127, 1
  binary srl, -1, 64, -1
  binary sra, 0x8000000000000000, 63, -1
  binary sra, 0x8000000000000000, 64, 0x8000000000000000
  binary sra, 0x7fffffffffffffff, 62, 1
  binary sllw, 1, 31, 0xffffffff80000000
  binary sllw, 1, 32, 1
  binary sllw, 0xffffffff00000001, 0xffffffffffffffe4, 0x10
  binary sllw, 0x0000000180000001, 1, 2
  binary srlw, 0xffffffff80000000, 31, 1
  binary srlw, 0xffffffff80000000, 32, 0xffffffff80000000
  binary srlw, 0x1234567880000000, 0x20, 0xffffffff80000000
  binary srlw, 0xffffffff00000000, 1, 0
  binary sraw, 0x0000000080000000, 31, -1
  binary sraw, 0x1234567880000000, 4, 0xfffffffff8000000
  binary sraw, 0xffffffff7fffffff, 30, 1
  binary sraw, 0xffffffff7fffffff, 0x3f, 0
  unary slli, 1, 63, 0x8000000000000000
  unary slli, 0x123456789abcdef0, 32, 0x9abcdef000000000
  unary srli, -1, 63, 1
  unary srli, 0x8000000000000000, 32, 0x80000000
  unary srai, 0x8000000000000000, 32, 0xffffffff80000000
  unary srai, 0x8000000000000000, 63, -1
  unary slliw, 0xffffffff00000001, 31, 0xffffffff80000000
  unary srliw, 0xffffffff80000000, 31, 1
  unary srliw, 0x80000000, 0, 0xffffffff80000000
  unary sraiw, 0x80000000, 31, -1
  unary sraiw, 0xffffffff40000000, 30, 1

  gives 0xffffffff80000000, lui a2, 0x80000
  gives 0x7ffff000, lui a2, 0x7ffff
  begin_case
  .option push
  .option norvc
  la a0, 1f
1:
  auipc a2, 0
  bne a0, a2, fail
  la a1, 1f
  lui a0, 0x80000
  add a1, a1, a0
1:
  auipc a2, 0x80000             # the addition wraps
  bne a1, a2, fail
  .option pop

# Loads extend; stores leave their neighbours alone. RAM may be misaligned.
  la s0, bytes
  gives 0xffffffffffffff80, lb a2, 0(s0)
  gives 0x80, lbu a2, 0(s0)
  gives 0x7f, lb a2, 1(s0)
  gives 0x7f80, lh a2, 0(s0)
  gives 0xffffffffffff8182, lh a2, 2(s0)
  gives 0x8182, lhu a2, 2(s0)
  gives 0xffffffff81827f80, lw a2, 0(s0)
  gives 0x81827f80, lwu a2, 0(s0)
  gives 0x0011223381827f80, ld a2, 0(s0)
  addi s1, s0, 2047
  gives 0xffffffffffffff80, lb a2, -2047(s1)
  gives 0xffffffffffff827f, lh a2, 1(s0)
  gives 0x11223381827f, ld a2, 1(s0)
  gives 0x11223381, lwu a2, 3(s0)
  la s0, scratch
  li a0, 0x1122334455667788
  begin_case
  li t0, -1
  sd t0, 0(s0)
  sb a0, 1(s0)
  ld a2, 0(s0)
  expect a2, 0xffffffffffff88ff
  sh a0, 4(s0)
  ld a2, 0(s0)
  expect a2, 0xffff7788ffff88ff
  sw a0, 0(s0)
  ld a2, 0(s0)
  expect a2, 0xffff778855667788
  sd a0, 0(s0)
  ld a2, 0(s0)
  expect a2, 0x1122334455667788
  begin_case
  sd zero, 8(s0)
  sd a0, 3(s0)
  ld a2, 3(s0)
  bne a2, a0, fail
  ld a2, 8(s0)
  expect a2, 0x112233
  sw a0, 5(s0)
  lwu a2, 5(s0)
  expect a2, 0x55667788
  begin_case                    # across a page
  la s0, page_end
  sd a0, -3(s0)
  ld a2, -3(s0)
  bne a2, a0, fail
  lwu a2, 0(s0)
  expect a2, 0x22334455
  begin_case
  ld zero, -3(s0)
  bnez zero, fail

# Branches: taken and not, both orders, forwards and backwards.
.macro branches op, a, b, taken
  begin_case
  li a0, \a
  li a1, \b
  li a2, 0
  \op a0, a1, 8881f
8883:
  .if \taken
  j fail
  .else
  j 8882f
  .endif
8881:
  .if \taken == 0
  j fail
  .endif
8882:
.endm
  branches beq, 1, 1, 1
  branches beq, 1, 0x100000001, 0
  branches bne, 1, 0x100000001, 1
  branches bne, -1, -1, 0
  branches blt, -1, 0, 1
  branches blt, 0, 0, 0
  branches blt, 0x7fffffffffffffff, 0x8000000000000000, 0
  branches bge, 0, 0, 1
  branches bge, -1, 0, 0
  branches bge, 0x7fffffffffffffff, 0x8000000000000000, 1
  branches bltu, 0, -1, 1
  branches bltu, -1, 0, 0
  branches bltu, 5, 5, 0
  branches bgeu, -1, 0, 1
  branches bgeu, 5, 5, 1
  branches bgeu, 0, -1, 0
  begin_case
  li a0, 1000
  li a2, 0
1:
  addi a2, a2, 3
  addi a0, a0, -1
  bnez a0, 1b
  expect a2, 3000

# jal and jalr link; jalr clears the target's lowest bit, and may use one register for both.
  begin_case
  .option push
  .option norvc
  la a1, 2f
  jal a2, 1f
2:
  j fail
1:
  bne a1, a2, fail
  begin_case
  la a0, 3f
  addi a0, a0, 1
  la a1, 2f
  jalr a2, 0(a0)
2:
  j fail
3:
  bne a1, a2, fail
  begin_case
  la a0, 3f
  addi a0, a0, 9
  la a1, 2f
  jalr a0, -8(a0)
2:
  j fail
3:
  bne a1, a0, fail
  begin_case
  la a0, 3f
  jalr zero, 0(a0)
  j fail
3:
  bnez zero, fail
  .option pop
  fence
  fence rw, w
  j pass

  .data
  .balign 8
bytes:
  .byte 0x80, 0x7f, 0x82, 0x81, 0x33, 0x22, 0x11, 0x00
scratch:
  .dword 0, 0
  .balign 4096
page_end:
  .dword 0
