# SPDX-License-Identifier: Apache-2.0
# Zicsr, and what the machine-mode registers keep.
#include "isa.inc"

  begin_case
  csrwi mscratch, 31
  csrrci a2, mscratch, 1
  expect a2, 31
  csrrsi a2, mscratch, 1
  expect a2, 30
  csrrwi a2, mscratch, 2
  expect a2, 31
  li a0, 0xffffffff00000000
  csrrw a2, mscratch, a0
  expect a2, 2
  li a0, 0x0f0f0f0f0f0f0f0f
  csrrc a2, mscratch, a0
  expect a2, 0xffffffff00000000
  csrrs a2, mscratch, a0
  expect a2, 0xf0f0f0f000000000
  csrr a2, mscratch
  expect a2, 0xffffffff0f0f0f0f
  begin_case                    # one register for both
  li a0, 5
  csrw mscratch, a0
  li a0, 9
  csrrw a0, mscratch, a0
  expect a0, 5
  csrrs a0, mscratch, a0
  expect a0, 9
  csrr a0, mscratch
  expect a0, 13
  begin_case
  csrrw zero, mscratch, a0
  bnez zero, fail

  begin_case                    # mepc has no lowest bit
  li a0, -1
  skip_on_qemu 1f               # it keeps it
  csrw mepc, a0
  csrr a2, mepc
  expect a2, -2
1:
  begin_case
  csrw mtval, a0
  csrr a2, mtval
  expect a2, -1
  begin_case                    # mie: bits that exist take what is written
  li a0, 0x888
  csrw mie, a0
  csrr a2, mie
  and a2, a2, a0
  expect a2, 0x888
  csrc mie, a0
  csrr a2, mie
  and a2, a2, a0
  bnez a2, fail
  begin_case                    # MPP is machine mode after a trap, MPIE and MIE are the stack
  li a0, 0x1880
  csrs mstatus, a0
  csrr a2, mstatus
  and a2, a2, a0
  expect a2, 0x1880
  csrr a2, mhartid
  bnez a2, fail
  begin_case                    # misa: RV64 with A, C, I and M
  csrr a2, misa
  srli a0, a2, 62
  expect a0, 2
  li a0, 0x1105
  and a2, a2, a0
  expect a2, 0x1105
  csrw misa, a2
  csrr a0, misa
  and a0, a0, a2
  bne a0, a2, fail
  begin_case                    # identification reads
  csrr a2, mvendorid
  csrr a2, mimpid
  csrr a2, marchid
  begin_case                    # PMP entries keep their addresses
  csrw pmpcfg0, zero
  li a0, 0x3fffffffffffff
  csrw pmpaddr0, a0
  csrr a2, pmpaddr0
  bne a2, a0, fail
  li a0, 0x1f
  csrw pmpcfg0, a0
  csrr a2, pmpcfg0
  bne a2, a0, fail

# Counters count, and take what is written: the next instruction reads it.
  begin_case
  csrr a0, mcycle
  nop
  csrr a1, mcycle
  bgeu a0, a1, fail
  csrr a0, cycle
  csrr a1, cycle
  bgtu a0, a1, fail
  begin_case
  li a0, 1000
  csrw minstret, a0
  csrr a2, minstret
  sltiu a0, a2, 1000
  bnez a0, fail

# Read-only and absent registers trap, and leave rd alone.
  li a2, 0x55
  li s11, 0xf1401673
  traps 2, csrrw a2, mhartid, zero
  li s11, 0xf140e673
  traps 2, csrrsi a2, mhartid, 1
  li s11, 0xc0001073
  traps 2, csrw cycle, zero
  li s11, 0x8c002673
  traps 2, csrr a2, 0x8c0
  li s11, 0x8c061073
  traps 2, csrw 0x8c0, a2
  li s11, 0x5c0021f3
  traps 2, csrr gp, 0x5c0
  begin_case
  expect a2, 0x55
  csrrs a2, mhartid, zero       # reading is no writing
  bnez a2, fail
  csrrci a2, mhartid, 0
  bnez a2, fail
  j pass
