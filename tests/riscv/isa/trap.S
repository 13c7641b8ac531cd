# SPDX-License-Identifier: Apache-2.0
# Exceptions: cause, mepc, mtval, and that nothing else changes; mstatus; interrupts, direct and vectored.
#include "isa.inc"
  .option norvc

  .set CLINT, 0x2000000

  li a2, 0x55
  li s11, 0
  traps 11, ecall
  traps 3, ebreak
  li s11, 0xffffffff            # no instruction
  traps 2, .word 0xffffffff
  li s11, 0x0000702f            # an atomic with funct3 = 7
  traps 2, .word 0x0000702f
  li s11, 0x0200103b            # a word multiplication with funct3 = 1
  traps 2, .word 0x0200103b
  li s11, 0x04051513            # slli by 64
  traps 2, .word 0x04051513
  li s11, 0x0205159b            # slliw by 32
  traps 2, .word 0x0205159b

# Accesses of nowhere: the destination keeps its value, mtval is the address.
  li s0, 1 << 50
  mv s11, s0
  traps 5, lb a2, 0(s0)
  traps 5, lhu a2, 0(s0)
  traps 5, lw a2, 0(s0)
  traps 5, ld a2, 0(s0)
  traps 7, sb a2, 0(s0)
  traps 7, sh a2, 0(s0)
  traps 7, sw a2, 0(s0)
  traps 7, sd a2, 0(s0)
  addi s11, s0, -8
  traps 5, ld a2, -8(s0)
  traps 5, ld zero, -8(s0)
  begin_case
  expect a2, 0x55

# A jump to nowhere has been made when it traps: the link is written, mepc is the target.
  begin_case
  li s10, 1
  mv s9, s0
  mv s11, s0
  la s8, 2f
  la a1, 1f
  jalr a2, 0(s0)
1:
  j fail
2:
  bne a1, a2, fail

# mstatus: a trap stacks MIE, mret unstacks it and sets MPIE.
  begin_case
  li a0, 0x1888
  csrc mstatus, a0
  li a0, 0x1800                 # MIE 0, MPIE 0, MPP machine
  csrs mstatus, a0
  la a0, 1f
  csrw mepc, a0
  mret
  j fail
1:
  csrr a2, mstatus
  andi a2, a2, 0x88
  expect a2, 0x80
  begin_case
  la a0, 1f
  csrw mepc, a0
  li a0, 0x1800
  csrs mstatus, a0
  mret
  j fail
1:
  csrr a2, mstatus
  andi a2, a2, 0x88
  expect a2, 0x88
  csrci mstatus, 8

# Interrupts. wfi goes on when one is pending and enabled in mie, whatever mstatus says.
  li s0, CLINT
  li a0, -1
  li t0, CLINT + 0x4000
  sd a0, 0(t0)                  # mtimecmp
  sw zero, 0(s0)                # msip
  begin_case
  li a0, 8
  csrw mie, a0
  li a0, 1
  sw a0, 0(s0)
  wfi
  csrr a2, mip
  andi a2, a2, 8
  expect a2, 8
  begin_case                    # taken as soon as it may be, at the base: direct
  la a0, interrupt
  csrw mtvec, a0
  li a3, 0
  la a1, 1f
  csrsi mstatus, 8
1:
  nop
  li a0, 0x8000000000000003
  bne a3, a0, fail
  bne a4, a1, fail
  begin_case                    # cleared in the handler: not taken again
  li a3, 0
  nop
  bnez a3, fail
  begin_case                    # vectored: base + 4 * cause; exceptions go to the base
  csrci mstatus, 8
  la a0, vectors + 1
  csrw mtvec, a0
  csrr a2, mtvec
  bne a0, a2, fail
  li s10, 11
  la s9, 1f
  la s8, 2f
  li s11, 0
1:
  ecall
  j fail
2:
  begin_case
  li a0, 1
  sw a0, 0(s0)
  li a3, 0
  csrsi mstatus, 8
  nop
  li a0, 0x8000000000000003
  bne a3, a0, fail
  li a2, 3
  bne a5, a2, fail
  begin_case                    # the timer's
  csrci mstatus, 8
  li a0, 0x80
  csrw mie, a0
  li t0, CLINT + 0x4000
  sd zero, 0(t0)
  li a3, 0
  csrsi mstatus, 8
  nop
  li a0, 0x8000000000000007
  bne a3, a0, fail
  li a2, 7
  bne a5, a2, fail
  begin_case                    # of two, the software's comes first
  csrci mstatus, 8
  li a0, 0x88
  csrw mie, a0
  li t0, CLINT + 0x4000
  sd zero, 0(t0)
  li a0, 1
  sw a0, 0(s0)
  li a3, 0
  li a6, 0
  csrsi mstatus, 8
  nop
  expect a6, 0x37
  j pass

# a3: mcause, a4: mepc, a6: the causes in order, as digits. Takes the interrupt back.
  .balign 4
interrupt:
  csrr a3, mcause
  csrr a4, mepc
  slli a6, a6, 4
  andi t0, a3, 15
  or a6, a6, t0
  sw zero, 0(s0)
  lw zero, 0(s0)
  addi t0, t0, -7
  bnez t0, 1f
  li t0, CLINT + 0x4000
  li t6, -1
  sd t6, 0(t0)
1:
  mret
  .balign 256
vectors:
  j trap_entry
  .rept 2
  j fail
  .endr
  j software
  .rept 3
  j fail
  .endr
  j timer
  .rept 8
  j fail
  .endr
software:
  li a5, 3
  j interrupt
timer:
  li a5, 7
  j interrupt
